/*
 * main.c: a program that runs for long and can be asked over HTTP who holds its memory: a cache of
 * tiles under a budget, which makes room when it comes near its soft limit.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TRACKMEM_DOMAIN tiles_domain
#include <trackmem/domain.h>

#include "metrics.h"

#define MIB             ((size_t)1024 * 1024)
#define TILES           1000
#define LARGEST_TILE    65536
#define PAUSE_NS        2000000
#define LARGEST_REQUEST (4 * MIB)

TRACKMEM_DEFINE_DOMAIN(engine_domain, "engine", NULL);
TRACKMEM_DEFINE_DOMAIN(tiles_domain, "tiles", &engine_domain);
TRACKMEM_DEFINE_DOMAIN(names_domain, "names", &engine_domain);

static const char usage[] =
    "usage: serve [PORT]\n"
    "\n"
    "Fills and empties a cache under a budget, and serves the accounting of its memory at\n"
    "http://127.0.0.1:PORT/metrics (PORT: 9464 unless given; 0 takes a free one), until it is\n"
    "told to end by SIGINT or SIGTERM.\n";

struct tile {
    char *name;
    void *pixels;
};

static struct tile tiles[TILES];
static volatile sig_atomic_t told_to_end;

static void note_signal(int number)
{
    (void)number;
    told_to_end = 1;
}

static void drop(struct tile *tile)
{
    trackmem_free(tile->name);
    trackmem_free(tile->pixels);
    *tile = (struct tile){ .name = NULL };
}

/* The budget asks for room: every other tile goes, the next time the others. */
static void make_room(struct trackmem_domain *domain, enum trackmem_budget_event event,
                      size_t requested_bytes, void *user)
{
    static size_t first;
    (void)domain;
    (void)event;
    (void)requested_bytes;
    (void)user;
    first = 1 - first;
    for (size_t i = first; i < TILES; i += 2)
        drop(&tiles[i]);
}

/* Puts another tile in a place; without memory for it the place stays empty. */
static void load(struct tile *tile, unsigned number)
{
    char name[32];
    drop(tile);
    int length = snprintf(name, sizeof name, "tile %u", number);
    tile->name = trackmem_malloc_in(&names_domain, (size_t)length + 1);
    tile->pixels = trackmem_calloc(1, (size_t)rand() % LARGEST_TILE);
    if (tile->name && tile->pixels)
        memcpy(tile->name, name, (size_t)length + 1);
    else
        drop(tile);
}

static void work(void)
{
    const struct timespec pause = { .tv_nsec = PAUSE_NS };
    for (unsigned number = 0; !told_to_end; number++) {
        load(&tiles[(size_t)rand() % TILES], number);
        if (number % 100 == 0) /* more than the budget has: refused, and counted */
            trackmem_free(trackmem_malloc(LARGEST_REQUEST));
        nanosleep(&pause, NULL);
    }
    for (size_t i = 0; i < TILES; i++)
        drop(&tiles[i]);
}

int main(int count, char **arguments)
{
    char *end = NULL;
    unsigned long port = count > 1 ? strtoul(arguments[1], &end, 10) : 9464;
    if (count > 2 || (end && (*end != '\0' || end == arguments[1])) || port > 65535) {
        fputs(usage, stderr);
        return 2;
    }
    if (trackmem_domain_set_budget(&tiles_domain, 2 * MIB, 3 * MIB, make_room, NULL) !=
        TRACKMEM_OK) {
        fputs("serve: no budgets on this system\n", stderr);
        return 2;
    }
    signal(SIGINT, note_signal);
    signal(SIGTERM, note_signal);
    struct metrics_server *server = metrics_start((uint16_t)port);
    if (!server) {
        fprintf(stderr, "serve: port %lu is taken\n", port);
        return 2;
    }
    printf("http://127.0.0.1:%u/metrics\n", (unsigned)metrics_port(server));
    fflush(stdout);
    work();
    metrics_stop(server);
    return 0;
}
