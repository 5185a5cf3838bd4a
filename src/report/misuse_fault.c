/*
 * report/misuse_fault.c: what faulted: an access beside a block that stands against guard pages, to
 * a freed one, or by a pointer that was never checked for NULL.
 *
 * Called in the handler of the fault, so all here is async-signal-safe. The rules of misuse.c hold.
 * A fault is always passed on: the option misuse=abort changes nothing.
 */
#include "report/words.h"

static const char *noun_of(const struct tmi_touch *touch)
{
    static const char *const nouns[] = { "an access", "a read", "a write", "a jump" };

    return nouns[touch->access];
}

static const char *label_of(const struct tmi_touch *touch)
{
    static const char *const labels[] = { "touched", "read", "written", "jumped to" };

    return labels[touch->access];
}

static const char *id_of(const struct tmi_touch *touch)
{
    static const char *const ids[] = { "unknown", "read", "write", "execute" };

    return ids[touch->access];
}

static void begin(struct tmi_misuse_words *words, enum trackmem_misuse_kind kind, const char *id,
                  const struct tmi_touch *touch, const struct tmi_block_facts *block)
{
    *words = (struct tmi_misuse_words){
        .misuse = { .kind = kind,
                    .id = id,
                    .ptr = touch->address,
                    .here = { .address = touch->code } },
        .call_label = label_of(touch),
        .freed_label = "freed",
        .outcome = "the fault goes on to the program's own handler, or ends it",
        .access = id_of(touch),
        .is_fault = true,
        .is_rough = touch->within_bytes > 1,
        .origin = touch->within_bytes > 1 ? "or behind it on that page: the processor tells no more"
                                          : NULL,
    };
    words->stacks[TMI_STACK_OF_CALL] = touch->stack;
    if (block->block == NULL)
        return;
    tmi_words_take_block(words, block);
    words->misuse.offset = (ptrdiff_t)((uintptr_t)touch->address - (uintptr_t)block->block);
}

/* Names places without the loader, whose lock the program may hold. */
static void deliver(struct tmi_misuse_words *words)
{
    struct trackmem_place *places[] = { &words->misuse.here, &words->misuse.allocated,
                                        &words->misuse.freed };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct tmi_code_file code;
        struct tmi_text text;
        if (places[i]->file != NULL || places[i]->address == NULL)
            continue;
        tmi_text_init(&text, words->places[i], sizeof words->places[i]);
        bool is_here = places[i] == &words->misuse.here;
        if ((is_here &&
             tmi_code_of_stack(words->stacks[TMI_STACK_OF_CALL], places[i]->address, &code)) ||
            tmi_platform_code_file(places[i]->address, &code))
            tmi_code_add(&text, &code);
        else
            tmi_text_add_address(&text, places[i]->address);
        places[i]->file = words->places[i];
        if (is_here)
            words->code = code;
    }
    tmi_delivery_misuse(words);
}

/*
 * "a read 4 bytes", or "a read right" for none, and then the side; "an access 1 to 4,096 bytes" of
 * which only the page is known. nearest: of its bytes to the block.
 */
static void add_distance(struct tmi_text *text, const struct tmi_touch *touch, uint64_t nearest,
                         const char *side)
{
    tmi_text_add(text, noun_of(touch));
    tmi_text_add_char(text, ' ');
    if (touch->within_bytes > 1) {
        tmi_text_add_count(text, nearest);
        tmi_text_add(text, " to ");
        tmi_words_add_plural(text, nearest + touch->within_bytes - 1, "byte", "bytes");
    } else if (nearest == 0) {
        tmi_text_add(text, "right");
    } else {
        tmi_words_add_plural(text, nearest, "byte", "bytes");
    }
    tmi_text_add(text, side);
}

/* The last byte that may have been touched. */
static uintptr_t last_of(const struct tmi_touch *touch)
{
    return (uintptr_t)touch->address + touch->within_bytes - 1;
}

static void add_size(struct tmi_text *text, const struct tmi_block_facts *block)
{
    tmi_words_add_plural(text, block->size, "byte", "bytes");
}

