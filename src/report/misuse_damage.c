/*
 * report/misuse_damage.c: what was written where nothing should have been: before a block, behind
 * it, or after its free. The rules of misuse.c hold.
 */
#include "base/checked.h"
#include "report/words.h"

/* "41 00  A." */
static void add_found(struct tmi_text *text, const struct tmi_damage *damage)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < damage->found_bytes; ++i) {
        tmi_text_add_char(text, digits[damage->found[i] >> 4]);
        tmi_text_add_char(text, digits[damage->found[i] & 15]);
        tmi_text_add_char(text, ' ');
    }
    tmi_text_add_char(text, ' ');
    for (size_t i = 0; i < damage->found_bytes; ++i) {
        unsigned char byte = damage->found[i];

        tmi_text_add_char(text, byte >= ' ' && byte < 127 ? (char)byte : '.');
    }
    if ((size_t)(damage->last - damage->first) >= damage->found_bytes)
        tmi_text_add(text, " ...");
}

/* Fills in what all three share; the title and the mend are still empty. */
static void begin(struct tmi_misuse_words *words, enum trackmem_misuse_kind kind, const char *id,
                  const struct tmi_call *call, const struct tmi_block_facts *block,
                  const struct tmi_damage *damage)
{
    *words = (struct tmi_misuse_words){
        .misuse = { .kind = kind, .id = id },
        .call_label = "noticed",
        .freed_label = "freed",
        .outcome = tmi_delivery_subject() /* firmware mends nothing */
                       ? "the program goes on"
                       : "what was overwritten is put right, and the program goes on",
        .damage = damage,
    };
    tmi_words_take_block(words, block);
    words->misuse.verb = call->verb;
    words->misuse.freed_by = call->family;
    words->misuse.here = call->here;
    words->stacks[TMI_STACK_OF_CALL] = call->stack;
    words->misuse.ptr = (const char *)block->block + damage->first;
    words->misuse.offset = damage->first;
    words->notice = call->verb == NULL ? "as the block left the quarantine" : NULL;
}

static void finish(struct tmi_misuse_words *words, const struct tmi_damage *damage,
                   const char *place, uint64_t distance)
{
    struct tmi_text found;

    tmi_text_init(&found, words->found, sizeof words->found);
    if (distance != 0) {
        tmi_words_add_plural(&found, distance, "byte", "bytes");
        tmi_text_add(&found, place[0] == 'b' ? " " : " behind ");
    }
    tmi_text_add(&found, place);
    if (damage->found_bytes != 0) {
        tmi_text_add(&found, ": ");
        add_found(&found, damage);
    }
    tmi_misuse_deliver(words);
}

/* "overrun: 1 byte"; where the damage may go on beyond what is looked at, "at least 16 bytes". */
static struct tmi_text title_of(struct tmi_misuse_words *words, const char *start,
                                const struct tmi_damage *damage)
{
    struct tmi_text title;

    tmi_text_init(&title, words->title, sizeof words->title);
    tmi_text_add(&title, start);
    if (damage->reaches_edge)
        tmi_text_add(&title, "at least ");
    tmi_words_add_plural(&title, damage->changed_bytes, "byte", "bytes");
    return title;
}

/* "1 byte behind the end of a block of 7 bytes was written", "1 byte was written 5 bytes behind
 * the end of a block of 7 bytes": gap is 0 where the damage touches the block. */
static void add_side(struct tmi_text *title, const struct tmi_damage *damage, uint64_t gap,
                     const char *side, const struct tmi_block_facts *block)
{
    const char *written = damage->changed_bytes == 1 ? " was written" : " were written";

    if (gap != 0) {
        tmi_text_add(title, written);
        tmi_text_add_char(title, ' ');
        tmi_words_add_plural(title, gap, "byte", "bytes");
    }
    tmi_text_add(title, side);
    tmi_words_add_plural(title, block->size, "byte", "bytes");
    if (gap == 0)
        tmi_text_add(title, written);
}

