/*
 * What the tests of the verbs share: sizes at every boundary, a domain, a search for a call site.
 */
#ifndef TESTS_VERBS_H
#define TESTS_VERBS_H

#include "block/reuse.h"
#include "witness.h"

static TRACKMEM_DEFINE_DOMAIN(shelf, "shelf", NULL);

#define LARGEST ((1u << 20) + 13)

static const size_t sizes[] = { 0,
                                1,
                                2,
                                7,
                                8,
                                9,
                                15,
                                16,
                                17,
                                63,
                                255,
                                1000,
                                TMI_REUSE_MAX - 1,
                                TMI_REUSE_MAX,
                                TMI_REUSE_MAX + 1,
                                4095,
                                4096,
                                4097,
                                65535,
                                65536,
                                65537,
                                200000,
                                1u << 20,
                                LARGEST };
#define SIZE_COUNT (sizeof sizes / sizeof sizes[0])

struct search {
    const char *function;
    uint64_t live_blocks;
    bool by_address;
};

static inline bool look_for_site(const struct trackmem_site_stats *site, void *user)
{
    struct search *search = user;
    if (search->function == NULL && site->place.address != NULL)
        search->by_address |= site->live_blocks != 0;
    else if (search->function != NULL && site->place.function != NULL &&
             strcmp(site->place.function, search->function) == 0)
        search->live_blocks += site->live_blocks;
    return true;
}

static inline int begin(void **state)
{
    (void)state;
    witness_begin();
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    assert_no_misuse();
    assert_nothing_alive();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

#endif
