/*
 * report/misuse_call.c: a call of the C library (trackmem/checked.h) that reads or writes beside a
 * block, after its free, or what must not overlap. The rules of misuse.c hold.
 */
#include "report/words.h"

/* Fills in what all share; the title and the mend are still empty. */
static void begin(struct tmi_misuse_words *words, enum trackmem_misuse_kind kind, const char *id,
                  const struct tmi_call *call, const struct tmi_block_facts *block)
{
    *words = (struct tmi_misuse_words){
        .misuse = { .kind = kind,
                    .id = id,
                    .verb = call->verb,
                    .ptr = call->ptr,
                    .here = call->here },
        .call_label = "called",
        .freed_label = "freed",
        .outcome = "the call is made as it was asked for, and the program goes on",
    };
    tmi_words_take_block(words, block);
    words->misuse.offset = (ptrdiff_t)((uintptr_t)call->ptr - (uintptr_t)block->block);
    words->stacks[TMI_STACK_OF_CALL] = call->stack;
}

/* "overrun: memcpy reads 20 bytes", "overrun: strlen reads a text". */
static struct tmi_text title_of(struct tmi_misuse_words *words, const char *start,
                                const struct tmi_reach *reach)
{
    struct tmi_text title;

    words->call_label = reach->writes ? "written" : "read";
    words->access = reach->writes ? "write" : "read";
    tmi_text_init(&title, words->title, sizeof words->title);
    tmi_text_add(&title, start);
    tmi_text_add(&title, words->misuse.verb);
    tmi_text_add(&title, reach->writes ? " writes " : " reads ");
    if (reach->endless)
        tmi_text_add(&title, "a text");
    else
        tmi_words_add_plural(&title, reach->bytes, "byte", "bytes");
    return title;
}

/* " at offset 90 of a block of 100 bytes", " from 4 bytes before the start of ...". */
static void add_position(struct tmi_text *title, const struct tmi_misuse_words *words,
                         const char *block)
{
    ptrdiff_t offset = words->misuse.offset;

    if (offset < 0) {
        tmi_text_add(title, " from ");
        tmi_words_add_plural(title, (uint64_t)-offset, "byte", "bytes");
        tmi_text_add(title, " before the start of ");
    } else {
        tmi_text_add(title, " at offset ");
        tmi_text_add_count(title, (uint64_t)offset);
        tmi_text_add(title, " of ");
    }
    tmi_text_add(title, block);
    tmi_words_add_plural(title, words->misuse.size, "byte", "bytes");
}

void tmi_report_call_overrun(const struct tmi_call *call, const struct tmi_block_facts *block,
                             const struct tmi_reach *reach)
{
    struct tmi_misuse_words words;
    struct tmi_text text;
    size_t offset;

    begin(&words, TRACKMEM_MISUSE_OVERRUN, "overrun", call, block);
    offset = (size_t)words.misuse.offset;
    text = title_of(&words, "overrun: ", reach);
    if (reach->endless)
        tmi_text_add(&text, " without an end");
    add_position(&text, &words, "a block of ");
    if (reach->endless) {
        tmi_words_set_mend(&words,
                           "end the text with a 0 within its block, or call a function that "
                           "is told where to stop");
        tmi_misuse_deliver(&words);
        return;
    }
    tmi_text_init(&text, words.mend, sizeof words.mend);
    if (reach->bytes > PTRDIFF_MAX) {
        tmi_text_add(&text, "look for a length that became negative, or a subtraction in the wrong "
                            "order");
        tmi_misuse_deliver(&words);
        return;
    }
    tmi_text_add(&text, "allocate at least ");
    tmi_words_add_plural(&text, offset + reach->bytes, "byte", "bytes");
    tmi_text_add(&text, ", or ");
    tmi_text_add(&text, reach->writes ? "write" : "read");
    tmi_text_add(&text, " at most ");
    tmi_text_add_count(&text, offset < block->size ? block->size - offset : 0);
    tmi_text_add(&text, " there");
    tmi_misuse_deliver(&words);
}

void tmi_report_call_underrun(const struct tmi_call *call, const struct tmi_block_facts *block,
                              const struct tmi_reach *reach)
{
    struct tmi_misuse_words words;
    struct tmi_text title;

    begin(&words, TRACKMEM_MISUSE_UNDERRUN, "underrun", call, block);
    title = title_of(&words, "underrun: ", reach);
    add_position(&title, &words, "a block of ");
    tmi_words_set_mend(&words, "look for a negative index, or a pointer that was moved back too "
                               "far");
    tmi_misuse_deliver(&words);
}

void tmi_report_call_after_free(const struct tmi_call *call, const struct tmi_block_facts *block,
                                const struct tmi_reach *reach)
{
    struct tmi_misuse_words words;
    struct tmi_text title;

    begin(&words, TRACKMEM_MISUSE_USE_AFTER_FREE, "use-after-free", call, block);
    title = title_of(&words, "use after free: ", reach);
    add_position(&title, &words, "a freed block of ");
    tmi_words_set_mend(&words, "the block must live until its last use: free it later, or drop the "
                               "pointer that is left");
    tmi_misuse_deliver(&words);
}

void tmi_report_overlap(const struct tmi_call *call, const struct tmi_block_facts *block,
                        size_t bytes, size_t common_bytes)
{
    struct tmi_misuse_words words;
    struct tmi_text title;

    begin(&words, TRACKMEM_MISUSE_OVERLAP, "overlap", call, block);
    tmi_text_init(&title, words.title, sizeof words.title);
    tmi_text_add(&title, "overlap: ");
    tmi_text_add(&title, call->verb);
    tmi_text_add(&title, " copies ");
    tmi_words_add_plural(&title, bytes, "byte", "bytes");
    tmi_text_add(&title, ", of which ");
    tmi_text_add_count(&title, common_bytes);
    tmi_text_add(&title, common_bytes == 1 ? " lies" : " lie");
    tmi_text_add(&title, " in its target, too");
    tmi_words_set_mend(&words, "call memmove, which may be handed ranges that overlap");
    tmi_misuse_deliver(&words);
}
