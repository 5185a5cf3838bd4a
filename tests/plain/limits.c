/*
 * More call sites and domains than a small system has room for: nothing is lost from the sums, and
 * reports can still be made.
 */
#include <stdio.h>
#include <string.h>

#include <trackmem/domain.h>
#include <trackmem/observe.h>
#include <trackmem/trackmem.h>

#include "base/config.h"

static int failures;

#define CHECK(condition)                                                          \
    do {                                                                          \
        if (!(condition)) {                                                       \
            failures++;                                                           \
            printf("%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
        }                                                                         \
    } while (0)

enum { SITES = 3000, DOMAINS = 200 };

static void *blocks[SITES];

static void every_block_is_counted(void)
{
    struct trackmem_stats stats;
    uint64_t bytes = 0;

    for (unsigned i = 0; i < SITES; ++i) {
        struct trackmem_site *site = trackmem_site_at("made.c", i + 1, "made", NULL);

        blocks[i] = trackmem_malloc_at(site, i % 100);
        CHECK(blocks[i] != NULL && trackmem_size(blocks[i]) == i % 100);
        bytes += i % 100;
    }
    CHECK(trackmem_domain_stats(NULL, true, &stats) == TRACKMEM_OK);
    CHECK(stats.live_blocks == SITES && stats.live_bytes == bytes);
}

static void domains_end_where_room_ends(void)
{
    char name[16];
    unsigned made = 0;

    for (unsigned i = 0; i < DOMAINS; ++i) {
        struct trackmem_domain *domain;
        void *block;

        snprintf(name, sizeof name, "domain %u", i);
        domain = trackmem_domain_create(NULL, name);
        made += domain != NULL;
        block = trackmem_malloc_in(domain, 10); /* NULL is the process */
        CHECK(trackmem_domain_same(trackmem_domain_of(block), domain));
        trackmem_free(block);
    }
    CHECK(made > 0 && (TMI_SMALL || made == DOMAINS));
}

static void reports_are_made(void)
{
    CHECK(trackmem_report(1, TRACKMEM_FORMAT_TEXT) == TRACKMEM_OK);
    CHECK(trackmem_report(-1, TRACKMEM_FORMAT_TEXT) == TRACKMEM_IO_ERROR);
}

static void everything_is_given_back(void)
{
    struct trackmem_stats stats;

    for (unsigned i = 0; i < SITES; ++i)
        trackmem_free(blocks[i]);
    CHECK(trackmem_domain_stats(NULL, true, &stats) == TRACKMEM_OK);
    CHECK(stats.live_blocks == 0 && stats.live_bytes == 0 && stats.failures == 0);
    CHECK(trackmem_misuse_count() == 0);
}

int main(void)
{
    CHECK(trackmem_set_options("top=3") == TRACKMEM_OK);
    domains_end_where_room_ends();
    every_block_is_counted();
    reports_are_made();
    everything_is_given_back();
    if (failures) {
        printf("trackmem limits: %d failed\n", failures);
        return 1;
    }
    puts("trackmem limits: ok");
    return 0;
}
