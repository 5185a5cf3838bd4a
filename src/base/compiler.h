/*
 * base/compiler.h: every compiler extension we use, behind a name. GNU C, clang, mingw.
 */
#ifndef TMI_BASE_COMPILER_H
#define TMI_BASE_COMPILER_H

#define TMI_LIKELY(x)   __builtin_expect(!!(x), 1)
#define TMI_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define TMI_NOINLINE    __attribute__((__noinline__))
/* Keeps a pointer in one register, where the compiler would compute it again from its parts. */
#define TMI_COMPUTE_ONCE(pointer) __asm__("" : "+r"(pointer))
/* An extern object of ours that needs no detour by the global offset table. */
#if defined(_WIN32)
#define TMI_HIDDEN
#else
#define TMI_HIDDEN __attribute__((__visibility__("hidden")))
#endif

/* How far into a page the C library's malloc puts a block that has pages of its own, and more. */
#if defined(_WIN32)
#define TMI_PAGE_START_BYTES 128u
#else
#define TMI_PAGE_START_BYTES 64u
#endif
/*
 * A function that reads what stands before a pointer before anything is known of it: one that
 * stands apart, so that a fault there is told from one of the program (platform/fault.h).
 */
#if defined(__ELF__) && defined(__linux__)
#define TMI_LOOKS __attribute__((__noinline__, __section__("tmi_looks")))
#else
#define TMI_LOOKS TMI_NOINLINE
#endif
#define TMI_COLD              __attribute__((__cold__, __noinline__))
#define TMI_INLINE            static inline __attribute__((__always_inline__, __unused__))
#define TMI_ALIGNED(n)        __attribute__((__aligned__(n)))
#define TMI_PREFETCH(address) __builtin_prefetch(address)

/* The address that the current function returns to: the call site of a verb called by pointer. */
#define TMI_RETURN_ADDRESS() __builtin_return_address(0)

/* Whether there is an operating system: threads, virtual memory. */
#if defined(__linux__) || defined(__unix__) || defined(__APPLE__) || defined(_WIN32)
#define TMI_HAS_SYSTEM 1
#else
#define TMI_HAS_SYSTEM 0
#endif

/*
 * Frames by frame pointers. TMI_FRAME_CHAIN: where functions chain their frames, a frame pointer
 * points at the caller's, and right behind that stands the return address (unless a file was
 * compiled without: see stack/walk.c). TMI_FRAME(): an address in the frame of this function, above
 * which its caller's stack pointer lies; with a chain, its frame pointer. TMI_FRAME_REGISTER: what
 * unwinders call the frame pointer.
 */
#if defined(__linux__) && defined(__x86_64__)
#define TMI_FRAME_CHAIN    1
#define TMI_FRAME_REGISTER 6
#elif defined(__linux__) && defined(__i386__)
#define TMI_FRAME_CHAIN    1
#define TMI_FRAME_REGISTER 5
#elif defined(__linux__) && defined(__aarch64__)
#define TMI_FRAME_CHAIN    1
#define TMI_FRAME_REGISTER 29
#else
#define TMI_FRAME_CHAIN    0
#define TMI_FRAME_REGISTER 0
#endif
#if TMI_FRAME_CHAIN
#define TMI_FRAME() __builtin_frame_address(0)
#elif TMI_HAS_SYSTEM
#define TMI_FRAME() ((const void *)((const char *)__builtin_dwarf_cfa() - sizeof(void *)))
#else
#define TMI_FRAME() ((const void *)0)
#endif

/* Puts what registers hold for the callers of this function where a look at the stack finds it. */
#define TMI_SAVE_REGISTERS() __builtin_unwind_init()

/* A return address as it was before the processor signed it (ARM's pointer authentication). */
#if defined(__aarch64__)
#define TMI_WITHOUT_SIGNATURE(address)                                         \
    __extension__({                                                            \
        register uintptr_t signed_address_ __asm__("x30") = (address);         \
        __asm__("hint 7" : "+r"(signed_address_)); /* xpaclri; else nothing */ \
        signed_address_;                                                       \
    })
#else
#define TMI_WITHOUT_SIGNATURE(address) (address)
#endif

/* The greatest k with 2^k <= x; x is not 0. */
#define TMI_LOG2(x) (63u - (unsigned)__builtin_clzll((unsigned long long)(x)))

/* Two words that are moved and compared at once, where the machine can. */
#define TMI_WIDE __attribute__((__vector_size__(16), __may_alias__))

/* The lowest bit that is set in a 32-bit or a 64-bit x, which is not 0. */
#define TMI_LOWEST_BIT(x)    ((uint32_t)__builtin_ctz(x))
#define TMI_LOWEST_BIT_64(x) ((uint32_t)__builtin_ctzll(x))

/* Runs when the library is loaded or the program begins, before nearly everything else. */
#define TMI_AT_LOAD __attribute__((__constructor__(101)))

/* Runs when the library is unloaded or the program exits, after nearly everything else. */
#define TMI_AT_UNLOAD __attribute__((__destructor__(101)))

/* Adds n to the 64-bit word at p by one instruction, where there is one. */
#if defined(__x86_64__)
#define TMI_ADD_IN_PLACE(p, n) __asm__("addq %1, %0" : "+m"(*(p)) : "er"(n) : "cc")
#endif

#if defined(__SANITIZE_ADDRESS__)
#define TMI_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TMI_ASAN 1
#endif
#endif
#ifndef TMI_ASAN
#define TMI_ASAN 0
#endif

#if defined(__SANITIZE_THREAD__)
#define TMI_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TMI_TSAN 1
#endif
#endif
#ifndef TMI_TSAN
#define TMI_TSAN 0
#endif

/*
 * For the places that read memory which may not be ours (block/judge.c), or is taken by another
 * thread meanwhile (block/checked_sweep.c): no sanitizer may take the read for the program's own.
 */
#if defined(__clang__)
#define TMI_READS_ANYTHING \
    __attribute__((__noinline__, no_sanitize("address", "thread", "undefined")))
#else
#define TMI_READS_ANYTHING \
    __attribute__((__noinline__, no_sanitize_address, no_sanitize_thread, no_sanitize_undefined))
#endif

/*
 * TMI_THREAD_LOCAL: two pointers a thread. mingw's own thread-locals allocate on first touch, so
 * Windows goes through its slots (platform/self.h).
 */
#define TMI_THREAD_LOCAL __thread

#endif
