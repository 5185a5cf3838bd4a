/*
 * platform/watcher_memcheck_none.c: platform/watcher.h without Valgrind's header.
 */
#include "platform/watcher.h"

const struct tmi_watcher *tmi_watcher_memcheck(void)
{
    return NULL;
}
