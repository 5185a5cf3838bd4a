/*
 * platform/watcher_asan_none.c: platform/watcher.h where no AddressSanitizer can be in the program.
 */
#include "platform/watcher.h"

const struct tmi_watcher *tmi_watcher_asan(void)
{
    return NULL;
}
