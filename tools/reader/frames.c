/*
 * reader/frames.c: see frames.h.
 */
#include "reader/frames.h"

#include <string.h>

#include <zlib.h>

void tmt_frames_init(struct tmt_frames *frames, const void *bytes, size_t size)
{
    *frames = (struct tmt_frames){ .bytes = bytes, .size = size };
}

/* The bytes of the frame at the marks; 0: there is none. */
static size_t frame_bytes(const unsigned char *at, size_t left)
{
    size_t size;
    unsigned long checksum;

    if (left < TRACKMEM_SMALL_HEAD_BYTES + TRACKMEM_SMALL_TAIL_BYTES)
        return 0;
    size = (size_t)TRACKMEM_SMALL_HEAD_BYTES + at[5];
    if (left < size + TRACKMEM_SMALL_TAIL_BYTES)
        return 0;
    checksum = crc32(0, at + 2, (uInt)(size - 2));
    for (int i = 0; i < TRACKMEM_SMALL_TAIL_BYTES; ++i)
        if (at[size + (size_t)i] != (unsigned char)(checksum >> 8 * i))
            return 0;
    return size + TRACKMEM_SMALL_TAIL_BYTES;
}

static bool is_repeat(const unsigned char *at, const unsigned char *last, size_t size)
{
    return last != NULL && at[4] != 0 && last[5] == at[5] && memcmp(at, last, size) == 0;
}

/* 0 is the first frame after a reset, and 1 comes after 255. */
static unsigned lost_between(const unsigned char *last, const unsigned char *at)
{
    return last == NULL || at[4] == 0 ? 0 : (at[4] + 254u - last[4]) % 255;
}

bool tmt_frames_next(struct tmt_frames *frames, struct tmt_frame *frame)
{
    for (; frames->at + 1 < frames->size; ++frames->at) {
        const unsigned char *at = frames->bytes + frames->at;
        size_t size;

        if (at[0] != TRACKMEM_SMALL_MARK_1 || at[1] != TRACKMEM_SMALL_MARK_2)
            continue;
        size = frame_bytes(at, frames->size - frames->at);
        if (size == 0)
            continue;
        if (at[2] > TRACKMEM_SMALL_VERSION) {
            frames->version = at[2];
            return false;
        }
        if (is_repeat(at, frames->last, size)) {
            frames->at += size - 1;
            continue;
        }
        frames->is_reset = at[4] == 0;
        frames->lost += lost_between(frames->last, at);
        frames->last = at;
        ++frames->count;
        frames->at += size;
        *frame = (struct tmt_frame){ (enum trackmem_small_frame)at[3],
                                     at + TRACKMEM_SMALL_HEAD_BYTES,
                                     at + size - TRACKMEM_SMALL_TAIL_BYTES };
        return true;
    }
    return false;
}

uint64_t tmt_frame_number(struct tmt_frame *frame)
{
    uint64_t number = 0;

    for (unsigned shift = 0; frame->at < frame->end; shift += 7) {
        unsigned char byte = *frame->at++;

        if (shift < 64)
            number |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return number;
    }
    return 0; /* it has no end */
}

size_t tmt_frame_text(struct tmt_frame *frame, char text[TMT_FRAME_TEXT])
{
    uint64_t length = tmt_frame_number(frame);
    size_t left = (size_t)(frame->end - frame->at);

    if (length > left)
        length = left;
    memcpy(text, frame->at, length); /* a frame is shorter than the text may be */
    text[length] = '\0';
    frame->at += length;
    return length;
}
