/*
 * The slots of check mode alone: classes of sizes, which slot an address lies in, what goes to the
 * store and comes back, threads, and no memory.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "account/own.h"
#include "block/slots.h"
#include "platform/pages.h"

#define ZONE 16u

static struct tmi_slab_nest nest;
static bool refuse;          /* whether the system has no memory */
static size_t fetched_bytes; /* of slabs and tables, at once */

bool __real_tmi_pages_commit(void *pages, size_t size);
bool __wrap_tmi_pages_commit(void *pages, size_t size);

bool __wrap_tmi_pages_commit(void *pages, size_t size)
{
    return !refuse && __real_tmi_pages_commit(pages, size);
}

void __real_tmi_pages_fetch(void *pages, size_t size);
void __wrap_tmi_pages_fetch(void *pages, size_t size);

void __wrap_tmi_pages_fetch(void *pages, size_t size)
{
    fetched_bytes += size;
    __real_tmi_pages_fetch(pages, size);
    assert_int_equal((uintptr_t)pages % tmi_pages_size() + size % tmi_pages_size(), 0);
}

/* A slot of that class; one whose number is 0: no memory. */
static struct tmi_place take(struct tmi_slab_nest *from, uint32_t class)
{
    struct tmi_slab_hand *hand = &from->hands[class];

    if (hand->ready == 0 && !tmi_slab_fill(from, class))
        return (struct tmi_place){ 0, 0, NULL, NULL };
    return tmi_slab_pick(hand);
}

static uint32_t slab_number(uint32_t number)
{
    return (number & ~TMI_SLAB_NUMBER) / TMI_SLAB_SLOTS;
}

static size_t pitch_of(uint32_t class)
{
    struct tmi_place place = take(&nest, class);

    assert_int_not_equal(place.number, 0);
    assert_int_equal(tmi_slab_of(place.number)->class, class);
    tmi_slab_give(&nest, place.number);
    return place.pitch;
}

static void each_size_has_the_smallest_slot_that_holds_it(void **state)
{
    size_t pitches[TMI_SLAB_CLASSES] = { 0 };
    (void)state;
    for (uint32_t class = 2; class < TMI_SLAB_CLASSES; ++class) {
        pitches[class] = pitch_of(class);
        assert_true(pitches[class] > pitches[class - 1] && pitches[class] % 16 == 0);
    }
    for (size_t size = 0; size <= 16384 - ZONE; ++size) {
        uint32_t class = tmi_slab_class(size);
        assert_in_range(class, 2, TMI_SLAB_CLASSES - 1);
        assert_true(size + ZONE <= pitches[class] && size + ZONE > pitches[class - 1]);
        assert_true(size > TMI_SLAB_SMALL || class <= TMI_SLAB_EVEN);
    }
    for (size_t size = 16384 - ZONE + 1; size < 70000; ++size)
        assert_int_equal(tmi_slab_class(size), 0);
    assert_true(pitches[TMI_SLAB_EVEN] == TMI_SLAB_EVEN * 16 &&
                tmi_slab_class(TMI_SLAB_SMALL) == TMI_SLAB_EVEN &&
                tmi_slab_class(TMI_SLAB_SMALL + 1) == TMI_SLAB_EVEN + 1);
}

/* Held against a division, at every offset. */
static void each_address_of_a_slab_is_known(void **state)
{
    (void)state;
    for (uint32_t class = 2; class < TMI_SLAB_CLASSES; ++class) {
        struct tmi_place taken = take(&nest, class);
        const struct tmi_slab *slab = tmi_slab_of(taken.number);
        uint32_t first = taken.number - taken.number % TMI_SLAB_SLOTS;
        char *start = slab->blocks - ZONE;
        for (size_t i = 0; i < TMI_SLAB_BYTES; ++i) {
            size_t index = i < ZONE ? SIZE_MAX : (i - ZONE) / slab->pitch;
            bool within = index < slab->count;
            bool starts = within && (i - ZONE) % slab->pitch == 0;
            struct tmi_place place = { 0, 0, NULL, NULL };
            assert_int_equal(tmi_slot_around(start + i), within ? first + index : 0);
            assert_int_equal(tmi_place_at(start + i, &place), starts);
            if (starts) {
                assert_int_equal(place.number, first + index);
                assert_ptr_equal(place.block, start + i);
                assert_ptr_equal(place.slot, slab->slots + index);
                assert_int_equal(place.pitch, slab->pitch);
                assert_ptr_equal(tmi_slot_block(place.number), place.block);
            }
        }
        tmi_slab_give(&nest, taken.number);
    }
    assert_int_equal(tmi_slot_around((char *)tmi_slabs.base + tmi_slabs.bytes - 1), 0);
    assert_int_equal(tmi_slot_at(&nest), 0);
}

