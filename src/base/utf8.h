/*
 * base/utf8.h: just enough of UTF-8 (RFC 3629) to count, cut and check it.
 */
#ifndef TMI_BASE_UTF8_H
#define TMI_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a byte is one of a character's further bytes. */
static inline bool tmi_utf8_continues(unsigned char byte)
{
    return (byte & 0xc0u) == 0x80u;
}

/*
 * The bytes of the character that starts here, 1 to 4; 0 if there is no valid one: a stray or
 * missing further byte, a longer form than needed, a surrogate, or beyond U+10FFFF.
 */
static inline size_t tmi_utf8_sequence(const char *bytes, size_t size)
{
    const unsigned char *b = (const unsigned char *)bytes;
    size_t length = 0;
    if (size == 0)
        return 0;
    if (b[0] < 0x80u)
        return 1;
    if (b[0] >= 0xc2u && b[0] <= 0xdfu)
        length = 2;
    else if ((b[0] & 0xf0u) == 0xe0u)
        length = 3;
    else if (b[0] >= 0xf0u && b[0] <= 0xf4u)
        length = 4;
    if (length == 0 || length > size)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if (!tmi_utf8_continues(b[i]))
            return 0;
    }
    if ((b[0] == 0xe0u && b[1] < 0xa0u) || (b[0] == 0xedu && b[1] > 0x9fu) ||
        (b[0] == 0xf0u && b[1] < 0x90u) || (b[0] == 0xf4u && b[1] > 0x8fu))
        return 0;
    return length;
}

/* Whether a character acts on a terminal instead of being shown: C0, DEL, and C1 (U+0080-9F). */
static inline bool tmi_utf8_controls(const char *bytes, size_t size)
{
    const unsigned char *b = (const unsigned char *)bytes;
    if (size == 1)
        return b[0] < 0x20u || b[0] == 0x7fu;
    return size == 2 && b[0] == 0xc2u && b[1] < 0xa0u;
}

#endif
