/*
 * base/text.c: the buffer of a text, strings, columns, shortening. Allocates nothing, locks
 * nothing; a text belongs to one thread. Numbers: text_number.c. JSON: text_json.c.
 */
#include "base/text.h"

#include <string.h>

#include "base/utf8.h"

void tmi_text_init(struct tmi_text *text, char *buffer, size_t size)
{
    *text = (struct tmi_text){ .bytes = buffer, .capacity = size };
    buffer[0] = '\0';
}

void tmi_text_init_stream(struct tmi_text *text, char *buffer, size_t size,
                          tmi_text_flush_fn *flush, void *user)
{
    tmi_text_init(text, buffer, size);
    text->flush = flush;
    text->user = user;
}

/* Empties the buffer of a stream; after a failure the text takes nothing more. */
static void hand_on(struct tmi_text *text)
{
    if (text->length > 0 && !text->cut && !text->flush(text->bytes, text->length, text->user))
        text->cut = true;
    text->length = 0;
    text->bytes[0] = '\0';
}

bool tmi_text_finish(struct tmi_text *text)
{
    if (text->flush)
        hand_on(text);
    return !text->cut;
}

/* How many of size bytes fit in room without parting a character. */
static size_t whole_characters(const char *bytes, size_t size, size_t room)
{
    if (size <= room)
        return size;
    while (room > 0 && tmi_utf8_continues((unsigned char)bytes[room]))
        room--;
    return room;
}

static void append(struct tmi_text *text, const char *bytes, size_t size)
{
    while (size > 0 && !text->cut) {
        size_t room = text->capacity - 1 - text->length;
        size_t taken = size < room ? size : room;
        if (!text->flush) {
            taken = whole_characters(bytes, size, room);
            text->cut = taken < size;
        }
        memcpy(text->bytes + text->length, bytes, taken);
        text->length += taken;
        text->bytes[text->length] = '\0';
        bytes += taken;
        size -= taken;
        if (size > 0 && text->flush)
            hand_on(text);
    }
}

void tmi_text_add_bytes(struct tmi_text *text, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\n')
            text->column = 0;
        else if (!tmi_utf8_continues((unsigned char)bytes[i]))
            text->column++;
    }
    if (size > 0)
        text->last = bytes[size - 1];
    append(text, bytes, size);
}

void tmi_text_add(struct tmi_text *text, const char *string)
{
    tmi_text_add_bytes(text, string, tmi_text_length(string));
}

void tmi_text_add_char(struct tmi_text *text, char byte)
{
    tmi_text_add_bytes(text, &byte, 1);
}

void tmi_text_add_repeated(struct tmi_text *text, const char *string, size_t count)
{
    for (; count > 0; count--)
        tmi_text_add(text, string);
}

void tmi_text_add_style(struct tmi_text *text, const char *sequence)
{
    append(text, sequence, tmi_text_length(sequence));
}

void tmi_text_pad_to(struct tmi_text *text, size_t column)
{
    if (text->column < column)
        tmi_text_add_repeated(text, " ", column - text->column);
}

void tmi_text_add_right(struct tmi_text *text, const char *string, size_t width)
{
    size_t columns = tmi_text_columns(string);
    if (columns < width)
        tmi_text_add_repeated(text, " ", width - columns);
    tmi_text_add(text, string);
}

size_t tmi_text_length(const char *string)
{
    size_t length = 0;
    while (string && string[length] != '\0')
        length++;
    return length;
}

bool tmi_text_equal(const char *one, const char *other)
{
    size_t length = tmi_text_length(one);
    return length == tmi_text_length(other) && (length == 0 || memcmp(one, other, length) == 0);
}

bool tmi_text_starts(const char *string, const char *start)
{
    size_t wanted = tmi_text_length(start);
    return wanted <= tmi_text_length(string) && memcmp(string, start, wanted) == 0;
}

bool tmi_text_contains(const char *string, const char *part)
{
    size_t length = tmi_text_length(string);
    size_t wanted = tmi_text_length(part);
    for (size_t at = 0; at + wanted <= length; at++) {
        if (wanted == 0 || memcmp(string + at, part, wanted) == 0)
            return true;
    }
    return wanted == 0;
}

/* The bytes of the shown character at string[at]; 1 also for one that is shown as '?'. */
static size_t shown(const char *string, size_t at, size_t length)
{
    size_t size = tmi_utf8_sequence(string + at, length - at);
    return size == 0 ? 1 : size;
}

size_t tmi_text_columns(const char *string)
{
    size_t length = tmi_text_length(string);
    size_t columns = 0;
    for (size_t at = 0; at < length; at += shown(string, at, length))
        columns++;
    return columns;
}

/* Adds the columns from first up to, not including, last, as add_visible does. */
static void add_columns(struct tmi_text *text, const char *string, size_t first, size_t last)
{
    size_t length = tmi_text_length(string);
    size_t at = 0;
    for (size_t column = 0; at < length && column < last; column++) {
        size_t size = shown(string, at, length);
        if (column >= first) {
            if (tmi_utf8_sequence(string + at, length - at) == 0 ||
                tmi_utf8_controls(string + at, size))
                tmi_text_add_char(text, '?');
            else
                tmi_text_add_bytes(text, string + at, size);
        }
        at += size;
    }
}

void tmi_text_add_visible(struct tmi_text *text, const char *string)
{
    add_columns(text, string, 0, SIZE_MAX);
}

/* Leaves out what lies between the first `start` columns and those from `rest` on. */
static void add_with_gap(struct tmi_text *text, const char *string, size_t start, size_t rest)
{
    add_columns(text, string, 0, start);
    tmi_text_add(text, text->utf8 ? "\xe2\x80\xa6" : "...");
    add_columns(text, string, rest, SIZE_MAX);
}

/* The column of the first '/' from a column on, before the last one; else that column itself. */
static size_t next_component(const char *string, size_t from)
{
    size_t length = tmi_text_length(string);
    size_t column = 0;
    for (size_t at = 0; at < length; at += shown(string, at, length)) {
        if (column >= from && string[at] == '/' && string[at + 1] != '\0')
            return column;
        column++;
    }
    return from;
}

void tmi_text_add_keeping_end(struct tmi_text *text, const char *string, size_t width)
{
    size_t gap = text->utf8 ? 1 : 3;
    size_t columns = tmi_text_columns(string);
    if (columns <= width)
        tmi_text_add_visible(text, string);
    else if (width <= gap) /* too narrow for an ellipsis that helps */
        add_columns(text, string, columns - width, columns);
    else
        add_with_gap(text, string, 0, next_component(string, columns - (width - gap)));
}

void tmi_text_add_keeping_both_ends(struct tmi_text *text, const char *string, size_t width)
{
    size_t gap = text->utf8 ? 1 : 3;
    size_t columns = tmi_text_columns(string);
    size_t start = width / 2;
    if (columns <= width)
        tmi_text_add_visible(text, string);
    else if (width <= gap + start)
        add_columns(text, string, 0, width);
    else
        add_with_gap(text, string, start, columns - (width - gap - start));
}
