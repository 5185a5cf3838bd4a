/*
 * fuzz/replay.c: runs a fuzz target over a corpus, without a fuzzer.
 *
 *     replay FILE
 *
 * A line of FILE is an input, in hexadecimal ('scripts/fuzz --minimise' writes it). The last line
 * printed is 'trackmem replay: ok'; who has no input, or fails, prints none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define MOST_BYTES 4096u

/* Returns how many bytes. */
static size_t decode(const char *line, uint8_t *bytes)
{
    size_t size = strspn(line, "0123456789abcdef") / 2;

    for (size_t i = 0; i < size; ++i) {
        char digits[] = { line[2 * i], line[2 * i + 1], '\0' };

        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return size;
}

int main(int argc, char **argv)
{
    static char line[2 * MOST_BYTES + 2];
    static uint8_t bytes[MOST_BYTES];
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    unsigned count = 0;

    if (file == NULL)
        return 2;
    (void)LLVMFuzzerInitialize(&argc, &argv);
    while (fgets(line, sizeof line, file) != NULL) {
        size_t size = decode(line, bytes);

        fprintf(stderr, "input %u\n", ++count); /* the last one named is the one that fails */
        (void)LLVMFuzzerTestOneInput(bytes, size);
    }
    fclose(file);
    printf("%u inputs\n", count);
    if (count == 0)
        return 1;
    printf("trackmem replay: ok\n");
    return 0;
}
