/*
 * base/text_json.c: strings as JSON has them.
 */
#include "base/text.h"
#include "base/utf8.h"

static void add_escaped(struct tmi_text *text, unsigned char byte)
{
    const char *names = "\bb\ff\nn\rr\tt\"\"\\\\";
    tmi_text_add_char(text, '\\');
    for (size_t i = 0; names[i] != '\0'; i += 2) {
        if ((unsigned char)names[i] == byte) {
            tmi_text_add_char(text, names[i + 1]);
            return;
        }
    }
    tmi_text_add(text, byte < 0x10u ? "u000" : "u00");
    tmi_text_add_hex(text, byte);
}

void tmi_text_add_json(struct tmi_text *text, const char *string)
{
    size_t length = tmi_text_length(string);
    size_t at = 0;
    tmi_text_add_char(text, '"');
    while (at < length) {
        size_t size = tmi_utf8_sequence(string + at, length - at);
        unsigned char byte = (unsigned char)string[at];
        if (size == 0)
            tmi_text_add(text, "\\ufffd");
        else if (tmi_utf8_controls(string + at, size) && size == 1)
            add_escaped(text, byte);
        else if (byte == '"' || byte == '\\')
            add_escaped(text, byte);
        else
            tmi_text_add_bytes(text, string + at, size);
        at += size == 0 ? 1 : size;
    }
    tmi_text_add_char(text, '"');
}

void tmi_text_add_json_item(struct tmi_text *text)
{
    if (text->last != '{' && text->last != '[')
        tmi_text_add_char(text, ',');
}

void tmi_text_add_json_key(struct tmi_text *text, const char *name)
{
    tmi_text_add_json_item(text);
    tmi_text_add_json(text, name);
    tmi_text_add_char(text, ':');
}

void tmi_text_add_json_string(struct tmi_text *text, const char *name, const char *value)
{
    tmi_text_add_json_key(text, name);
    tmi_text_add_json(text, value);
}

void tmi_text_add_json_number(struct tmi_text *text, const char *name, uint64_t value)
{
    tmi_text_add_json_key(text, name);
    tmi_text_add_unsigned(text, value);
}
