/*
 * fuzz/block.c: the engine of check mode. The bytes are the choices of which a random program is
 * made (tests/random); it runs in this process, and must do what the model says.
 *
 * The mode is that of the environment variable FUZZ_MODE, by its name in random/modes.c; without
 * one, redzones, fill, a small quarantine and guard pages for one block in three.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "run.h"
#include "trackmem/observe.h"
#include "trackmem/trackmem.h"

static const struct mode *mode;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *name = getenv("FUZZ_MODE");

    (void)argc;
    (void)argv;
    for (size_t i = 0; i < mode_count; ++i)
        if (strcmp(modes[i].name, name != NULL ? name : "sample-some") == 0)
            mode = &modes[i];
    if (mode == NULL)
        abort();
    run_start(mode);
    return 0;
}

/* What earlier programs freed takes no room from this one's blocks. */
static void empty_quarantine(void)
{
    if (mode->quarantine == 0)
        return;
    (void)trackmem_set_options("quarantine=16K");
    for (int i = 0; i < 64; ++i)
        trackmem_free(trackmem_malloc(1));
    (void)trackmem_set_options(strstr(mode->options, "quarantine=") != NULL ? mode->options
                                                                            : "quarantine=1M");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct choices choices = { .bytes = bytes, .left = size };
    struct program program = generate(&choices, 1, false);
    struct outcome outcome;
    const char *why;

    empty_quarantine();
    run_program(&program, mode, false, &outcome);
    why = compare(&program, &outcome.expected, outcome.seen, outcome.seen_count);
    if (why == NULL && outcome.wrong[0] == '\0')
        return 0;
    fprintf(stderr, "%s: %s\n", mode->name, why != NULL ? why : outcome.wrong);
    outcome_print(&outcome, stderr);
    program_print(&program, stderr);
    abort();
}
