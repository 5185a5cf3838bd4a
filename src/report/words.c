/*
 * report/words.c: styles, places and domains in words. Allocates nothing, locks nothing.
 */
#include "report/words.h"

#include "account/domain.h"
#include "platform/platform.h"

/* Deeper trees are shown from here up. */
#define DEEPEST_PATH 32
#define LONGEST_PATH 1024
#define FIGURE_BYTES 40

const struct tmi_style *tmi_style_of(bool colour)
{
    static const struct tmi_style plain = { "", "", "", "", "", "" };
    static const struct tmi_style coloured = { "\033[1m",  "\033[2m",  "\033[1;31m",
                                               "\033[32m", "\033[36m", "\033[0m" };
    return colour ? &coloured : &plain;
}

bool tmi_place_known(const struct trackmem_place *place)
{
    return place->file || place->function || place->address;
}

void tmi_place_resolve(struct trackmem_place *place, char *buffer, size_t size)
{
    struct tmi_code_place code;
    struct tmi_text name;
    if (place->file || !place->address || tmi_delivery_subject() ||
        !tmi_platform_code_place(place->address, &code))
        return;
    if (!place->function)
        place->function = code.function;
    if (!code.module)
        return;
    tmi_text_init(&name, buffer, size);
    tmi_text_add_visible(&name, code.module);
    tmi_text_add(&name, "+0x");
    tmi_text_add_hex(&name, code.offset);
    place->file = buffer;
}

void tmi_place_add(struct tmi_text *text, const struct trackmem_place *place)
{
    if (place->file) {
        tmi_text_add_visible(text, place->file);
        if (place->line != 0) {
            tmi_text_add_char(text, ':');
            tmi_text_add_unsigned(text, place->line);
        }
    } else if (place->address) {
        tmi_text_add_address(text, place->address);
    } else {
        tmi_text_add(text, "an unknown place");
    }
}

void tmi_place_add_function(struct tmi_text *text, const struct trackmem_place *place)
{
    if (!place->function)
        return;
    tmi_text_add_visible(text, place->function);
    /* C++ compilers give the whole signature. */
    if (!tmi_text_contains(place->function, "("))
        tmi_text_add(text, "()");
}

bool tmi_place_inlined_by(const struct trackmem_place *place, size_t level,
                          struct trackmem_place *call)
{
    const struct tmi_report_subject *subject = tmi_delivery_subject();
    return subject && subject->inlined_by(place, level, call);
}

const char *tmi_words_program(void)
{
    const struct tmi_report_subject *subject = tmi_delivery_subject();
    return subject ? subject->program : tmi_platform_program();
}

void tmi_words_add_json_program(struct tmi_text *text)
{
    tmi_text_add_json_string(text, "program", tmi_words_program());
    if (!tmi_delivery_subject())
        tmi_text_add_json_number(text, "process", tmi_platform_process_id());
}

/* Without the end of the object. */
static void add_json_place(struct tmi_text *text, const struct trackmem_place *place)
{
    tmi_text_add_char(text, '{');
    if (place->file)
        tmi_text_add_json_string(text, "file", place->file);
    if (place->file && place->line != 0)
        tmi_text_add_json_number(text, "line", place->line);
    if (place->function)
        tmi_text_add_json_string(text, "function", place->function);
    if (!place->file && place->address) {
        tmi_text_add_json_key(text, "address");
        tmi_text_add_char(text, '"');
        tmi_text_add_address(text, place->address);
        tmi_text_add_char(text, '"');
    }
}

void tmi_place_add_json(struct tmi_text *text, const struct trackmem_place *place)
{
    struct trackmem_place call;
    size_t level = 0;
    add_json_place(text, place);
    for (; tmi_place_inlined_by(place, level, &call); level++) {
        if (level == 0) {
            tmi_text_add_json_key(text, "inlined_by");
            tmi_text_add_char(text, '[');
        }
        tmi_text_add_json_item(text);
        add_json_place(text, &call);
        tmi_text_add_char(text, '}');
    }
    tmi_text_add(text, level > 0 ? "]}" : "}");
}

