/*
 * The core in one program, for every target there is: bare metal, Windows under wine, other CPUs.
 *
 * One thread, the public headers and printf; no test framework. The marker on the last line proves
 * that the program ran to its end, where an emulator's exit code proves little.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <trackmem/domain.h>
#include <trackmem/observe.h>
#include <trackmem/trackmem.h>

static int failures;

#define CHECK(condition)                                                          \
    do {                                                                          \
        if (!(condition)) {                                                       \
            failures++;                                                           \
            printf("%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
        }                                                                         \
    } while (0)

TRACKMEM_DEFINE_DOMAIN(driver, "driver", NULL);
TRACKMEM_DEFINE_DOMAIN(compiler, "shader compiler", &driver);

/* Compilers see through wrong frees and impossible sizes, and refuse them; not through these. */
static void *hidden(void *ptr)
{
    void *volatile hide = ptr;
    return hide;
}

static size_t hidden_size(size_t size)
{
    volatile size_t hide = size;
    return hide;
}

static int all_bytes_are(const void *block, int value, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)block;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != value)
            return 0;
    }
    return 1;
}

static void blocks_come_and_go(void)
{
    void *nothing = trackmem_malloc(0);
    void *nothing_again = trackmem_malloc(0);
    CHECK(nothing && nothing_again && nothing != nothing_again);
    CHECK(trackmem_size(nothing) == 0);
    trackmem_free(nothing);
    trackmem_free(nothing_again);
    trackmem_free(NULL);

    for (size_t size = 1; size <= 5000; size = size * 3 / 2 + 1) {
        void *block = trackmem_malloc(size);
        CHECK(block && trackmem_size(block) == size);
        CHECK((uintptr_t)block % TRACKMEM_ALIGNMENT == 0);
        if (block)
            memset(block, 0x5a, size);
        trackmem_free_sized(block, size);
    }

    void *zeros = trackmem_calloc(25, 40);
    CHECK(zeros && all_bytes_are(zeros, 0, 1000));
    void *copy = trackmem_memdup("copied", 7);
    CHECK(copy && memcmp(copy, "copied", 7) == 0);
    trackmem_free(zeros);
    trackmem_free(copy);

    int *number = TRACKMEM_NEW0(int);
    CHECK(number && *number == 0);
    void (*release)(void *ptr) = trackmem_free;
    release(number);
}

static void resizing_keeps_what_was_there(void)
{
    void *block = trackmem_realloc(NULL, 100);
    CHECK(block != NULL);
    if (!block)
        return;
    memset(block, 0x11, 100);
    void *larger = trackmem_realloc(block, 3000);
    CHECK(larger && trackmem_size(larger) == 3000 && all_bytes_are(larger, 0x11, 100));
    void *smaller = trackmem_realloc(larger, 10);
    CHECK(smaller && trackmem_size(smaller) == 10 && all_bytes_are(smaller, 0x11, 10));

    /* Too large, and a product that overflows: the block is as it was. */
    CHECK(trackmem_realloc(smaller, hidden_size(SIZE_MAX - 64)) == NULL);
    CHECK(trackmem_reallocarray(smaller, hidden_size(SIZE_MAX / 2), 3) == NULL);
    CHECK(trackmem_calloc(hidden_size(SIZE_MAX / 2), 3) == NULL);
    CHECK(trackmem_malloc(hidden_size(SIZE_MAX)) == NULL);
    CHECK(trackmem_size(smaller) == 10 && all_bytes_are(smaller, 0x11, 10));

    void *empty = trackmem_realloc(smaller, 0);
    CHECK(empty && trackmem_size(empty) == 0);
    trackmem_free(empty);
}

static void aligned_blocks_are_aligned(void)
{
    for (size_t alignment = 1; alignment <= 1024; alignment *= 2) {
        void *block = trackmem_aligned_alloc(alignment, 100);
        CHECK(block && (uintptr_t)block % alignment == 0 && trackmem_size(block) == 100);
        if (!block)
            continue;
        memset(block, 0x22, 100);
        void *moved = trackmem_aligned_realloc(block, alignment, 1000);
        CHECK(moved && (uintptr_t)moved % alignment == 0 && all_bytes_are(moved, 0x22, 100));
        trackmem_aligned_free(moved);
    }
    CHECK(trackmem_aligned_alloc(hidden_size(3), 100) == NULL);
}