void tmi_report_overrun_fault(const struct tmi_touch *touch, const struct tmi_block_facts *block)
{
    uint64_t distance = (uintptr_t)touch->address - (uintptr_t)block->block - block->size;
    struct tmi_misuse_words words;
    struct tmi_text text;

    begin(&words, TRACKMEM_MISUSE_OVERRUN, "overrun", touch, block);
    tmi_text_init(&text, words.title, sizeof words.title);
    tmi_text_add(&text, "overrun: ");
    add_distance(&text, touch, distance, " past the end of a block of ");
    add_size(&text, block);
    tmi_text_init(&text, words.mend, sizeof words.mend);
    tmi_text_add(&text, "allocate at least ");
    tmi_words_add_plural(&text, block->size + distance + 1, "byte", "bytes");
    tmi_text_add(&text, ", or stop at the end of the block");
    deliver(&words);
}

void tmi_report_underrun_fault(const struct tmi_touch *touch, const struct tmi_block_facts *block)
{
    struct tmi_misuse_words words;
    struct tmi_text title;

    begin(&words, TRACKMEM_MISUSE_UNDERRUN, "underrun", touch, block);
    tmi_text_init(&title, words.title, sizeof words.title);
    tmi_text_add(&title, "underrun: ");
    add_distance(&title, touch, (uintptr_t)block->block - last_of(touch),
                 " before the start of a block of ");
    add_size(&title, block);
    tmi_words_set_mend(&words,
                       "look for a negative index, or a pointer that was moved back too far");
    deliver(&words);
}

void tmi_report_use_after_free(const struct tmi_touch *touch, const struct tmi_block_facts *block)
{
    uintptr_t at = (uintptr_t)touch->address;
    uintptr_t start = (uintptr_t)block->block;
    struct tmi_misuse_words words;
    struct tmi_text title;

    begin(&words, TRACKMEM_MISUSE_USE_AFTER_FREE, "use-after-free", touch, block);
    tmi_text_init(&title, words.title, sizeof words.title);
    tmi_text_add(&title, "use after free: ");
    if (last_of(touch) < start) {
        add_distance(&title, touch, start - last_of(touch),
                     " before the start of a freed block of ");
    } else if (at >= start + block->size) {
        add_distance(&title, touch, at - start - block->size, " past the end of a freed block of ");
    } else if (words.is_rough) {
        tmi_text_add(&title, noun_of(touch));
        tmi_text_add(&title, " to a page of a freed block of ");
    } else if (at == start) {
        tmi_text_add(&title, noun_of(touch));
        tmi_text_add(&title, " at the start of a freed block of ");
    } else {
        add_distance(&title, touch, at - start, " into a freed block of ");
    }
    add_size(&title, block);
    tmi_words_set_mend(&words,
                       "the block must live until its last use: free it later, or drop the pointer "
                       "that is left");
    deliver(&words);
}

void tmi_report_unchecked_null(const struct tmi_touch *touch, const struct trackmem_place *failed,
                               size_t size)
{
    struct tmi_misuse_words words;
    struct tmi_text title;

    begin(&words, TRACKMEM_MISUSE_UNCHECKED_NULL, "unchecked-null", touch,
          &(struct tmi_block_facts){ .block = NULL });
    words.misuse.allocated = *failed;
    words.allocated_label = "failed";
    words.misuse.size = size;
    tmi_text_init(&title, words.title, sizeof words.title);
    tmi_text_add(&title, "unchecked NULL: ");
    tmi_text_add(&title, noun_of(touch));
    tmi_text_add(&title, " at address ");
    tmi_text_add_unsigned(&title, (uintptr_t)touch->address);
    if (words.is_rough) {
        tmi_text_add(&title, " to ");
        tmi_text_add_unsigned(&title, last_of(touch));
    }
    tmi_text_add(&title, " after an allocation failed");
    if (size != SIZE_MAX) {
        tmi_text_add(&title, ": it was of ");
        tmi_words_add_plural(&title, size, "byte", "bytes");
    }
    tmi_words_set_mend(&words,
                       "compare the result of the allocation with NULL before its first use");
    deliver(&words);
}
