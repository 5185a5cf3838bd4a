#include "sink.h"

#include <stdio.h>

bool sink_write(const void *bytes, size_t size, void *user)
{
    (void)user;
    return fwrite(bytes, 1, size, stdout) == size && fflush(stdout) == 0;
}
