/*
 * archive.h: a text that grows, kept only compressed, by zstd.
 */
#ifndef DEMO_ARCHIVE_H
#define DEMO_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ZSTD_CCtx_s;

struct archive {
    struct ZSTD_CCtx_s *compressor;
    unsigned char *bytes; /* compressed */
    size_t size;
    size_t capacity;
    uint64_t text_bytes; /* before compression */
    uint64_t text_digest;
};

/* All are false when there is no memory. Finish it in any case. */
bool archive_open(struct archive *archive);
bool archive_add(struct archive *archive, const char *text, size_t length);
/* After the last text. */
bool archive_end(struct archive *archive);
/* Decompresses all of it; false, too, if that is not the text that was added. */
bool archive_check(const struct archive *archive);
void archive_finish(struct archive *archive);

#endif
