/*
 * report/misuse.c: one function per kind of misuse: what happened, the mend, what follows.
 *
 * Called by block/ and alloc/ with no lock held. Reads only what it is given; allocates nothing.
 * The layout of the report is misuse_text.c's, its way out delivery.c's.
 */
#include "account/family.h"
#include "report/words.h"

/* What a verb does to a block, as far as a report's words depend on it. */
enum deed { FREES, RESIZES, USES };

static enum deed deed_of(const struct tmi_call *call)
{
    if (tmi_text_contains(call->verb, "realloc"))
        return RESIZES;
    return tmi_text_contains(call->verb, "free") ? FREES : USES;
}

void tmi_words_take_block(struct tmi_misuse_words *words, const struct tmi_block_facts *block)
{
    words->misuse.block = block->block;
    words->misuse.size = block->size;
    words->misuse.made_by = block->family;
    words->misuse.domain = block->domain;
    words->misuse.allocated = block->allocated;
    words->misuse.freed = block->freed;
    words->alignment = block->alignment;
    words->stacks[TMI_STACK_OF_ALLOCATION] = block->allocated_stack;
    words->stacks[TMI_STACK_OF_FREE] = block->freed_stack;
}

static void begin(struct tmi_misuse_words *words, enum trackmem_misuse_kind kind, const char *id,
                  const struct tmi_call *call, const struct tmi_block_facts *block)
{
    static const char *const labels[] = { "freed", "resized", "called" };
    static const char *const outcomes[] = {
        "the memory is left alone, and the program goes on",
        "the memory is left alone, NULL is returned, and the program goes on",
        "the call has no effect, and the program goes on",
    };
    enum deed deed = deed_of(call);
    *words = (struct tmi_misuse_words){
        .misuse = { .kind = kind,
                    .id = id,
                    .verb = call->verb,
                    .ptr = call->ptr,
                    .freed_by = call->family,
                    .here = call->here },
        .call_label = labels[deed],
        .freed_label = "freed",
        .outcome = outcomes[deed],
    };
    words->stacks[TMI_STACK_OF_CALL] = call->stack;
    if (block) {
        tmi_words_take_block(words, block);
        if (call->ptr && block->block)
            words->misuse.offset = (ptrdiff_t)((uintptr_t)call->ptr - (uintptr_t)block->block);
    }
}

void tmi_misuse_deliver(struct tmi_misuse_words *words)
{
    struct trackmem_place *places[] = { &words->misuse.here, &words->misuse.allocated,
                                        &words->misuse.freed };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        tmi_place_resolve(places[i], words->places[i], sizeof words->places[i]);
    tmi_delivery_misuse(words);
}

static struct tmi_text title_of(struct tmi_misuse_words *words, const char *start)
{
    struct tmi_text title;
    tmi_text_init(&title, words->title, sizeof words->title);
    tmi_text_add(&title, start);
    tmi_text_add(&title, ": ");
    return title;
}

static struct tmi_text mend_of(struct tmi_misuse_words *words, const char *start)
{
    struct tmi_text mend;
    tmi_text_init(&mend, words->mend, sizeof words->mend);
    tmi_text_add(&mend, start);
    return mend;
}

/* "an aligned block", "a ralloc context". */
static void add_family_noun(struct tmi_text *text, trackmem_family family, const char *noun)
{
    const char *name = tmi_family_info(family)->name;
    bool vowel = tmi_text_contains("aeiouAEIOU", (char[]){ name[0], '\0' });
    tmi_text_add(text, vowel ? "an " : "a ");
    tmi_text_add_visible(text, name);
    tmi_text_add(text, noun);
}

