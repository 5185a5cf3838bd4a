/*
 * alloc/small_sink.h: builds frames of trackmem/small_format.h and hands them to the sink.
 */
#ifndef TMI_ALLOC_SMALL_SINK_H
#define TMI_ALLOC_SMALL_SINK_H

#include "alloc/small.h"

struct tmi_small_frame {
    unsigned char bytes[TRACKMEM_SMALL_FRAME_BYTES];
    uint32_t length;
};

void tmi_frame_begin(struct tmi_small_frame *frame, enum trackmem_small_frame type);
void tmi_frame_add_number(struct tmi_small_frame *frame, uintptr_t number);
void tmi_frame_add_bytes(struct tmi_small_frame *frame, const void *bytes, uint32_t count);
/* A text of at most so many bytes; NULL is "". */
void tmi_frame_add_text(struct tmi_small_frame *frame, const char *text, uint32_t most);
/* "driver/cache"; "" for the process and for NULL. */
void tmi_frame_add_path(struct tmi_small_frame *frame, const struct trackmem_domain *domain);

/* Ends and sends it; false: there is no sink, or it lost the bytes. */
bool tmi_frame_send(struct tmi_small_frame *frame);

bool tmi_frame_has_sink(void);

#endif
