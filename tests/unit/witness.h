/*
 * What tests of misuse and of the counters share: a handler that remembers, pointers that the
 * compiler does not see through, and short ways to ask what is alive.
 */
#ifndef TESTS_WITNESS_H
#define TESTS_WITNESS_H

#include <stdio.h>
#include <string.h>

#include <trackmem/observe.h>
#include <trackmem/trackmem.h>

/* gcc sees some of what the tests do on purpose. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#pragma GCC diagnostic ignored "-Wuse-after-free"
#endif

#define WITNESS_TEXT 4096

/* The misuses seen since witness_begin, and the last of them with its texts copied. */
static struct witness {
    int count;
    struct trackmem_misuse last;
    char id[64];
    char verb[64];
    char here[256];
    char here_function[256];
    char allocated[256];
    char allocated_function[256];
    char freed[256];
    char freed_function[256];
    char text[WITNESS_TEXT];
} witness;

static inline void witness_copy(char *to, size_t size, const char *from)
{
    (void)snprintf(to, size, "%s", from != NULL ? from : "");
}

static inline void witness_place(char *place, char *function, const struct trackmem_place *from)
{
    if (from->file != NULL)
        (void)snprintf(place, 256, "%s:%u", from->file, (unsigned)from->line);
    else
        (void)snprintf(place, 256, "%s", from->address != NULL ? "an address" : "");
    witness_copy(function, 256, from->function);
}

static inline void witness_note(const struct trackmem_misuse *misuse, void *user)
{
    (void)user;
    witness.count++;
    witness.last = *misuse;
    witness_copy(witness.id, sizeof witness.id, misuse->id);
    witness_copy(witness.verb, sizeof witness.verb, misuse->verb);
    witness_copy(witness.text, sizeof witness.text, misuse->text);
    witness_place(witness.here, witness.here_function, &misuse->here);
    witness_place(witness.allocated, witness.allocated_function, &misuse->allocated);
    witness_place(witness.freed, witness.freed_function, &misuse->freed);
}

static inline void witness_begin(void)
{
    memset(&witness, 0, sizeof witness);
    trackmem_set_misuse_handler(witness_note, NULL);
}

/* One misuse of that kind since witness_begin, and no other. */
#define assert_misuse(kind_)                                    \
    do {                                                        \
        if (witness.count != 1)                                 \
            print_message("the last report: %s", witness.text); \
        assert_int_equal(witness.count, 1);                     \
        assert_int_equal(witness.last.kind, kind_);             \
    } while (0)

#define assert_no_misuse()                                      \
    do {                                                        \
        if (witness.count != 0)                                 \
            print_message("the last report: %s", witness.text); \
        assert_int_equal(witness.count, 0);                     \
    } while (0)

/* Compilers see through wrong frees and impossible sizes; not through these. */
static inline void *hidden(const void *ptr)
{
    void *volatile hide = (void *)(uintptr_t)ptr;
    return hide;
}

static inline size_t hidden_size(size_t size)
{
    volatile size_t hide = size;
    return hide;
}

static inline struct trackmem_stats stats_of(struct trackmem_domain *domain, bool with_descendants)
{
    struct trackmem_stats stats;
    assert_int_equal(trackmem_domain_stats(domain, with_descendants, &stats), TRACKMEM_OK);
    return stats;
}

/* What an aligned block costs beyond its size: a large one starts a page. */
static inline uint64_t aligned_overhead(size_t alignment, size_t size)
{
#if defined(__linux__) || defined(_WIN32)
    bool is_paged = size >= 65536;
#else
    bool is_paged = false; /* firmware has no pages */
    (void)size;
#endif
    return 16 + (is_paged && alignment < 4096 ? 4096 : alignment);
}

static inline uint64_t live_bytes(struct trackmem_domain *domain)
{
    return stats_of(domain, true).live_bytes;
}

static inline uint64_t live_blocks(struct trackmem_domain *domain)
{
    return stats_of(domain, true).live_blocks;
}

static inline void assert_nothing_alive(void)
{
    struct trackmem_stats all = stats_of(NULL, true);
    assert_int_equal(all.live_blocks, 0);
    assert_int_equal(all.live_bytes, 0);
    assert_int_equal(all.overhead_bytes, 0);
}

static inline void fill(void *block, size_t size, unsigned seed)
{
    unsigned char *bytes = (unsigned char *)block;
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(seed + i * 7 + (i >> 8));
}

static inline bool is_filled(const void *block, size_t size, unsigned seed)
{
    const unsigned char *bytes = (const unsigned char *)block;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != (unsigned char)(seed + i * 7 + (i >> 8)))
            return false;
    }
    return true;
}

static inline bool is_zero(const void *block, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)block;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

#endif
