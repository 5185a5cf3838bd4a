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
        if (frames->any && at[4] != 0) /* from 0 it counts after a reset, too */
            frames->lost += (unsigned char)(at[4] - frames->sequence - 1);
        frames->any = true;
        frames->sequence = at[4];
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
