/*
 * What the small profile tells of what lives: by call site, in windows, and to a sink; over the C
 * library's heap, too, in which blocks cannot be found.
 */
#include "backend/region_walk.h" /* first: the next has a variable "region" */

#include "small_unit.h"

#include <trackmem/fail.h>
#include <trackmem/small_format.h>

TRACKMEM_DEFINE_DOMAIN(driver, "driver", NULL);

/* Twelve call sites; each of them keeps the block it makes. */
#define SITE(n) held[n] = trackmem_malloc_in((n) % 2 != 0 ? &driver : NULL, 10 + (n))
static void *held[12];

static void allocate_at_each_site(void)
{
    SITE(0);
    SITE(1);
    SITE(2);
    SITE(3);
    SITE(4);
    SITE(5);
    SITE(6);
    SITE(7);
    SITE(8);
    SITE(9);
    SITE(10);
    SITE(11);
}

struct seen {
    unsigned sites;
    uint64_t blocks;
    uint64_t bytes;
    bool allocates;
};

static bool see(const struct trackmem_site_stats *site, void *user)
{
    struct seen *seen = user;

    assert_non_null(site->place.address);
    ++seen->sites;
    seen->blocks += site->live_blocks;
    seen->bytes += site->live_bytes;
    if (seen->allocates)
        trackmem_free(trackmem_malloc(100)); /* no lock is held */
    return true;
}

static void sites_are_summed_however_many_there_are(void **state)
{
    struct seen seen = { .allocates = true };
    void *more[20];

    (void)state;
    allocate_at_each_site();
    for (int i = 0; i < 20; ++i)
        more[i] = trackmem_calloc(1, 5);
    trackmem_visit_sites(see, &seen);
    assert_int_equal(seen.sites, 13);
    assert_int_equal(seen.blocks, 32);
    assert_int_equal(seen.bytes, 12 * 10 + 66 + 100);
    for (int i = 0; i < 20; ++i)
        trackmem_free(more[i]);
    for (int i = 0; i < 12; ++i)
        trackmem_free(held[i]);
}

static void a_window_tells_what_was_left(void **state)
{
    void *before = trackmem_malloc(100);
    struct trackmem_window *window = trackmem_begin();
    struct seen seen = { .sites = 0 };
    void *left;

    (void)state;
    assert_non_null(window);
    assert_null(trackmem_begin()); /* one at a time */
    trackmem_free(trackmem_malloc(50));
    left = trackmem_aligned_alloc(64, 70);
    assert_int_equal(trackmem_end(window, see, &seen), 70);
    assert_int_equal(seen.blocks, 1);
    window = trackmem_begin(); /* what was left is old now */
    assert_int_equal(trackmem_end(window, see, &seen), 0);
    assert_int_equal(trackmem_end(NULL, NULL, NULL), 0);
    trackmem_aligned_free(left);
    trackmem_free(before);
}

static void a_window_has_what_was_resized_wherever_it_stands(void **state)
{
    void *blocks[3] = { trackmem_malloc(100), trackmem_malloc(100), trackmem_malloc(100) };
    void *before = blocks[2];
    struct trackmem_window *window = trackmem_begin();

    (void)state;
    blocks[2] = trackmem_realloc(blocks[2], 120); /* there is room behind it */
    assert_ptr_equal(blocks[2], before);
    assert_int_equal(trackmem_end(window, NULL, NULL), 120);
    window = trackmem_begin();
    blocks[0] = trackmem_realloc(blocks[0], 200);
    assert_int_equal(trackmem_end(window, NULL, NULL), 200);
    for (int i = 0; i < 3; ++i)
        trackmem_free(blocks[i]);
}

enum { WALKED = 16 };
static void *walked[WALKED]; /* the even ones live throughout */
static uint32_t random_state = 1;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

static void note_span(void *span, size_t size, void *user)
{
    unsigned *seen = user;

    (void)size;
    for (int i = 0; i < WALKED; i += 2)
        seen[i] += (char *)span + TRACKMEM_ALIGNMENT == walked[i];
}

static void replace_one(void)
{
    uint32_t i = random_below(WALKED / 2) * 2 + 1;

    trackmem_free(walked[i]);
    walked[i] = random_below(3) != 0 ? trackmem_malloc(random_below(300)) : NULL;
}

/* Two walks, one begun after the other, and blocks that come and go where they stand. */
static void walk_twice(void)
{
    unsigned seen[2][WALKED] = { { 0 } };
    struct tmi_region_walk walks[2];
    unsigned begun = 0;
    bool ended[2] = { false, false };

    while (!ended[0] || !ended[1]) {
        uint32_t which = random_below(3);

        if (which == 2)
            replace_one();
        else if (which >= begun)
            tmi_region_walk_begin(&walks[begun++]);
        else if (!ended[which])
            ended[which] = !tmi_region_walk_next(&walks[which], note_span, seen[which]);
    }
    for (int i = 0; i < WALKED; i += 2) {
        assert_int_equal(seen[0][i], 1);
        assert_int_equal(seen[1][i], 1);
    }
}

