/*
 * alloc/small_sink.c: see small_sink.h; and the two frames that leave by themselves. A program
 * without a sink links none of it.
 */
#include "alloc/small_sink.h"

static struct {
    trackmem_sink_fn *fn; /* NULL: nothing is sent */
    void *user;
    uint8_t sequence;
} sink;

/* Room that is kept for the numbers behind a text: of the longest frame, the misuse, the rest. */
enum { LONGEST_TEXT = 24, LONGEST_PATH = 40 };

void tmi_frame_begin(struct tmi_small_frame *frame, enum trackmem_small_frame type)
{
    frame->bytes[0] = TRACKMEM_SMALL_MARK_1;
    frame->bytes[1] = TRACKMEM_SMALL_MARK_2;
    frame->bytes[2] = TRACKMEM_SMALL_VERSION;
    frame->bytes[3] = (unsigned char)type;
    frame->length = TRACKMEM_SMALL_HEAD_BYTES;
}

static void add_byte(struct tmi_small_frame *frame, uint32_t byte)
{
    if (frame->length < TRACKMEM_SMALL_FRAME_BYTES - TRACKMEM_SMALL_TAIL_BYTES)
        frame->bytes[frame->length++] = (unsigned char)byte;
}

void tmi_frame_add_number(struct tmi_small_frame *frame, uintptr_t number)
{
    while (number >= 128) {
        add_byte(frame, (uint32_t)(number & 127) | 128);
        number >>= 7;
    }
    add_byte(frame, (uint32_t)number);
}

void tmi_frame_add_bytes(struct tmi_small_frame *frame, const void *bytes, uint32_t count)
{
    tmi_frame_add_number(frame, count);
    for (uint32_t i = 0; i < count; ++i)
        add_byte(frame, ((const unsigned char *)bytes)[i]);
}

void tmi_frame_add_text(struct tmi_small_frame *frame, const char *text, uint32_t most)
{
    uint32_t length = 0;

    while (text != NULL && text[length] != '\0' && length < most)
        ++length;
    tmi_frame_add_bytes(frame, text, length);
}

void tmi_frame_add_path(struct tmi_small_frame *frame, const struct trackmem_domain *domain)
{
    char path[LONGEST_PATH + 1];
    uint32_t at = LONGEST_PATH;

    path[at] = '\0';
    for (; domain != NULL && domain->parent != NULL; domain = domain->parent) {
        uint32_t length = 0;

        if (path[at] != '\0' && at > 0)
            path[--at] = '/';
        while (domain->name[length] != '\0')
            ++length;
        while (length > 0 && at > 0) /* what does not fit is cut at the front */
            path[--at] = domain->name[--length];
    }
    tmi_frame_add_text(frame, path + at, LONGEST_PATH);
}

static uint32_t checksum(const unsigned char *bytes, uint32_t length)
{
    uint32_t crc = ~0u;

    for (uint32_t i = 0; i < length; ++i) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; ++bit)
            crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
    }
    return ~crc;
}

bool tmi_frame_send(struct tmi_small_frame *frame)
{
    uintptr_t state = tmi_critical_enter();
    uint32_t crc;

    frame->bytes[4] = sink.sequence++;
    if (sink.sequence == 0)
        sink.sequence = 1; /* 0 is the first after a reset, and no other */
    tmi_critical_leave(state);
    frame->bytes[5] = (unsigned char)(frame->length - TRACKMEM_SMALL_HEAD_BYTES);
    crc = checksum(frame->bytes + 2, frame->length - 2);
    for (int i = 0; i < TRACKMEM_SMALL_TAIL_BYTES; ++i)
        frame->bytes[frame->length++] = (unsigned char)(crc >> 8 * i);
    return sink.fn != NULL && sink.fn(frame->bytes, frame->length, sink.user);
}

static void send_misuse(const struct trackmem_misuse *misuse, size_t number,
                        const struct tmi_damage *damage)
{
    struct tmi_small_frame frame;
    bool is_before = misuse->offset < 0;
    uintptr_t offset = (uintptr_t)(is_before ? -misuse->offset : misuse->offset);

    tmi_frame_begin(&frame, TRACKMEM_SMALL_MISUSE);
    tmi_frame_add_number(&frame, (uintptr_t)misuse->kind);
    tmi_frame_add_text(&frame, misuse->id, LONGEST_TEXT);
    tmi_frame_add_text(&frame, misuse->verb, LONGEST_TEXT);
    tmi_frame_add_number(&frame, (uintptr_t)misuse->ptr);
    tmi_frame_add_number(&frame, (uintptr_t)misuse->block);
    tmi_frame_add_number(&frame, misuse->size);
    tmi_frame_add_number(&frame, 2 * offset - (uintptr_t)is_before);
    tmi_frame_add_text(&frame, tmi_family_info(misuse->made_by)->name, LONGEST_TEXT / 2);
    tmi_frame_add_text(&frame, tmi_family_info(misuse->freed_by)->name, LONGEST_TEXT / 2);
    tmi_frame_add_path(&frame, misuse->domain);
    tmi_frame_add_number(&frame, (uintptr_t)misuse->here.address);
    tmi_frame_add_number(&frame, (uintptr_t)misuse->allocated.address);
    tmi_frame_add_number(&frame, (uintptr_t)misuse->freed.address);
    tmi_frame_add_number(&frame, number);
    if (damage != NULL)
        tmi_frame_add_bytes(&frame, damage->found, (uint32_t)damage->found_bytes);
    (void)tmi_frame_send(&frame);
}

static void send_event(const struct tmi_small_event *event)
{
    struct tmi_small_frame frame;

    tmi_frame_begin(&frame, TRACKMEM_SMALL_EVENT);
    tmi_frame_add_number(&frame, (uintptr_t)event->kind);
    tmi_frame_add_path(&frame, event->domain);
    tmi_frame_add_number(&frame, event->bytes);
    tmi_frame_add_number(&frame, (uintptr_t)event->address);
    tmi_frame_add_number(&frame, event->blocks);
    (void)tmi_frame_send(&frame);
}

void trackmem_set_sink(trackmem_sink_fn *fn, void *user)
{
    uintptr_t state = tmi_critical_enter();

    sink.fn = fn;
    sink.user = user;
    tmi_small_outlets.misuse = fn != NULL ? send_misuse : NULL;
    tmi_small_outlets.event = fn != NULL ? send_event : NULL;
    tmi_critical_leave(state);
}

bool tmi_frame_has_sink(void)
{
    return sink.fn != NULL;
}
