/*
 * What programs about leaks share: a place that is forgotten.
 */
#ifndef TESTS_MISUSE_LOSE_H
#define TESTS_MISUSE_LOSE_H

#include "../misuse.h"

/*
 * Runs fn far down the stack, where nothing comes again: pointers that it leaves there lie below
 * the end of the stack when the program ends.
 */
static __attribute__((__noinline__, __unused__)) void far_down(void (*fn)(void))
{
    volatile char room[65536];

    room[0] = 1;
    fn();
    room[1] = room[0];
}

#endif
