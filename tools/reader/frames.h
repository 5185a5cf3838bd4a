/*
 * reader/frames.h: the frames of trackmem/small_format.h, in whatever stands around them.
 */
#ifndef TMT_READER_FRAMES_H
#define TMT_READER_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <trackmem/small_format.h>

/* A frame and how far its fields are read; of type 0: none that this version knows. */
struct tmt_frame {
    enum trackmem_small_frame type;
    const unsigned char *at;
    const unsigned char *end;
};

/*
 * A stream, frame by frame; what was sent twice comes once. All but the counts and is_reset is its
 * own.
 */
struct tmt_frames {
    const unsigned char *bytes;
    size_t size;
    size_t at;
    const unsigned char *last; /* frame; NULL: there was none */
    bool is_reset;             /* that is the first after a reset */
    uint64_t count;
    uint64_t lost;    /* by the steps in the sequence */
    unsigned version; /* of a frame above ours, where the stream then ends; 0: none */
};

void tmt_frames_init(struct tmt_frames *frames, const void *bytes, size_t size);
/* False: there are no more. */
bool tmt_frames_next(struct tmt_frames *frames, struct tmt_frame *frame);

/* The next field; 0 and "" where there is none. */
uint64_t tmt_frame_number(struct tmt_frame *frame);
/* A text, ended by NUL, or bytes. Returns how many there are. */
#define TMT_FRAME_TEXT TRACKMEM_SMALL_FRAME_BYTES
size_t tmt_frame_text(struct tmt_frame *frame, char text[TMT_FRAME_TEXT]);

#endif