void tmi_report_mismatched_family(const struct tmi_call *call, const struct tmi_block_facts *block)
{
    static const char *const titles[] = { "mismatched free", "mismatched resize",
                                          "mismatched call" };
    const struct trackmem_family_info *family = tmi_family_info(block->family);
    enum deed deed = deed_of(call);
    struct tmi_misuse_words words;
    begin(&words, TRACKMEM_MISUSE_MISMATCHED_FAMILY, "mismatched-family", call, block);

    struct tmi_text title = title_of(&words, titles[deed]);
    add_family_noun(&title, block->family, " block");
    tmi_text_add(&title, " reaches ");
    tmi_text_add(&title, call->verb);

    struct tmi_text mend = mend_of(&words, "");
    if (block->family == TRACKMEM_FAMILY_LIBC) {
        tmi_text_add(&mend, "it was adopted: free it with trackmem_free, resize it with "
                            "trackmem_realloc");
    } else if (deed == RESIZES && block->family == TRACKMEM_FAMILY_PLAIN) {
        tmi_text_add(&mend, "resize it with trackmem_realloc");
    } else if (deed == RESIZES && block->family == TRACKMEM_FAMILY_ALIGNED) {
        tmi_text_add(&mend, "resize it with trackmem_aligned_realloc");
    } else {
        if (deed == RESIZES)
            tmi_text_add(&mend, "resize it with its own family's verb; ");
        if (family->allocate_verb) {
            tmi_text_add(&mend, "what ");
            tmi_text_add_visible(&mend, family->allocate_verb);
            tmi_text_add(&mend, " made is freed with ");
        } else {
            tmi_text_add(&mend, "it is freed with ");
        }
        tmi_text_add_visible(&mend, family->free_verb);
    }
    tmi_misuse_deliver(&words);
}

void tmi_report_double_free(const struct tmi_call *call, const struct tmi_block_facts *block)
{
    static const char *const titles[] = { "double free", "resize after free", "use after free" };
    enum deed deed = deed_of(call);
    struct tmi_misuse_words words;
    begin(&words, TRACKMEM_MISUSE_DOUBLE_FREE, "double-free", call, block);
    if (deed == FREES) {
        words.freed_label = "freed first";
        words.call_label = "freed again";
    }

    struct tmi_text title = title_of(&words, titles[deed]);
    tmi_text_add(&title, call->verb);
    tmi_text_add(&title, " gets a block that was freed before");

    mend_of(&words, deed == FREES ? "one of the two frees must go; a pointer set to NULL after its "
                                    "free may be freed again"
                                  : "the block must live until its last use");
    tmi_misuse_deliver(&words);
}

void tmi_report_interior_pointer(const struct tmi_call *call, const struct tmi_block_facts *block)
{
    struct tmi_misuse_words words;
    begin(&words, TRACKMEM_MISUSE_INTERIOR_POINTER, "interior-pointer", call, block);

    struct tmi_text title = title_of(&words, "interior pointer");
    tmi_text_add(&title, call->verb);
    tmi_text_add(&title, " gets a pointer into a block, ");
    tmi_text_add_count(&title, (uint64_t)words.misuse.offset);
    tmi_text_add(&title, words.misuse.offset == 1 ? " byte" : " bytes");
    tmi_text_add(&title, " after its start");

    struct tmi_text mend = mend_of(&words, "hand in the start of the block, ");
    tmi_text_add_address(&mend, block->block);
    tmi_misuse_deliver(&words);
}

void tmi_report_sub_block(const struct tmi_call *call, const struct tmi_block_facts *block,
                          const struct trackmem_sub_block *sub_block)
{
    const struct trackmem_family_info *family = tmi_family_info(block->family);
    struct tmi_misuse_words words;
    begin(&words, TRACKMEM_MISUSE_SUB_BLOCK, "sub-block", call, block);
    words.span_size = block->size;
    words.misuse.sub_block = sub_block->start;
    words.misuse.size = sub_block->size;
    words.misuse.context = sub_block->context;

    struct tmi_text title = title_of(&words, "sub-block");
    tmi_text_add(&title, call->verb);
    tmi_text_add(&title, " gets a sub-block of ");
    add_family_noun(&title, block->family, " context");

    struct tmi_text mend = mend_of(&words, "it ends with its context, or by ");
    tmi_text_add_visible(&mend, family->free_verb);
    tmi_misuse_deliver(&words);
}

