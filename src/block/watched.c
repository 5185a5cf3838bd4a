/*
 * block/watched.c: see watched.h.
 */
#include "block/watched.h"

#include "backend/backend.h"
#include "base/atomic.h"

const struct tmi_watcher *tmi_watcher; /* atomic: a thread may ask while another starts us */

void tmi_watched_start(void)
{
    const struct tmi_watcher *watcher = tmi_watcher_asan();

    tmi_store(&tmi_watcher, watcher != NULL ? watcher : tmi_watcher_memcheck());
}

/* Other backends write into what was given back to them. */
bool tmi_is_watched(uint64_t shape)
{
    return tmi_watcher != NULL &&
           tmi_backends[tmi_shape_backend(shape)].allocate == trackmem_backend_libc()->allocate;
}

static size_t words_bytes(uint64_t shape)
{
    return TMI_HEADER_BYTES +
           (tmi_shape_layout(shape) == TMI_LAYOUT_ALIGNED ? sizeof(uint64_t) : 0);
}

void tmi_watched_open(const void *block, uint64_t shape)
{
    if (tmi_is_watched(shape))
        tmi_watcher->open((const char *)block - words_bytes(shape), words_bytes(shape));
}

void tmi_watched_close(const void *block, uint64_t shape)
{
    if (tmi_is_watched(shape))
        tmi_watcher->close((const char *)block - words_bytes(shape), words_bytes(shape));
}
