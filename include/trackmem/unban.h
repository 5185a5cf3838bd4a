/*
 * trackmem/unban.h: lifts ban.h, or redirect.h, from here to the next of them or the end of the
 * file: around code that must speak to the C library, or before the next file of a unity build.
 *
 *     #include <trackmem/unban.h>
 *     free(getline_buffer);
 *     #include <trackmem/ban.h>
 *
 * For a single call, trackmem_libc_free and its kin say more. Within the region no deprecated
 * function is warned of. What TRACKMEM_BAN_UNAVAILABLE or TRACKMEM_BAN_POISON banned stays banned:
 * then this header is an error.
 */
#if defined(TRACKMEM_BAN_POISONED_)
#error "what TRACKMEM_BAN_POISON banned cannot be lifted: use the default ban, or trackmem_libc_*"
#elif defined(TRACKMEM_BAN_FINAL_)
#error \
    "what TRACKMEM_BAN_UNAVAILABLE banned cannot be lifted: use the default ban, or trackmem_libc_*"
#else
#define TRACKMEM_BANNED_UNDEFINE
#include "trackmem/banned.def"
#undef TRACKMEM_BANNED_UNDEFINE
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif
#endif
