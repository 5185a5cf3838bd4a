/*
 * Firmware with three tasks and their mistakes, each of which leaves as a frame when it happens:
 *
 *     sensor   frees an aligned buffer by the wrong verb, and writes past the end of another one
 *     network  queues packets until its budget warns, then refuses; it drops one and goes on
 *     logger   forgets a line
 *
 * Tasks run to their next step, one after the other. tests/small/demo.py reads what is sent.
 */
#include <string.h>

#include <trackmem/small.h>

#include "sink.h"

static TRACKMEM_DEFINE_DOMAIN(sensor_domain, "sensor", NULL);
static TRACKMEM_DEFINE_DOMAIN(network_domain, "network", NULL);
static TRACKMEM_DEFINE_DOMAIN(queue_domain, "queue", &network_domain);
static TRACKMEM_DEFINE_DOMAIN(logger_domain, "logger", NULL);

enum { SENSOR, NETWORK, LOGGER, TASKS };

static struct trackmem_task tasks[TASKS] = {
    [SENSOR] = { .name = "sensor", .domain = &sensor_domain },
    [NETWORK] = { .name = "network", .domain = &network_domain },
    [LOGGER] = { .name = "logger", .domain = &logger_domain },
};
static struct trackmem_task *running = &tasks[SENSOR];

/* What trackmem asks to know whose memory it is. */
struct trackmem_task *trackmem_task_current(void)
{
    return running;
}

static _Alignas(32) unsigned char pool[8192];
static struct trackmem_region region;

#define SAMPLES 20

static void sensor_step(unsigned step)
{
    unsigned char *volatile block;
    unsigned char *volatile samples;

    if (step == 1) {
        block = trackmem_aligned_alloc(32, 128); /* for DMA */
        trackmem_free(block);                    /* the mismatched free */
        trackmem_aligned_free(block);
    }
    if (step == 2) {
        samples = trackmem_malloc(SAMPLES); /* the short buffer */
        for (unsigned i = 0; i <= SAMPLES; ++i)
            samples[i] = (unsigned char)i; /* the last goes too far */
        trackmem_free(samples);            /* the overrun is seen here */
    }
}

struct packet {
    struct packet *next;
    unsigned char bytes[200];
};
static struct packet *queue;
static unsigned dropped;

static void drop_oldest(void)
{
    struct packet *oldest = queue;

    queue = oldest->next;
    trackmem_free(oldest);
    ++dropped;
}

static void network_step(unsigned step)
{
    struct packet *packet;

    (void)step;
    packet = trackmem_malloc_in(&queue_domain, sizeof *packet); /* the budget is hit */
    if (packet == NULL) {
        drop_oldest();
        return;
    }
    packet->next = queue;
    queue = packet;
}

static void logger_step(unsigned step)
{
    char *line = trackmem_malloc(40 + step); /* the line that is forgotten */

    if (line == NULL)
        return;
    memset(line, '.', 40);
    if (step != 3)
        trackmem_free(line);
}

int main(void)
{
    static void (*const steps[TASKS])(unsigned step) = { sensor_step, network_step, logger_step };
    const struct trackmem_task *const all[TASKS] = { &tasks[0], &tasks[1], &tasks[2] };
    struct trackmem_window *window;

    (void)trackmem_region_init_guarded(&region, pool, sizeof pool);
    (void)trackmem_set_backend(trackmem_region_backend(&region));
    trackmem_set_sink(sink_write, NULL);
    (void)trackmem_domain_set_budget(&network_domain, 700, 1000, NULL, NULL);

    window = trackmem_begin();
    for (unsigned step = 0; step < 8; ++step) {
        for (int task = 0; task < TASKS; ++task) {
            running = &tasks[task];
            steps[task](step);
        }
    }
    while (queue != NULL)
        drop_oldest();
    (void)trackmem_end(window, NULL, NULL); /* the leak is seen here */
    if (trackmem_report_send(all, TASKS) != TRACKMEM_OK)
        return 2;
    return trackmem_misuse_count() == 2 && dropped > 0 ? 0 : 1;
}