void tmi_report_misaligned(const struct tmi_call *call)
{
    struct tmi_misuse_words words;
    begin(&words, TRACKMEM_MISUSE_MISALIGNED, "misaligned-pointer", call, NULL);

    struct tmi_text title = title_of(&words, "misaligned pointer");
    tmi_text_add(&title, call->verb);
    tmi_text_add(&title, " gets a pointer that no allocation returned");

    struct tmi_text origin;
    char text[64];
    tmi_text_init(&origin, text, sizeof text);
    if (tmi_delivery_subject()) {
        tmi_text_add(&origin, "not aligned as every block is");
    } else {
        tmi_text_add(&origin, "not a multiple of ");
        tmi_text_add_unsigned(&origin, TRACKMEM_ALIGNMENT);
    }
    words.origin = text;
    mend_of(&words, "hand in what the allocation returned, without arithmetic");
    tmi_misuse_deliver(&words);
}

void tmi_report_foreign_pointer(const struct tmi_call *call, const char *whose)
{
    struct tmi_misuse_words words;
    bool automatic = tmi_text_starts(whose, "the stack") || tmi_text_starts(whose, "static data");
    begin(&words, TRACKMEM_MISUSE_FOREIGN_POINTER, "foreign-pointer", call, NULL);
    words.origin = whose;

    struct tmi_text title = title_of(&words, "foreign pointer");
    tmi_text_add(&title, call->verb);
    tmi_text_add(&title, " gets memory that trackmem did not allocate");

    mend_of(&words, automatic ? "no call is needed: this memory ends by itself"
                              : "free it by the means of whoever made it; a block of the C library "
                                "can join by trackmem_adopt");
    tmi_misuse_deliver(&words);
}

void tmi_report_other_copy(const struct tmi_call *call, const char *theirs, const char *ours,
                           const struct tmi_block_facts *block)
{
    struct tmi_misuse_words words;
    begin(&words, TRACKMEM_MISUSE_OTHER_COPY, "other-copy", call, block);
    words.origin = theirs;

    struct tmi_text title = title_of(&words, "other copy");
    tmi_text_add(&title, call->verb);
    tmi_text_add(&title, " gets a block of another copy of trackmem in this process");

    struct tmi_text mend = mend_of(&words, "free it in the module that allocated it, not by ");
    tmi_text_add(&mend, ours);
    tmi_text_add(&mend, ", or link both to the shared library");
    tmi_misuse_deliver(&words);
}

void tmi_report_wrong_size(const struct tmi_call *call, const struct tmi_block_facts *block,
                           size_t claimed_size)
{
    struct tmi_misuse_words words;
    begin(&words, TRACKMEM_MISUSE_WRONG_SIZE, "wrong-size", call, block);
    words.claimed_size = claimed_size;
    words.outcome = "the block is freed all the same, and the program goes on";

    struct tmi_text title = title_of(&words, "wrong size");
    tmi_text_add(&title, call->verb);
    tmi_text_add(&title, " is told ");
    tmi_words_add_plural(&title, claimed_size, "byte", "bytes");
    tmi_text_add(&title, " for a block of ");
    tmi_text_add_count(&title, block->size);

    mend_of(&words, "hand in the size that was asked for, or call trackmem_free");
    tmi_misuse_deliver(&words);
}

void tmi_report_damaged_header(const struct tmi_call *call, const void *block)
{
    struct tmi_misuse_words words;
    begin(&words, TRACKMEM_MISUSE_DAMAGED_HEADER, "damaged-header", call,
          &(struct tmi_block_facts){ .block = block });

    struct tmi_text title = title_of(&words, "damaged header");
    tmi_text_add(&title, "the bytes right before a block were overwritten");

    mend_of(&words, "look for a write below the block's start, or past the end of the one below");
    tmi_misuse_deliver(&words);
}

void tmi_report_destroyed_domain(const struct tmi_call *call, struct trackmem_domain *domain)
{
    struct tmi_misuse_words words;
    begin(&words, TRACKMEM_MISUSE_DESTROYED_DOMAIN, "destroyed-domain", call, NULL);
    words.misuse.domain = domain;
    words.call_label = "charged";
    words.outcome = "its parent is charged, and further charges are not reported";

    struct tmi_text title = title_of(&words, "destroyed domain");
    tmi_text_add(&title, call->verb);
    tmi_text_add(&title, " charges ");
    tmi_domain_add_name(&title, domain);
    tmi_text_add(&title, ", which was destroyed");

    mend_of(&words, "destroy a domain after the last allocation that is charged to it");
    tmi_misuse_deliver(&words);
}
