/*
 * report/misuse_json.c: a misuse as one JSON object on a line of its own; docs/report.schema.json.
 */
#include "account/family.h"
#include "report/words.h"

/* Addresses are strings: a number in JSON holds only 53 bits. */
static void add_address(struct tmi_text *text, const char *key, const void *address)
{
    tmi_text_add_json_key(text, key);
    tmi_text_add_char(text, '"');
    tmi_text_add_address(text, address);
    tmi_text_add_char(text, '"');
}

static void add_place(struct tmi_text *text, const char *key, const struct trackmem_place *place)
{
    if (tmi_place_known(place)) {
        tmi_text_add_json_key(text, key);
        tmi_place_add_json(text, place);
    }
}

static void add_block(struct tmi_text *text, const struct tmi_misuse_words *words)
{
    const struct trackmem_misuse *misuse = &words->misuse;
    if (!misuse->block)
        return;
    tmi_text_add_json_key(text, "block");
    tmi_text_add_char(text, '{');
    add_address(text, "address", misuse->block);
    if (misuse->made_by != TRACKMEM_FAMILY_NONE) {
        tmi_text_add_json_number(text, "size_bytes", tmi_misuse_block_size(words));
        if (words->alignment > 0)
            tmi_text_add_json_number(text, "alignment_bytes", words->alignment);
        tmi_text_add_json_string(text, "family", tmi_family_info(misuse->made_by)->name);
    }
    if (misuse->ptr && !words->is_rough) {
        tmi_text_add_json_key(text, "offset_bytes");
        tmi_text_add_signed(text, misuse->offset);
    }
    tmi_text_add_char(text, '}');
}

static void add_sub_block(struct tmi_text *text, const struct tmi_misuse_words *words)
{
    const struct trackmem_misuse *misuse = &words->misuse;
    if (misuse->kind != TRACKMEM_MISUSE_SUB_BLOCK)
        return;
    tmi_text_add_json_key(text, "sub_block");
    tmi_text_add_char(text, '{');
    if (misuse->sub_block) {
        add_address(text, "address", misuse->sub_block);
        tmi_text_add_json_number(text, "size_bytes", misuse->size);
    }
    if (misuse->context)
        tmi_text_add_json_string(text, "context", misuse->context);
    tmi_text_add_char(text, '}');
}

/* The bytes as hexadecimal digits. */
static void add_damage(struct tmi_text *text, const struct tmi_damage *damage)
{
    if (!damage)
        return;
    tmi_text_add_json_key(text, "damage");
    tmi_text_add_char(text, '{');
    tmi_text_add_json_key(text, "first_offset");
    tmi_text_add_signed(text, damage->first);
    tmi_text_add_json_key(text, "last_offset");
    tmi_text_add_signed(text, damage->last);
    tmi_text_add_json_number(text, "changed_bytes", damage->changed_bytes);
    tmi_text_add_json_key(text, "found");
    tmi_text_add_char(text, '"');
    for (size_t i = 0; i < damage->found_bytes; ++i) {
        tmi_text_add_char(text, "0123456789abcdef"[damage->found[i] >> 4]);
        tmi_text_add_char(text, "0123456789abcdef"[damage->found[i] & 15]);
    }
    tmi_text_add_char(text, '"');
    tmi_text_add_json_key(text, "reaches_edge");
    tmi_text_add(text, damage->reaches_edge ? "true}" : "false}");
}

void tmi_misuse_write_json(struct tmi_text *text, const struct tmi_misuse_words *words)
{
    const struct trackmem_misuse *misuse = &words->misuse;
    tmi_text_add_char(text, '{');
    tmi_text_add_json_string(text, "type", words->outcome ? "misuse" : "event");
    tmi_text_add_json_string(text, "kind", misuse->id);
    tmi_text_add_json_string(text, "title", words->title);
    if (misuse->verb)
        tmi_text_add_json_string(text, "verb", misuse->verb);
    if (misuse->freed_by != TRACKMEM_FAMILY_NONE)
        tmi_text_add_json_string(text, "verb_family", tmi_family_info(misuse->freed_by)->name);
    if (misuse->ptr)
        add_address(text, "pointer", misuse->ptr);
    if (words->origin)
        tmi_text_add_json_string(text, "origin", words->origin);
    add_block(text, words);
    add_sub_block(text, words);
    if (misuse->domain) {
        tmi_text_add_json_key(text, "domain");
        tmi_domain_add_json(text, misuse->domain);
    }
    add_damage(text, words->damage);
    if (misuse->kind == TRACKMEM_MISUSE_WRONG_SIZE || misuse->kind == TRACKMEM_MISUSE_ABSURD_SIZE)
        tmi_text_add_json_number(text, "claimed_bytes", words->claimed_size);
    if (!words->outcome)
        tmi_text_add_json_number(text, "bytes", words->claimed_size);
    if (words->access)
        tmi_text_add_json_string(text, "access", words->access);
    if (words->code.path[0] != '\0')
        tmi_code_add_json(text, "here", &words->code);
    else
        add_place(text, "here", &misuse->here);
    add_place(text, "allocated", &misuse->allocated);
    add_place(text, "freed", &misuse->freed);
    tmi_stack_add_json(text, "stack", words->stacks[TMI_STACK_OF_CALL], words->is_fault);
    tmi_stack_add_json(text, "allocated_stack", words->stacks[TMI_STACK_OF_ALLOCATION], false);
    tmi_stack_add_json(text, "freed_stack", words->stacks[TMI_STACK_OF_FREE], false);
    if (words->leaks)
        tmi_leaks_add_json(text, words->leaks);
    if (words->outcome) {
        tmi_text_add_json_string(text, "mend", words->mend);
        tmi_text_add_json_string(text, "outcome",
                                 tmi_delivery_aborts(words) ? "abort" : words->outcome);
        if (words->is_last)
            tmi_text_add_json_string(text, "further", "counted");
    }
    tmi_words_add_json_program(text);
    tmi_text_add(text, "}\n");
}
