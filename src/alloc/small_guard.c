/*
 * alloc/small_guard.c: a region that ends in a guard, where the machine has one.
 */
#include "platform/guard.h"
#include "trackmem/small.h"

enum trackmem_status trackmem_region_init_guarded(struct trackmem_region *region, void *buffer,
                                                  size_t bytes)
{
    uintptr_t end = (uintptr_t)buffer + bytes;
    uintptr_t guard = (end - TMI_GUARD_BYTES) & ~(uintptr_t)(TMI_GUARD_BYTES - 1);
    enum trackmem_status status;

    if (bytes < 2 * TMI_GUARD_BYTES)
        return TRACKMEM_INVALID;
    status = trackmem_region_init(region, buffer, guard - (uintptr_t)buffer);
    if (status != TRACKMEM_OK)
        return status;
    return tmi_platform_guard(guard) ? TRACKMEM_OK : TRACKMEM_UNSUPPORTED;
}
