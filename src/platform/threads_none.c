/*
 * platform/threads_none.c: systems on which other threads run on; threads.h.
 */
#include "platform/threads.h"

size_t tmi_threads_work_bytes(void)
{
    return 1;
}

void tmi_threads_hold(struct tmi_held_threads *threads, void *memory, size_t bytes)
{
    (void)memory;
    (void)bytes;
    *threads = (struct tmi_held_threads){ .running = 1, .why = "not on this system" };
}

void tmi_threads_release(struct tmi_held_threads *threads)
{
    (void)threads;
}
