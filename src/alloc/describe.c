/*
 * alloc/describe.c: trackmem_describe: an address in words. Slow, for debuggers and messages.
 */
#include "account/account.h"
#include "alloc/start.h"
#include "base/text.h"
#include "block/damage.h"
#include "block/guard.h"
#include "block/judge.h"
#include "block/watched.h"
#include "platform/platform.h"
#include "report/report.h"

/* "8 bytes past the end of a ", or nothing for the start. */
static void add_position(struct tmi_text *text, uintptr_t address, uintptr_t block, size_t size)
{
    const char *side = " into a ";
    size_t distance = address - block;

    if (address < block) {
        distance = block - address;
        side = " before the start of a ";
    } else if (distance >= size && distance != 0) {
        distance -= size;
        side = " past the end of a ";
    } else if (distance == 0) {
        tmi_text_add(text, "the start of a ");
        return;
    }
    tmi_text_add_count(text, distance);
    tmi_text_add(text, distance == 1 ? " byte" : " bytes");
    tmi_text_add(text, side);
}

static void add_place(struct tmi_text *text, const char *words, const struct trackmem_place *place)
{
    if (place->file == NULL)
        return;
    tmi_text_add(text, words);
    tmi_text_add_visible(text, place->file);
    if (place->line != 0) {
        tmi_text_add_char(text, ':');
        tmi_text_add_unsigned(text, place->line);
    }
}

static void add_block(struct tmi_text *text, uintptr_t address, const struct tmi_block_facts *facts,
                      bool live)
{
    add_position(text, address, (uintptr_t)facts->block, facts->size);
    tmi_text_add_count(text, facts->size);
    tmi_text_add(text, "-byte block of domain ");
    tmi_report_add_domain(text, facts->domain);
    add_place(text, ", allocated at ", &facts->allocated);
    add_place(text, ", freed at ", &facts->freed);
    if (live)
        tmi_text_add(text, ", live");
    else if (facts->freed.file == NULL)
        tmi_text_add(text, ", freed");
}

static bool find(const void *ptr, struct tmi_block_facts *facts, bool *live)
{
    struct tmi_record copy;
    struct tmi_finding finding;
    struct tmi_account *account;

    if (tmi_checking && tmi_checked_find_around(ptr, &copy)) {
        *facts = tmi_record_facts(&copy);
        *live = tmi_life_state(copy.life) == TMI_LIFE_LIVE;
        return true;
    }
    finding = tmi_guard_owns(ptr) ? tmi_judge_beside_guarded(ptr) : tmi_judge_unread(ptr);
    if (finding.verdict == TMI_VERDICT_FOREIGN || finding.verdict == TMI_VERDICT_DAMAGED)
        return false;
    account = tmi_account_by_id(finding.account);
    *live = finding.verdict != TMI_VERDICT_FREED;
    *facts = (struct tmi_block_facts){
        .block = finding.block,
        .size = tmi_shape_size(finding.shape),
        .domain = &account->domain->handle,
        .allocated = account->site->place,
    };
    (void)tmi_site_place_if_readable(finding.freed_at, &facts->freed);
    return true;
}

bool trackmem_describe(const void *ptr, char *buffer, size_t size)
{
    struct tmi_block_facts facts;
    struct tmi_text text;
    char whose[256];
    bool live;
    bool ours = tmi_start() && find(ptr, &facts, &live);

    if (size == 0)
        return ours;
    tmi_text_init(&text, buffer, size);
    if (ours) {
        add_block(&text, (uintptr_t)ptr, &facts, live);
        return true;
    }
    tmi_platform_describe_address(ptr, whose, sizeof whose);
    tmi_text_add(&text, whose);
    return false;
}

/* Behind a report of the tool that watches the heap, on its own stream. */
static void describe_reported(const void *address)
{
    char words[512];
    char buffer[640];
    struct tmi_text line;

    if (!trackmem_describe(address, words, sizeof words))
        return;
    tmi_text_init(&line, buffer, sizeof buffer);
    tmi_text_add(&line, "trackmem: ");
    tmi_text_add_address(&line, address);
    tmi_text_add(&line, ": ");
    tmi_text_add(&line, words);
    tmi_text_add_char(&line, '\n');
    (void)tmi_platform_write(2, buffer, line.length);
}

void tmi_describe_start(void)
{
    if (tmi_watcher != NULL)
        tmi_watcher->on_report(describe_reported);
}
