/*
 * firmware/input.h: the bytes of a file, or of standard input, to their end.
 */
#ifndef TMT_FIRMWARE_INPUT_H
#define TMT_FIRMWARE_INPUT_H

#include <stdbool.h>
#include <stddef.h>

struct tmt_input {
    const char *path; /* "-": standard input */
    char *bytes;
    size_t size;
    int error; /* errno, of what kept it from being read to its end; 0: it was */
};

/* False: nothing could be read; it has complained. */
bool tmt_input_read(struct tmt_input *input, const char *path);
void tmt_input_finish(struct tmt_input *input);

#endif
