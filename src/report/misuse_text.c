/*
 * report/misuse_text.c: the layout of a misuse report for people:
 *
 *   trackmem: double free: trackmem_free gets a block that was freed before
 *     block        0x5581d0c3f2a0, 48 bytes, domain demo/loader
 *     allocated    src/loader.c:23   load()
 *     freed first  src/loader.c:41   finish()
 *     freed again  src/main.c:12     main()
 *     mend         ...
 *     now          ...
 */
#include "account/family.h"
#include "report/words.h"

#define VALUE_COLUMN TMI_VALUE_COLUMN
#define WIDEST_PLACE 56

void tmi_row_begin(struct tmi_text *text, const struct tmi_style *style, const char *label)
{
    tmi_text_pad_to(text, TMI_LABEL_COLUMN);
    tmi_text_add_style(text, style->quiet);
    tmi_text_add(text, label);
    tmi_text_add_style(text, style->off);
    tmi_text_pad_to(text, VALUE_COLUMN);
}

void tmi_row_add_wrapped(struct tmi_text *text, const struct tmi_style *style, const char *label,
                         const char *words)
{
    tmi_row_begin(text, style, label);
    while (*words != '\0') {
        size_t length = 0;
        while (words[length] != '\0' && words[length] != ' ')
            length++;
        if (text->column > VALUE_COLUMN && text->column + 1 + length > TMI_REPORT_COLUMNS) {
            tmi_text_add_char(text, '\n');
            tmi_text_pad_to(text, VALUE_COLUMN);
        } else if (text->column > VALUE_COLUMN) {
            tmi_text_add_char(text, ' ');
        }
        tmi_text_add_bytes(text, words, length);
        words += length;
        while (*words == ' ')
            words++;
    }
    tmi_text_add_char(text, '\n');
}

/* The place in words; returns the columns it takes. */
static size_t place_words(const struct trackmem_place *place, char *buffer, size_t size)
{
    struct tmi_text words;
    tmi_text_init(&words, buffer, size);
    tmi_place_add(&words, place);
    return words.column < WIDEST_PLACE ? words.column : WIDEST_PLACE;
}

/* Columns for the places of this report, so that their functions stand below each other. */
static size_t place_width(const struct tmi_misuse_words *words)
{
    const struct trackmem_place *places[] = { &words->misuse.here, &words->misuse.allocated,
                                              &words->misuse.freed };
    char buffer[512];
    size_t width = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t columns = tmi_place_known(places[i]) ? place_words(places[i], buffer, sizeof buffer)
                                                    : 0;
        width = columns > width ? columns : width;
    }
    return width;
}

static void add_place_row(struct tmi_text *text, const struct tmi_style *style, const char *label,
                          const struct trackmem_place *place, size_t width, size_t widest)
{
    char buffer[512];
    struct tmi_text function;
    if (!tmi_place_known(place))
        return;
    tmi_row_begin(text, style, label);
    place_words(place, buffer, sizeof buffer);
    tmi_text_add_style(text, style->strong);
    tmi_text_add_keeping_end(text, buffer, widest);
    tmi_text_add_style(text, style->off);
    tmi_text_init(&function, buffer, sizeof buffer);
    tmi_place_add_function(&function, place);
    if (function.length > 0) {
        tmi_text_pad_to(text, VALUE_COLUMN + width + 2);
        tmi_text_add_keeping_both_ends(text, buffer, TMI_REPORT_COLUMNS - text->column);
    }
    tmi_text_add_char(text, '\n');
}

/* And below it those that it was inlined by. */
static void add_place_rows(struct tmi_text *text, const struct tmi_style *style, const char *label,
                           const struct trackmem_place *place, size_t width)
{
    struct trackmem_place call;
    add_place_row(text, style, label, place, width, WIDEST_PLACE);
    for (size_t level = 0; tmi_place_inlined_by(place, level, &call); level++)
        add_place_row(text, style, "  inlined by", &call, width, WIDEST_PLACE);
}

static void add_pointer_row(struct tmi_text *text, const struct tmi_style *style,
                            const struct tmi_misuse_words *words)
{
    /* Of no news when it is the block's start, or the sub-block's; damage has a row of its own. */
    if (!words->misuse.ptr || words->damage || words->misuse.sub_block == words->misuse.ptr ||
        (words->misuse.block == words->misuse.ptr && !words->origin))
        return;
    tmi_row_begin(text, style, "pointer");
    tmi_text_add_address(text, words->misuse.ptr);
    if (words->origin) {
        tmi_text_add(text, ", ");
        tmi_text_add_keeping_end(text, words->origin, TMI_REPORT_COLUMNS - text->column);
    }
    tmi_text_add_char(text, '\n');
}

