/*
 * strings.h: names, each kept once and told apart by a number.
 */
#ifndef DEMO_STRINGS_H
#define DEMO_STRINGS_H

#include <stddef.h>
#include <stdint.h>

struct strings {
    char **texts; /* by number - 1 */
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots; /* an open hash table of numbers, 0 where free */
    uint32_t slot_count;
};

/* The number of a text, from 1 on, given to it if it is new; 0 when there is no memory. */
uint32_t strings_intern(struct strings *strings, const char *text, size_t length);
const char *strings_text(const struct strings *strings, uint32_t number);
void strings_finish(struct strings *strings);

#endif
