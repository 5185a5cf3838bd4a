/*
 * platform/code_none.c: a system without modules, whose stacks nobody knows the end of; code.h.
 */
#include "platform/code.h"

bool tmi_platform_stack_bounds(const void *address, struct tmi_stack_bounds *bounds)
{
    (void)address;
    (void)bounds;
    return false;
}

bool tmi_platform_visit_modules(uintptr_t *state,
                                void (*fn)(const struct tmi_loaded_module *module, void *user),
                                void *user)
{
    (void)state;
    (void)fn;
    (void)user;
    return false;
}