static void add_block_row(struct tmi_text *text, const struct tmi_style *style,
                          const struct tmi_misuse_words *words)
{
    const struct trackmem_misuse *misuse = &words->misuse;
    char path[512];
    struct tmi_text domain;
    if (!misuse->block)
        return;
    tmi_row_begin(text, style, "block");
    tmi_text_add_address(text, misuse->block);
    /* A block of which the header is lost has no facts. */
    if (misuse->made_by != TRACKMEM_FAMILY_NONE) {
        tmi_text_add(text, ", ");
        tmi_words_add_plural(text, tmi_misuse_block_size(words), "byte", "bytes");
        if (words->alignment > TRACKMEM_ALIGNMENT) {
            tmi_text_add(text, " aligned to ");
            tmi_text_add_unsigned(text, words->alignment);
        }
        if (misuse->made_by > TRACKMEM_FAMILY_ALIGNED) {
            tmi_text_add(text, ", family ");
            tmi_text_add_visible(text, tmi_family_info(misuse->made_by)->name);
        }
    }
    if (misuse->domain) {
        tmi_text_add(text, ", domain ");
        tmi_text_init(&domain, path, sizeof path);
        tmi_domain_add_name(&domain, misuse->domain);
        tmi_text_add_keeping_end(text, path, TMI_REPORT_COLUMNS - text->column);
    }
    tmi_text_add_char(text, '\n');
}

static void add_sub_block_row(struct tmi_text *text, const struct tmi_style *style,
                              const struct tmi_misuse_words *words)
{
    const struct trackmem_misuse *misuse = &words->misuse;
    if (misuse->kind != TRACKMEM_MISUSE_SUB_BLOCK)
        return;
    tmi_row_begin(text, style, "sub-block");
    if (misuse->sub_block) {
        tmi_text_add_address(text, misuse->sub_block);
        tmi_text_add(text, ", ");
        tmi_words_add_plural(text, misuse->size, "byte", "bytes");
    } else {
        tmi_text_add(text, "the arena's own bytes");
    }
    if (misuse->context) {
        tmi_text_add(text, ", of ");
        tmi_text_add_visible(text, misuse->context);
    }
    tmi_text_add_char(text, '\n');
}

void tmi_misuse_write_text(struct tmi_text *text, const struct tmi_misuse_words *words,
                           const struct tmi_style *style)
{
    size_t width = place_width(words);
    tmi_text_add(text, "trackmem: ");
    tmi_text_add_style(text, style->bad);
    tmi_text_add(text, words->title);
    tmi_text_add_style(text, style->off);
    tmi_text_add_char(text, '\n');
    add_pointer_row(text, style, words);
    add_block_row(text, style, words);
    add_sub_block_row(text, style, words);
    add_place_rows(text, style, words->allocated_label ? words->allocated_label : "allocated",
                   &words->misuse.allocated, width);
    tmi_stack_add_rows(text, words->stacks[TMI_STACK_OF_ALLOCATION], false);
    add_place_rows(text, style, words->freed_label, &words->misuse.freed, width);
    tmi_stack_add_rows(text, words->stacks[TMI_STACK_OF_FREE], false);
    if (words->code.path[0] != '\0') /* whole, so that it can be looked up */
        add_place_row(text, style, words->call_label, &words->misuse.here, width, SIZE_MAX);
    else
        add_place_rows(text, style, words->call_label, &words->misuse.here, width);
    tmi_stack_add_rows(text, words->stacks[TMI_STACK_OF_CALL], words->is_fault);
    if (words->notice) {
        tmi_row_begin(text, style, "noticed");
        tmi_text_add(text, words->notice);
        tmi_text_add_char(text, '\n');
    }
    if (words->damage) {
        tmi_row_begin(text, style, "found");
        tmi_text_add(text, words->found);
        tmi_text_add_char(text, '\n');
    }
    if (words->leaks)
        tmi_leaks_add_rows(text, words->leaks, words->misuse.domain, style);
    if (!words->outcome)
        return;
    tmi_row_add_wrapped(text, style, "mend", words->mend);
    tmi_row_add_wrapped(text, style, "now",
                        tmi_delivery_aborts(words) ? "the program is aborted (option misuse=abort)"
                                                   : words->outcome);
    if (words->is_last)
        tmi_row_add_wrapped(text, style, "further",
                            "reports that say the same are only counted from here on (option "
                            "repeats)");
    if (words->code.path[0] != '\0' &&
        !tmi_code_is_told(&words->code, words->stacks[TMI_STACK_OF_CALL]))
        tmi_code_add_module(text, &words->code);
    if (words->leaks)
        tmi_leaks_add_modules(text, words->leaks);
    else
        tmi_stack_add_modules(text, words->stacks, sizeof words->stacks / sizeof words->stacks[0]);
}
