/*
 * cli/terminal.c: see terminal.h. Threads: one.
 */
#include "cli/terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/complain.h"

static struct {
    bool shown; /* a line of progress stands on the terminal */
    struct timespec when;
} progress;

static bool is_set(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0';
}

bool tmt_terminal_has_colours(FILE *stream)
{
    const char *kind = getenv("TERM");

    return !is_set("NO_COLOR") && isatty(fileno(stream)) && kind != NULL &&
           strcmp(kind, "dumb") != 0;
}

bool tmt_terminal_has_utf8(void)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = is_set(names[i]) ? getenv(names[i]) : NULL;

        if (value != NULL)
            return strstr(value, "UTF-8") != NULL || strstr(value, "utf8") != NULL;
    }
    return false;
}

size_t tmt_terminal_columns(FILE *stream)
{
    struct winsize size;

    if (isatty(fileno(stream)) && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 &&
        size.ws_col >= 40)
        return size.ws_col;
    return 80;
}

static bool flush(const char *bytes, size_t size, void *user)
{
    return fwrite(bytes, 1, size, user) == size;
}

void tmt_output_init(struct tmt_output *output, FILE *stream)
{
    output->stream = stream;
    output->colours = tmt_terminal_has_colours(stream);
    tmi_text_init_stream(&output->text, output->buffer, sizeof(output->buffer), flush, stream);
    output->text.utf8 = tmt_terminal_has_utf8();
}

void tmt_output_style(struct tmt_output *output, enum tmt_style style)
{
    static const char *const sequences[] = { "\033[0m",  "\033[1m",  "\033[2m",
                                             "\033[31m", "\033[32m", "\033[33m" };

    if (output->colours)
        tmi_text_add_style(&output->text, sequences[style]);
}

bool tmt_output_finish(struct tmt_output *output)
{
    errno = 0;
    if (tmi_text_finish(&output->text) && fflush(output->stream) == 0)
        return true;
    tmt_complain("could not write: %s", strerror(errno));
    return false;
}

void tmt_progress(const char *what, size_t done, size_t total)
{
    struct timespec now;
    long long passed_ms;

    if (!isatty(STDERR_FILENO) || clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return;
    passed_ms = (now.tv_sec - progress.when.tv_sec) * 1000LL +
                (now.tv_nsec - progress.when.tv_nsec) / 1000000;
    if (passed_ms < 100)
        return;
    progress.when = now;
    progress.shown = true;
    if (total != 0)
        (void)fprintf(stderr, "\r\033[K%s %zu/%zu", what, done, total);
    else
        (void)fprintf(stderr, "\r\033[K%s %zu", what, done);
    (void)fflush(stderr);
}

void tmt_progress_end(void)
{
    if (progress.shown) {
        (void)fputs("\r\033[K", stderr);
        (void)fflush(stderr);
    }
    progress.shown = false;
}
