/*
 * base/text.h: builds text in a caller's buffer: no heap, no stdio, no locale.
 *
 * A text is either short (what does not fit is cut at the end, between characters, and `cut` says
 * so; it is always ended by NUL) or a stream, which hands each full buffer to a flush function.
 * Reports, options and error messages are made with it, also on bare metal.
 *
 * Columns are counted in code points since the start of the line; what tmi_text_add_style adds
 * takes none. Strings that a function takes may be NULL, which is "".
 */
#ifndef TMI_BASE_TEXT_H
#define TMI_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes size bytes out of a stream; false: they are lost, and so is the rest. */
typedef bool tmi_text_flush_fn(const char *bytes, size_t size, void *user);

struct tmi_text {
    char *bytes;
    size_t capacity; /* of bytes; one is kept for NUL */
    size_t length;
    size_t column;
    char last; /* byte that was added */
    bool cut;  /* something was lost */
    bool utf8; /* an ellipsis is one character instead of three; set by the caller */
    tmi_text_flush_fn *flush;
    void *user;
};

/* An empty text in a buffer of size bytes, at least 1. */
void tmi_text_init(struct tmi_text *text, char *buffer, size_t size);
/* A stream through a buffer of size bytes, at least 8. */
void tmi_text_init_stream(struct tmi_text *text, char *buffer, size_t size,
                          tmi_text_flush_fn *flush, void *user);
/* Hands on what a stream still holds. Returns whether nothing of the text was lost. */
bool tmi_text_finish(struct tmi_text *text);

void tmi_text_add(struct tmi_text *text, const char *string);
void tmi_text_add_bytes(struct tmi_text *text, const char *bytes, size_t size);
void tmi_text_add_char(struct tmi_text *text, char byte);
void tmi_text_add_repeated(struct tmi_text *text, const char *string, size_t count);
/* A string by somebody else: control characters and what is not UTF-8 come out as '?'. */
void tmi_text_add_visible(struct tmi_text *text, const char *string);
/* A sequence that the terminal acts upon and does not show. */
void tmi_text_add_style(struct tmi_text *text, const char *sequence);

/* Spaces up to a column of this line (0 is its start); none if the line is longer. */
void tmi_text_pad_to(struct tmi_text *text, size_t column);
/* The string, to the right in width columns; longer ones are added whole. */
void tmi_text_add_right(struct tmi_text *text, const char *string, size_t width);
/*
 * As add_visible, cut to at most width columns, with an ellipsis where something is left out. What
 * keeps the end of a path is cut before a '/' where it can.
 */
void tmi_text_add_keeping_end(struct tmi_text *text, const char *string, size_t width);
void tmi_text_add_keeping_both_ends(struct tmi_text *text, const char *string, size_t width);

void tmi_text_add_unsigned(struct tmi_text *text, uint64_t number);
void tmi_text_add_signed(struct tmi_text *text, int64_t number);
void tmi_text_add_hex(struct tmi_text *text, uint64_t number);         /* 1f0 */
void tmi_text_add_address(struct tmi_text *text, const void *address); /* 0x1f0 */
void tmi_text_add_count(struct tmi_text *text, uint64_t number);       /* 1,234,567 */
/* The same; in powers of a thousand ("3.2 M") if it does not fit in width columns. */
void tmi_text_add_count_within(struct tmi_text *text, uint64_t number, size_t width);
/* 318 B, 1.2 KiB, 12.0 MiB: rounded to a tenth, at most 9 columns. */
void tmi_text_add_human_bytes(struct tmi_text *text, uint64_t bytes);
/* part of whole, rounded: 0%, <1%, 72%, >99%, 100%. */
void tmi_text_add_percent(struct tmi_text *text, uint64_t part, uint64_t whole);

/* A JSON string with its quotes (RFC 8259); what is not UTF-8 becomes U+FFFD. */
void tmi_text_add_json(struct tmi_text *text, const char *string);
/* What begins a member of an object ("name":) or an item of an array: a comma if one is needed. */
void tmi_text_add_json_key(struct tmi_text *text, const char *name);
void tmi_text_add_json_item(struct tmi_text *text);
/* Whole members. */
void tmi_text_add_json_string(struct tmi_text *text, const char *name, const char *value);
void tmi_text_add_json_number(struct tmi_text *text, const char *name, uint64_t value);

/* The bytes of a string, and the columns it takes when add_visible shows it. */
size_t tmi_text_length(const char *string);
size_t tmi_text_columns(const char *string);
bool tmi_text_equal(const char *one, const char *other);
bool tmi_text_contains(const char *string, const char *part);
bool tmi_text_starts(const char *string, const char *start);

#endif
