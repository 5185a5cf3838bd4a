/*
 * base/text_number.c: numbers as text. Whole numbers only: no floating point, which a driver's
 * thread or a small CPU may not have.
 */
#include "base/text.h"

/* Enough for 2^64 with separators. */
#define DIGITS 32

void tmi_text_add_unsigned(struct tmi_text *text, uint64_t number)
{
    char digits[DIGITS];
    size_t at = DIGITS;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    tmi_text_add_bytes(text, digits + at, DIGITS - at);
}

void tmi_text_add_signed(struct tmi_text *text, int64_t number)
{
    if (number < 0)
        tmi_text_add_char(text, '-');
    /* Negated as unsigned: the least number has no positive twin. */
    tmi_text_add_unsigned(text, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void tmi_text_add_hex(struct tmi_text *text, uint64_t number)
{
    char digits[DIGITS];
    size_t at = DIGITS;
    do {
        digits[--at] = "0123456789abcdef"[number & 15u];
        number >>= 4;
    } while (number > 0);
    tmi_text_add_bytes(text, digits + at, DIGITS - at);
}

void tmi_text_add_address(struct tmi_text *text, const void *address)
{
    tmi_text_add(text, "0x");
    tmi_text_add_hex(text, (uintptr_t)address);
}

void tmi_text_add_count(struct tmi_text *text, uint64_t number)
{
    char digits[DIGITS];
    size_t at = DIGITS;
    size_t count = 0;
    do {
        if (count > 0 && count % 3 == 0)
            digits[--at] = ',';
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
        count++;
    } while (number > 0);
    tmi_text_add_bytes(text, digits + at, DIGITS - at);
}

static void add_tenths(struct tmi_text *text, uint64_t tenths)
{
    tmi_text_add_unsigned(text, tenths / 10);
    tmi_text_add_char(text, '.');
    tmi_text_add_unsigned(text, tenths % 10);
}

void tmi_text_add_count_within(struct tmi_text *text, uint64_t number, size_t width)
{
    char whole[DIGITS];
    struct tmi_text grouped;
    tmi_text_init(&grouped, whole, sizeof whole);
    tmi_text_add_count(&grouped, number);
    if (grouped.length <= width || number < 1000) {
        tmi_text_add(text, whole);
        return;
    }
    uint64_t unit = 1;
    const char *name = "\0kMGTPE";
    do {
        unit *= 1000;
        name++;
    } while (name[1] != '\0' && number / unit >= 1000);
    uint64_t tenths = number / (unit / 10) + (number % (unit / 10) >= unit / 20);
    if (tenths >= 10000 && name[1] != '\0') { /* 999,950 and more round up to 1.0 M */
        tenths = 10;
        name++;
    }
    add_tenths(text, tenths);
    tmi_text_add_char(text, ' ');
    tmi_text_add_char(text, *name);
}

void tmi_text_add_human_bytes(struct tmi_text *text, uint64_t bytes)
{
    static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    if (bytes < 1000) {
        tmi_text_add_unsigned(text, bytes);
        tmi_text_add(text, " B");
        return;
    }
    unsigned unit = 0;
    for (;;) {
        unsigned shift = 10 * (unit + 1);
        uint64_t rest = bytes & (((uint64_t)1 << shift) - 1);
        uint64_t tenths = (bytes >> shift) * 10 +
                          ((rest * 10 + ((uint64_t)1 << (shift - 1))) >> shift);
        if (tenths < 10000 || unit == 5) { /* 1000 of a unit would be a column wider */
            add_tenths(text, tenths);
            break;
        }
        unit++;
    }
    tmi_text_add_char(text, ' ');
    tmi_text_add(text, units[unit]);
}

void tmi_text_add_percent(struct tmi_text *text, uint64_t part, uint64_t whole)
{
    uint64_t percent = 0;
    if (whole > 0) {
        /* Above 2^57 the product would overflow; there a hundredth is whole / 100. */
        if (part > UINT64_MAX / 100 - whole)
            percent = part / (whole / 100);
        else
            percent = (part * 100 + whole / 2) / whole;
    }
    if (percent == 0 && part > 0 && whole > 0) {
        tmi_text_add(text, "<1%");
        return;
    }
    if (percent == 100 && part < whole) {
        tmi_text_add(text, ">99%");
        return;
    }
    tmi_text_add_unsigned(text, percent);
    tmi_text_add_char(text, '%');
}