static void set_overrun_mend(struct tmi_misuse_words *words, const struct tmi_damage *damage,
                             uint64_t gap)
{
    struct tmi_text mend;

    if (damage->reaches_edge) {
        tmi_words_set_mend(words, "stop the write at the end, or allocate all that it needs: how "
                                  "far it went cannot be seen");
        return;
    }
    tmi_text_init(&mend, words->mend, sizeof words->mend);
    tmi_text_add(&mend, "allocate at least ");
    tmi_words_add_plural(&mend, (uint64_t)damage->last + 1, "byte", "bytes");
    tmi_text_add(&mend, ", or stop the write at the end");
    if (gap == 0 && damage->changed_bytes == 1 && damage->found_bytes == 1 && damage->found[0] == 0)
        tmi_text_add(&mend, "; a 0 right there is the end of a string that was not counted");
}

void tmi_report_overrun(const struct tmi_call *call, const struct tmi_block_facts *block,
                        const struct tmi_damage *damage)
{
    uint64_t gap = (uint64_t)damage->first - block->size;
    struct tmi_misuse_words words;
    struct tmi_text title;

    begin(&words, TRACKMEM_MISUSE_OVERRUN, "overrun", call, block, damage);
    title = title_of(&words, "overrun: ", damage);
    add_side(&title, damage, gap, " behind the end of a block of ", block);
    set_overrun_mend(&words, damage, gap);
    finish(&words, damage, "its end", gap);
}

void tmi_report_underrun(const struct tmi_call *call, const struct tmi_block_facts *block,
                         const struct tmi_damage *damage)
{
    struct tmi_misuse_words words;
    struct tmi_text title;

    begin(&words, TRACKMEM_MISUSE_UNDERRUN, "underrun", call, block, damage);
    title = title_of(&words, "underrun: ", damage);
    add_side(&title, damage, damage->last < -1 ? (uint64_t)-damage->first : 0,
             " before the start of a block of ", block);
    tmi_words_set_mend(&words,
                       "look for a negative index or a pointer that was moved back; or the block "
                       "below was overrun by far");
    finish(&words, damage, "before its start", (uint64_t)-damage->first);
}

void tmi_report_write_after_free(const struct tmi_call *call, const struct tmi_block_facts *block,
                                 const struct tmi_damage *damage)
{
    struct tmi_misuse_words words;
    struct tmi_text title;

    begin(&words, TRACKMEM_MISUSE_WRITE_AFTER_FREE, "write-after-free", call, block, damage);
    title = title_of(&words, "write after free: ", damage);
    tmi_text_add(&title, " of a freed block of ");
    tmi_words_add_plural(&title, block->size, "byte", "bytes");
    tmi_text_add(&title, damage->changed_bytes == 1 ? " was written" : " were written");
    tmi_words_set_mend(&words,
                       "the block must live until its last use: free it later, or drop the pointer "
                       "that is left");
    finish(&words, damage, "its start", (uint64_t)damage->first);
}

/* A factor, as signed where that is what was meant. */
static void add_factor(struct tmi_text *title, size_t factor)
{
    if (factor > PTRDIFF_MAX)
        tmi_text_add_signed(title, (intptr_t)factor);
    else
        tmi_text_add_unsigned(title, factor);
}

void tmi_report_absurd_size(const struct tmi_call *call, size_t count, size_t size)
{
    bool is_signed = count > PTRDIFF_MAX || size > PTRDIFF_MAX;
    size_t bytes;
    struct tmi_misuse_words words = {
        .misuse = { .kind = TRACKMEM_MISUSE_ABSURD_SIZE,
                    .id = "absurd-size",
                    .verb = call->verb,
                    .freed_by = call->family,
                    .here = call->here },
        .call_label = "called",
        .freed_label = "freed",
        .outcome = "NULL is returned, and the program goes on",
        .claimed_size = tmi_checked_multiply(count, size, &bytes) ? bytes : SIZE_MAX,
    };
    struct tmi_text title;

    tmi_text_init(&title, words.title, sizeof words.title);
    tmi_text_add(&title, "absurd size: ");
    tmi_text_add(&title, call->verb);
    tmi_text_add(&title, " is asked for ");
    if (count != 1) {
        add_factor(&title, count);
        tmi_text_add(&title, " times ");
    }
    add_factor(&title, size);
    tmi_text_add(&title, is_signed ? " bytes, if read as signed" : " bytes");
    tmi_words_set_mend(
        &words, is_signed
                    ? "look for a length that became negative, or a subtraction in the wrong order"
                    : "look for where the count comes from: it is more than there is memory for");
    tmi_misuse_deliver(&words);
}
