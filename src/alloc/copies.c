/*
 * alloc/copies.c: see copies.h. Called for reports only.
 */
#include "alloc/copies.h"

#include "account/account.h"
#include "base/text.h"
#include "block/judge.h"
#include "platform/platform.h"

#define TEXT_OF_EXPANDED(x) #x
#define TEXT_OF(x)          TEXT_OF_EXPANDED(x)
#define VERSION                     \
    TEXT_OF(TRACKMEM_VERSION_MAJOR) \
    "." TEXT_OF(TRACKMEM_VERSION_MINOR) "." TEXT_OF(TRACKMEM_VERSION_PATCH)
#ifdef TRACKMEM_PREFIX
#define NAME "trackmem " VERSION " (" TEXT_OF(TRACKMEM_PREFIX) ")"
#else
#define NAME "trackmem " VERSION
#endif

static bool owns(const void *ptr, size_t *size, struct trackmem_place *allocated)
{
    struct tmi_finding finding = tmi_judge(ptr);

    if (finding.verdict != TMI_VERDICT_LIVE && finding.verdict != TMI_VERDICT_ADOPTED)
        return false;
    *size = tmi_shape_size(finding.shape);
    *allocated = tmi_account_by_id(finding.account)->site->place;
    return true;
}

const struct tmi_copy tmi_copy_target = {
    .layout_version = TRACKMEM_LAYOUT_VERSION,
    .size = sizeof(struct tmi_copy),
    .owns = owns,
    .name = NAME,
};

struct question {
    const void *ptr;
    struct tmi_block_facts *facts;
    struct tmi_copy_names *names;
    bool answered;
};

/* Copies that are older than the member have no name. */
static void write_name(char *name, const struct tmi_copy *copy, const char *path)
{
    struct tmi_text text;
    const char *base = path;

    for (const char *next = path; *next != '\0'; ++next)
        if (*next == '/')
            base = next + 1;
    tmi_text_init(&text, name, TMI_COPY_NAME_BYTES);
    tmi_text_add_visible(&text, copy->size >= sizeof *copy ? copy->name : "trackmem");
    tmi_text_add(&text, " of ");
    tmi_text_add_visible(&text, base);
}

static void ask(const void *target, const char *path, void *user)
{
    const struct tmi_copy *copy = target;
    struct question *question = user;

    if (copy == &tmi_copy_target)
        write_name(question->names->ours, copy, path);
    if (copy == &tmi_copy_target || question->answered ||
        copy->layout_version != TRACKMEM_LAYOUT_VERSION ||
        copy->size < offsetof(struct tmi_copy, name) ||
        !copy->owns(question->ptr, &question->facts->size, &question->facts->allocated))
        return;
    question->answered = true;
    write_name(question->names->theirs, copy, path);
}

bool tmi_copies_own(const void *ptr, struct tmi_block_facts *facts, struct tmi_copy_names *names)
{
    struct question question = { ptr, facts, names, false };

    *facts = (struct tmi_block_facts){ .block = ptr };
    tmi_platform_visit_copies(ask, &question);
    return question.answered;
}