bool tmi_domain_is_process(const struct trackmem_domain *domain)
{
    return !domain || domain->id == tmi_domain_root()->handle.id;
}

bool tmi_domain_add_path(struct tmi_text *text, const struct trackmem_domain *domain)
{
    const char *names[DEEPEST_PATH];
    size_t depth = 0;
    while (!tmi_domain_is_process(domain) && depth < DEEPEST_PATH) {
        names[depth++] = domain->name;
        domain = domain->parent;
    }
    while (depth > 0) {
        tmi_text_add_visible(text, names[--depth]);
        if (depth > 0)
            tmi_text_add_char(text, '/');
    }
    return tmi_domain_is_process(domain);
}

void tmi_domain_add_json(struct tmi_text *text, const struct trackmem_domain *domain)
{
    char path[LONGEST_PATH];
    struct tmi_text words;
    tmi_text_init(&words, path, sizeof path);
    (void)tmi_domain_add_path(&words, domain);
    tmi_text_add_json(text, path);
}

void tmi_domain_add_name(struct tmi_text *text, const struct trackmem_domain *domain)
{
    if (tmi_domain_is_process(domain))
        tmi_text_add(text, "process");
    else
        (void)tmi_domain_add_path(text, domain);
}

void tmi_words_add_plural(struct tmi_text *text, uint64_t count, const char *one,
                          const char *several)
{
    tmi_text_add_count(text, count);
    tmi_text_add_char(text, ' ');
    tmi_text_add(text, count == 1 ? one : several);
}

void tmi_words_add_bytes_right(struct tmi_text *text, uint64_t bytes, size_t width,
                               const char *mark)
{
    char figure[FIGURE_BYTES];
    struct tmi_text number;
    tmi_text_init(&number, figure, sizeof figure);
    tmi_text_add(&number, mark);
    tmi_text_add_human_bytes(&number, bytes);
    tmi_text_add_right(text, figure, width);
}

void tmi_words_add_count_right(struct tmi_text *text, uint64_t count, size_t width)
{
    char figure[FIGURE_BYTES];
    struct tmi_text number;
    tmi_text_init(&number, figure, sizeof figure);
    tmi_text_add_count_within(&number, count, width - 1);
    tmi_text_add_right(text, figure, width);
}

void tmi_words_add_bar(struct tmi_text *text, uint64_t part, uint64_t whole, size_t columns)
{
    static const char *const eighths[] = { "",
                                           "\xe2\x96\x8f",
                                           "\xe2\x96\x8e",
                                           "\xe2\x96\x8d",
                                           "\xe2\x96\x8c",
                                           "\xe2\x96\x8b",
                                           "\xe2\x96\x8a",
                                           "\xe2\x96\x89" };
    uint64_t length = 0;
    /* Scaled down first, so that the product fits. */
    while (whole > UINT64_MAX / (columns * 8)) {
        whole /= 2;
        part /= 2;
    }
    if (whole > 0)
        length = (part < whole ? part : whole) * columns * 8 / whole;
    if (text->utf8) {
        tmi_text_add_repeated(text, "\xe2\x96\x88", (size_t)(length / 8));
        tmi_text_add(text, eighths[length % 8]);
    } else {
        tmi_text_add_repeated(text, "#", (size_t)((length + 4) / 8));
    }
}

void tmi_report_add_domain(struct tmi_text *text, const struct trackmem_domain *domain)
{
    tmi_domain_add_name(text, domain);
}

void tmi_words_set_mend(struct tmi_misuse_words *words, const char *mend)
{
    struct tmi_text text;

    tmi_text_init(&text, words->mend, sizeof words->mend);
    tmi_text_add(&text, mend);
}
