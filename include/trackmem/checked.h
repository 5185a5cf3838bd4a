/*
 * trackmem/checked.h: from here to the end of the file, the C library's copies and strings look at
 * the blocks that they read and write. The last include of a .c or .cpp file:
 *
 *     #include <string.h>
 *     #include "cache.h"
 *     #include <trackmem/checked.h>
 *
 *     memcpy(entry, key, length);   // overrun: memcpy reads 20 bytes at offset 90 of a block ...
 *
 * In check mode, with guard pages and quarantine=protect, both ranges of a call are held against
 * the blocks that they fall in before it is made: so a read is seen as well as a write, beside a
 * block, after its free, and on the side where no guard stands. The report is an overrun, underrun
 * or use-after-free (or an overlap, of what must not overlap), with the call, its site, and the
 * block's. Then the call is made as the program asked, unless misuse=abort. A search for the end of
 * a string never reads beyond its block: a block without one is named. In accounting mode, and of
 * memory that is not trackmem's, nothing is looked at.
 *
 * checked.def lists the functions: mem*, str*, sprintf and its kin, wmem*, wcs*. Each becomes a
 * macro with parameters. So addresses (`.copy = memcpy`), `(memcpy)(...)`, and variables and
 * members of these names are the C library's and the program's, as ever; std::memcpy follows, too.
 * A function or method of one of these names is not, where it is declared or called: include its
 * header before this one, and call it as `(name)(...)` or `(object.*name)`. May be included again;
 * system headers may not follow. With TRACKMEM_DISABLE, and in the small profile, it does nothing.
 *
 * The functions may be called where the C library's may: any thread, signal handlers included,
 * as long as nothing is wrong. What a %s of sprintf reads is not looked at.
 */
#if !defined(TRACKMEM_DISABLE) && !defined(TRACKMEM_SMALL)

#include <stdio.h>
#include <string.h>
#include <wchar.h>
#ifdef __cplusplus
#include <cstdio>
#include <cstring>
#include <cwchar>
#endif

#include "trackmem/checked_calls.h"

#define TRACKMEM_CHECKED_UNDEFINE
#include "trackmem/checked.def"
#undef TRACKMEM_CHECKED_UNDEFINE

#undef TRACKMEM_CHECKED_CALL_
#define TRACKMEM_CHECKED_CALL_(name, ...) trackmem_checked_##name##_at(TRACKMEM_SITE, __VA_ARGS__)

#define TRACKMEM_CHECKED_DEFINE
#include "trackmem/checked.def"
#undef TRACKMEM_CHECKED_DEFINE

#endif
