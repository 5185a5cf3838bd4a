/*
 * archive.c: see archive.h. The contexts are zstd's memory, the compressed bytes are ours.
 */
#define TRACKMEM_DOMAIN archive_domain
#include "archive.h"

#include "memory.h"

#define WINDOW_LOG  17 /* the window takes 128 KiB */
#define FIRST_BYTES 4096u
#define PIECE_BYTES 4096u

static uint64_t digest(uint64_t sum, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ at[i]) * 0x100000001b3u; /* FNV-1a */
    return sum;
}

bool archive_open(struct archive *archive)
{
    *archive = (struct archive){ .compressor = memory_for_compression() };
    return archive->compressor != NULL &&
           !ZSTD_isError(
               ZSTD_CCtx_setParameter(archive->compressor, ZSTD_c_windowLog, WINDOW_LOG)) &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(archive->compressor, ZSTD_c_checksumFlag, 1));
}

static bool grow(struct archive *archive)
{
    size_t capacity = archive->capacity > 0 ? 2 * archive->capacity : FIRST_BYTES;
    unsigned char *bytes = memory_realloc(archive->bytes, capacity, 1);
    if (!bytes)
        return false;
    archive->bytes = bytes;
    archive->capacity = capacity;
    return true;
}

static bool compress(struct archive *archive, const char *text, size_t length,
                     ZSTD_EndDirective end)
{
    ZSTD_inBuffer in = { text, length, 0 };
    size_t left = 0;
    do {
        if (archive->size == archive->capacity && !grow(archive))
            return false;
        ZSTD_outBuffer out = { archive->bytes, archive->capacity, archive->size };
        left = ZSTD_compressStream2(archive->compressor, &out, &in, end);
        archive->size = out.pos;
        if (ZSTD_isError(left))
            return false;
    } while (in.pos < in.size || (end == ZSTD_e_end && left > 0));
    return true;
}

bool archive_add(struct archive *archive, const char *text, size_t length)
{
    archive->text_bytes += length;
    archive->text_digest = digest(archive->text_digest, text, length);
    return compress(archive, text, length, ZSTD_e_continue);
}

bool archive_end(struct archive *archive)
{
    return compress(archive, "", 0, ZSTD_e_end);
}

bool archive_check(const struct archive *archive)
{
    char piece[PIECE_BYTES];
    ZSTD_DCtx *decompressor = memory_for_decompression();
    ZSTD_inBuffer in = { archive->bytes, archive->size, 0 };
    uint64_t sum = 0;
    uint64_t bytes = 0;
    size_t left = 1;
    while (decompressor && left > 0 && in.pos < in.size && !ZSTD_isError(left)) {
        ZSTD_outBuffer out = { piece, sizeof piece, 0 };
        left = ZSTD_decompressStream(decompressor, &out, &in);
        sum = digest(sum, piece, out.pos);
        bytes += out.pos;
    }
    ZSTD_freeDCtx(decompressor);
    return left == 0 && in.pos == in.size && sum == archive->text_digest &&
           bytes == archive->text_bytes;
}

void archive_finish(struct archive *archive)
{
    ZSTD_freeCCtx(archive->compressor);
    memory_free(archive->bytes);
    *archive = (struct archive){ .compressor = NULL };
}