static void domains_are_charged(void)
{
    struct trackmem_stats alone, all;
    void *first = trackmem_malloc_in(&driver, 1000);
    void *second = trackmem_malloc_in(&compiler, 200);
    CHECK(trackmem_domain_push(&compiler) == TRACKMEM_OK);
    void *third = trackmem_malloc(30);
    CHECK(trackmem_domain_pop() == TRACKMEM_OK);
    CHECK(trackmem_domain_same(trackmem_domain_of(third), &compiler));

    CHECK(trackmem_domain_stats(&driver, false, &alone) == TRACKMEM_OK);
    CHECK(trackmem_domain_stats(&driver, true, &all) == TRACKMEM_OK);
    CHECK(alone.live_bytes == 1000 && alone.live_blocks == 1);
    CHECK(all.live_bytes == 1230 && all.live_blocks == 3);
    CHECK(all.peak_bytes >= 1230);

    CHECK(trackmem_transfer(third, &driver) == TRACKMEM_OK);
    CHECK(trackmem_domain_stats(&driver, false, &alone) == TRACKMEM_OK);
    CHECK(alone.live_bytes == 1030 && alone.live_blocks == 2);
    CHECK(trackmem_domain_same(trackmem_domain_find("driver/shader compiler"), &compiler));
    CHECK(trackmem_domain_find("nobody") == NULL);

    trackmem_free(first);
    trackmem_free(second);
    trackmem_free(third);
    CHECK(trackmem_domain_stats(&driver, true, &all) == TRACKMEM_OK);
    CHECK(all.live_bytes == 0 && all.live_blocks == 0 && all.total_blocks >= 3);

    struct trackmem_domain *made = trackmem_domain_create(&driver, "made");
    CHECK(made != NULL);
    CHECK(trackmem_domain_destroy(made) == TRACKMEM_OK);
}

static enum trackmem_misuse_kind last_kind;
static int misuses;

static void note_misuse(const struct trackmem_misuse *misuse, void *user)
{
    (void)user;
    last_kind = misuse->kind;
    misuses++;
}

static void wrong_frees_are_named_and_survived(void)
{
    static _Alignas(16) char ours[64];
    trackmem_set_misuse_handler(note_misuse, NULL);

    void *aligned = trackmem_aligned_alloc(64, 100);
    trackmem_free(hidden(aligned));
    CHECK(misuses == 1 && last_kind == TRACKMEM_MISUSE_MISMATCHED_FAMILY);
    CHECK(trackmem_size(aligned) == 100);
    trackmem_aligned_free(aligned);
    CHECK(misuses == 1);

    char *plain = (char *)trackmem_malloc(200);
    trackmem_aligned_free(hidden(plain));
    CHECK(misuses == 2 && last_kind == TRACKMEM_MISUSE_MISMATCHED_FAMILY);
    trackmem_free(hidden(plain + 1));
    CHECK(misuses == 3 && last_kind == TRACKMEM_MISUSE_INTERIOR_POINTER);
    trackmem_free(hidden(ours + 32));
    CHECK(misuses == 4 && last_kind == TRACKMEM_MISUSE_FOREIGN_POINTER);

    void *gone = hidden(plain);
    trackmem_free(plain);
    CHECK(misuses == 4);
    trackmem_free(gone);
    CHECK(misuses == 5 && last_kind == TRACKMEM_MISUSE_DOUBLE_FREE);
    CHECK(trackmem_misuse_count() == 5);
    trackmem_set_misuse_handler(NULL, NULL);
}

int main(void)
{
    blocks_come_and_go();
    resizing_keeps_what_was_there();
    aligned_blocks_are_aligned();
    domains_are_charged();
    wrong_frees_are_named_and_survived();

    struct trackmem_stats process;
    CHECK(trackmem_domain_stats(NULL, true, &process) == TRACKMEM_OK);
    CHECK(process.live_blocks == 0 && process.live_bytes == 0);

    if (failures) {
        printf("trackmem smoke: %d failed\n", failures);
        return 1;
    }
    puts("trackmem smoke: ok");
    return 0;
}