static void zones_stand_around_each_slot_that_was_taken(void **state)
{
    const unsigned char *last = NULL;
    (void)state;
    for (int i = 0; i < 3000; ++i) {
        struct tmi_place place = take(&nest, 3);
        assert_memory_equal(place.block - ZONE, tmi_slot_zone, ZONE);
        assert_memory_equal(place.block + place.pitch - ZONE, tmi_slot_zone, ZONE);
        if (i % 1000 != 0)
            assert_true((unsigned char *)place.block > last); /* the lowest first */
        last = i % 1000 == 999 ? NULL : (unsigned char *)place.block;
    }
}

#define CLASS 30
#define MANY  (6 * 136) /* all of some slabs */
#define SOME  12

static int compare(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static void what_is_stored_is_taken_again_before_new_memory(void **state)
{
    static uint32_t taken[MANY];
    static uint32_t again[MANY];
    uint32_t slabs;
    (void)state;
    for (size_t i = 0; i < MANY; ++i)
        taken[i] = take(&nest, CLASS).number;
    assert_int_equal(nest.hands[CLASS].ready, 0);
    slabs = tmi_slabs.count;
    for (size_t i = 0; i < MANY; ++i) { /* in no order, some in batches */
        size_t other = i + (size_t)rand() % (MANY - i);
        uint32_t number = taken[other];
        taken[other] = taken[i];
        taken[i] = number;
    }
    for (size_t i = 0; i < MANY; i += SOME) {
        if (i / SOME % 2 == 0)
            tmi_slab_shelve(taken + i, SOME);
        else
            for (size_t j = i; j < i + SOME; ++j)
                tmi_slab_give(j % 2 == 0 ? &nest : NULL, taken[j]);
    }
    for (size_t i = 0; i < MANY; ++i)
        again[i] = take(&nest, CLASS).number;
    assert_int_equal(tmi_slabs.count, slabs);
    qsort(taken, MANY, sizeof *taken, compare);
    qsort(again, MANY, sizeof *again, compare);
    for (size_t i = 1; i < MANY; ++i)
        assert_int_not_equal(again[i], again[i - 1]);
    assert_memory_equal(taken, again, sizeof taken);
    tmi_slab_shelve(again, MANY);
}

static void a_slot_in_reach_goes_back_to_the_hand(void **state)
{
    struct tmi_place first = take(&nest, 9);
    (void)state;
    tmi_slab_give(&nest, first.number);
    assert_int_equal(take(&nest, 9).number, first.number);
}

static struct tmi_slab_nest first_nest;
static struct tmi_slab_nest second_nest;
static struct tmi_slab_nest third_nest;

static void what_a_thread_had_in_hand_is_taken_by_another(void **state)
{
    uint32_t number = take(&first_nest, 12).number;
    (void)state;
    tmi_slab_flush(&first_nest);
    assert_int_equal(first_nest.hands[12].ready, 0);
    assert_int_equal(take(&third_nest, 12).number, number + 1); /* of the same store */
    assert_int_equal(slab_number(number), slab_number(number + 1));
}

static void a_slot_goes_back_to_the_store_whose_slab_it_is_in(void **state)
{
    const uint32_t class = 17;
    uint32_t mine[3];
    uint32_t others;
    (void)state;
    mine[0] = take(&first_nest, class).number;
    others = take(&second_nest, class).number;
    mine[1] = take(&first_nest, class).number;
    mine[2] = take(&first_nest, class).number;
    assert_int_not_equal(slab_number(mine[0]), slab_number(others));
    tmi_slab_give(&second_nest, mine[1]);
    tmi_slab_flush(&first_nest); /* all but two of them are on the shelf */
    tmi_slab_shelve((uint32_t[]){ mine[0], others, mine[2] }, 3);
    for (size_t i = 0; i < 3; ++i)
        assert_int_equal(take(&first_nest, class).number, mine[i]);
    tmi_slab_flush(&second_nest);
    assert_int_equal(take(&second_nest, class).number, others);
}

#define SPARED 40
#define EACH   102u /* slots of a slab */

static void take_many(struct tmi_slab_nest *from, uint32_t *taken, size_t count)
{
    for (size_t i = 0; i < count; ++i)
        taken[i] = take(from, SPARED).number;
}

static void a_store_spares_slabs_that_are_half_free_but_the_first(void **state)
{
    uint32_t taken[5][EACH];
    uint32_t slabs = tmi_slabs.count;
    (void)state;
    take_many(&first_nest, taken[0], sizeof taken / sizeof taken[0][0]);
    tmi_slab_shelve(taken[0], EACH);
    tmi_slab_shelve(taken[1], EACH / 2 - 1);
    tmi_slab_shelve(taken[2], EACH);
    tmi_slab_shelve(taken[3], EACH);
    assert_int_equal(tmi_slabs.count, slabs + 5);
    take_many(&second_nest, taken[4], EACH);
    assert_int_equal(slab_number(taken[4][0]), slabs + 2); /* the first that is half free */
    take_many(&second_nest, taken[4], EACH);
    assert_int_equal(slab_number(taken[4][0]), slabs + 3); /* it was the last */
    take_many(&second_nest, taken[4], EACH);
    assert_int_equal(slab_number(taken[4][0]), slabs + 5); /* a new one */
    tmi_slab_shelve(taken[1] + EACH / 2 - 1, 1);
    take_many(&second_nest, taken[4], EACH / 2);
    assert_int_equal(slab_number(taken[4][0]), slabs + 1);
    take_many(&first_nest, taken[4], EACH);
    assert_int_equal(slab_number(taken[4][0]), slabs);
    take_many(&first_nest, taken[4], 1); /* nothing went astray with the last */
    assert_int_equal(slab_number(taken[4][0]), slabs + 6);
}

#define SEVEN  7u /* slots of a slab */
#define SPARSE 69u

static void what_is_behind_many_that_are_not_half_free_is_found_later(void **state)
{
    static uint32_t taken[SPARSE + 1][SEVEN];
    const uint32_t class = tmi_slab_class(9000);
    uint32_t slabs = tmi_slabs.count;
    (void)state;
    for (size_t i = 0; i < (SPARSE + 1) * SEVEN; ++i)
        taken[i / SEVEN][i % SEVEN] = take(&first_nest, class).number;
    assert_int_equal(tmi_slabs.count, slabs + SPARSE + 1);
    for (uint32_t i = 0; i < SPARSE; ++i)
        tmi_slab_shelve(taken[i], 1);
    tmi_slab_shelve(taken[SPARSE], SEVEN);
    for (uint32_t i = 0; i < SEVEN; ++i)
        assert_int_equal(slab_number(take(&second_nest, class).number), slabs + SPARSE + 1);
    for (uint32_t i = 0; i < SEVEN; ++i)
        assert_int_equal(slab_number(take(&second_nest, class).number), slabs + SPARSE);
    for (uint32_t i = 0; i < SPARSE; ++i) /* none went astray */
        assert_in_range(slab_number(take(&first_nest, class).number), slabs, slabs + SPARSE - 1);
    assert_int_equal(first_nest.hands[class].ready, 0);
    assert_int_equal(slab_number(take(&first_nest, class).number), slabs + SPARSE + 2);
}

#define THREADS 4
#define HELD    300

static uint32_t owners[TMI_SLAB_SLOTS * 512]; /* atomic, by number: 0, or the thread's + 1 */
static uint32_t shared_slots;                 /* atomic: how often two had one */

static void give_owned(struct tmi_slab_nest *to, uint32_t *number)
{
    __atomic_store_n(&owners[*number & ~TMI_SLAB_NUMBER], 0, __ATOMIC_RELAXED);
    tmi_slab_give(to, *number);
    *number = 0;
}

static void *take_and_give(void *argument)
{
    static const uint32_t classes[4] = { 2, 80, 95, 96 };
    static struct tmi_slab_nest nests[THREADS];
    uint32_t self = *(const uint32_t *)argument;
    struct tmi_slab_nest *mine = &nests[self - 1];
    uint32_t held[HELD] = { 0 };
    uint32_t drawn = self;
    tmi_slab_begin(mine);
    for (int i = 0; i < 200000; ++i) {
        uint32_t *number = &held[(drawn = drawn * 1664525u + 1013904223u) >> 16 & 255u];
        if (*number != 0) {
            give_owned(i % 3 == 0 ? mine : NULL, number);
        } else {
            uint32_t free_word = 0;
            *number = take(mine, classes[drawn >> 30]).number;
            if (!__atomic_compare_exchange_n(&owners[*number & ~TMI_SLAB_NUMBER], &free_word, self,
                                             false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
                (void)tmi_add(&shared_slots, 1);
        }
    }
    for (size_t i = 0; i < HELD; ++i)
        if (held[i] != 0)
            give_owned(NULL, &held[i]);
    tmi_slab_flush(mine);
    return NULL;
}

static void no_slot_is_had_by_two_threads(void **state)
{
    pthread_t threads[THREADS];
    uint32_t numbers[THREADS];
    (void)state;
    assert_true(tmi_slabs.count < 32); /* there is room in `owners` */
    for (uint32_t i = 0; i < THREADS; ++i) {
        numbers[i] = i + 1;
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_give, &numbers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; ++i)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(shared_slots, 0);
    assert_true(tmi_slabs.count < 512);
}

static void pages_are_had_at_once_from_the_second_slab_of_a_class_on(void **state)
{
    const uint32_t class = 14;
    uint32_t slabs = tmi_slabs.count;
    (void)state;
    fetched_bytes = 0;
    while (tmi_slabs.count < slabs + 1)
        (void)take(&nest, class);
    assert_int_equal(fetched_bytes, 0);
    while (tmi_slabs.count < slabs + 2)
        (void)take(&nest, class);
    assert_in_range(fetched_bytes, TMI_SLAB_BYTES + 4096, TMI_SLAB_BYTES + 3 * 4096);
}

static void without_memory_there_is_no_slot_until_there_is(void **state)
{
    const uint32_t class = tmi_slab_class(8000);
    size_t had = 0;
    uint32_t last;
    (void)state;
    refuse = true;
    while (take(&nest, class).number != 0)
        ++had; /* from what was opened before */
    assert_true(had < 300);
    assert_int_equal(take(&nest, class).number, 0);
    refuse = false;
    last = take(&nest, class).number;
    assert_int_not_equal(last, 0);
    assert_int_equal(tmi_slab_next(last), last);
}

static void the_tables_are_counted_as_our_own_memory(void **state)
{
    uint64_t before = tmi_own_bytes();
    size_t most = tmi_slabs_most();
    (void)state;
    for (uint32_t slabs = tmi_slabs.count; tmi_slabs.count < slabs + 3;)
        (void)take(&nest, 2);
    assert_true(tmi_own_bytes() - before >= (tmi_slabs_most() - most) * sizeof(struct tmi_slot));
    assert_true(tmi_own_bytes() - before < (tmi_slabs_most() - most) * 2 * sizeof(struct tmi_slot));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_stand_around_each_slot_that_was_taken),
        cmocka_unit_test(what_is_stored_is_taken_again_before_new_memory),
        cmocka_unit_test(a_slot_in_reach_goes_back_to_the_hand),
        cmocka_unit_test(what_a_thread_had_in_hand_is_taken_by_another),
        cmocka_unit_test(a_slot_goes_back_to_the_store_whose_slab_it_is_in),
        cmocka_unit_test(a_store_spares_slabs_that_are_half_free_but_the_first),
        cmocka_unit_test(no_slot_is_had_by_two_threads),
        cmocka_unit_test(pages_are_had_at_once_from_the_second_slab_of_a_class_on),
        cmocka_unit_test(each_size_has_the_smallest_slot_that_holds_it),
        cmocka_unit_test(each_address_of_a_slab_is_known),
        cmocka_unit_test(what_is_behind_many_that_are_not_half_free_is_found_later),
        cmocka_unit_test(the_tables_are_counted_as_our_own_memory),
        cmocka_unit_test(without_memory_there_is_no_slot_until_there_is),
    };
    if (!tmi_slabs_start(ZONE))
        return 1;
    tmi_slab_begin(&nest);
    tmi_slab_begin(&first_nest);
    tmi_slab_begin(&second_nest);
    third_nest.store = first_nest.store;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