static void walks_side_by_side_see_each_block_once(void **state)
{
    (void)state;
    for (int i = 0; i < WALKED; ++i)
        walked[i] = trackmem_malloc(random_below(100));
    for (int i = 0; i < 300; ++i)
        walk_twice();
    assert_null(region.walks);
    for (int i = 0; i < WALKED; ++i)
        trackmem_free(walked[i]);
}

struct sunk {
    size_t frames;
    size_t bytes;
    size_t most; /* frames that it takes */
    unsigned char sequence;
    bool skipped; /* a frame did not count on from the one before */
};

static bool sink(const void *bytes, size_t size, void *user)
{
    struct sunk *sunk = user;
    const unsigned char *frame = bytes;

    assert_int_equal(frame[0], TRACKMEM_SMALL_MARK_1);
    assert_int_equal(frame[1], TRACKMEM_SMALL_MARK_2);
    assert_in_range(size, TRACKMEM_SMALL_HEAD_BYTES + TRACKMEM_SMALL_TAIL_BYTES,
                    TRACKMEM_SMALL_FRAME_BYTES);
    if (sunk->frames != 0 && frame[4] != (sunk->sequence == 255 ? 1 : sunk->sequence + 1))
        sunk->skipped = true;
    sunk->sequence = frame[4];
    sunk->bytes += size;
    return ++sunk->frames <= sunk->most;
}

static void reports_say_whether_they_left(void **state)
{
    struct sunk sunk = { .most = 1000 };
    void *block = trackmem_malloc_in(&driver, 10);

    (void)state;
    assert_int_equal(trackmem_report_send(NULL, 0), TRACKMEM_INVALID);
    trackmem_set_sink(sink, &sunk);
    assert_int_equal(trackmem_report_send(NULL, 0), TRACKMEM_OK);
    assert_in_range(sunk.frames, 5, 20); /* begin, domains, region, a site, end */
    sunk = (struct sunk){ .most = 2 };
    assert_int_equal(trackmem_report_send(NULL, 0), TRACKMEM_IO_ERROR);

    sunk = (struct sunk){ .most = 1000 };
    trackmem_set_misuse_handler(NULL, NULL);
    trackmem_aligned_free(hidden(block)); /* goes to the sink when nobody else takes it */
    trackmem_set_misuse_handler(keep_misuse, NULL);
    assert_int_equal(sunk.frames, 1);
    assert_int_equal(trackmem_fail_set("nth:1"), TRACKMEM_OK);
    assert_null(trackmem_malloc(1));
    trackmem_fail_off();
    assert_int_equal(sunk.frames, 2);
    trackmem_set_sink(NULL, NULL);
    trackmem_free(block);
}

/* 0 is the first frame's after a reset, which a reader knows one by. */
static void frames_count_from_255_to_1(void **state)
{
    struct sunk sunk = { .most = 1000 };

    (void)state;
    trackmem_set_sink(sink, &sunk);
    while (sunk.frames < 600)
        assert_int_equal(trackmem_report_send(NULL, 0), TRACKMEM_OK);
    trackmem_set_sink(NULL, NULL);
    assert_false(sunk.skipped);
}

static void the_longest_texts_fit_a_frame(void **state)
{
    static const char name[] = "a name that is much longer than a name should ever be, by far, and "
                               "then some more of it";
    struct sunk sunk = { .most = 1000 };
    struct trackmem_domain *upper = trackmem_domain_create(NULL, name);
    struct trackmem_domain *lower = trackmem_domain_create(upper, name);
    void *block = trackmem_malloc_in(lower, 10);

    (void)state;
    trackmem_set_sink(sink, &sunk);
    trackmem_set_misuse_handler(NULL, NULL);
    trackmem_aligned_free(hidden(block));
    trackmem_set_misuse_handler(keep_misuse, NULL);
    assert_int_equal(sunk.frames, 1);
    assert_int_equal(trackmem_report_send(NULL, 0), TRACKMEM_OK);
    trackmem_set_sink(NULL, NULL);
    trackmem_free(block);
    assert_int_equal(trackmem_domain_destroy(lower), TRACKMEM_OK);
    assert_int_equal(trackmem_domain_destroy(upper), TRACKMEM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SMALL_TEST(sites_are_summed_however_many_there_are),
        SMALL_TEST(a_window_tells_what_was_left),
        SMALL_TEST(a_window_has_what_was_resized_wherever_it_stands),
        SMALL_TEST(walks_side_by_side_see_each_block_once),
        SMALL_TEST(reports_say_whether_they_left),
        SMALL_TEST(frames_count_from_255_to_1),
        SMALL_TEST(the_longest_texts_fit_a_frame),
    };

    start_small();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
