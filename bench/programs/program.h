/*
 * program.h: what is measured as a whole: a program that loads, works and gives all back. Each is
 * built with the C library's malloc, with that and AddressSanitizer, and with trackmem. What
 * differs is "memory.h" (examples/registry/plain, tracked), verbs_*.h and libraries_*.c.
 */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include <stdbool.h>

struct program_size {
    unsigned objects; /* how much of it is alive at once */
    unsigned rounds;  /* how often it is made anew */
};

struct program {
    const char *name;
    const char *about;
    /* Does the work, with nothing shared with other threads; false: something went wrong. */
    bool (*run)(const struct program_size *size);
    struct program_size full;
    /* So small that tools with two mappings a block stay below the limit of mappings. */
    struct program_size small;
};

extern const struct program program_demo;
extern const struct program program_lua;
extern const struct program program_json;
extern const struct program program_xml;
extern const struct program program_words;
extern const struct program program_formulas;

#define PROGRAM_XML       "/usr/share/vulkan/registry/vk.xml"
#define PROGRAM_SMALL_XML BENCH_SMALL_XML

#endif
