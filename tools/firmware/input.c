/*
 * firmware/input.c: see input.h. A line that hangs up ends by an error, as a disk may.
 */
#include "firmware/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <trackmem/trackmem.h>

#include "cli/complain.h"

enum { LEAST_ROOM = 65536 };

static int read_all(int fd, struct tmt_input *input)
{
    size_t room = 0;

    for (;;) {
        ssize_t got;

        if (room - input->size < LEAST_ROOM) {
            char *larger = trackmem_realloc(input->bytes, room = 2 * room + LEAST_ROOM);

            if (larger == NULL)
                return ENOMEM;
            input->bytes = larger;
        }
        got = read(fd, input->bytes + input->size, room - input->size);
        if (got <= 0)
            return got < 0 ? errno : 0;
        input->size += (size_t)got;
    }
}

bool tmt_input_read(struct tmt_input *input, const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

    *input = (struct tmt_input){ .path = path };
    input->error = fd >= 0 ? read_all(fd, input) : errno;
    if (fd >= 0 && !is_stdin)
        (void)close(fd);
    if (input->error == 0 || input->size != 0)
        return true;
    tmt_complain("cannot read '%s': %s", path, strerror(input->error));
    tmt_input_finish(input);
    return false;
}

void tmt_input_finish(struct tmt_input *input)
{
    trackmem_free(input->bytes);
    input->bytes = NULL;
}
