/*
 * alloc/copies.c: see copies.h. Called for reports only.
 */
#include "alloc/copies.h"

#include "account/account.h"
#include "block/judge.h"
#include "platform/platform.h"

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
};

struct question {
    const void *ptr;
    struct tmi_block_facts *facts;
    const char **path;
    bool answered;
};

static void ask(const void *target, const char *path, void *user)
{
    const struct tmi_copy *copy = target;
    struct question *question = user;

    if (copy == &tmi_copy_target || question->answered ||
        copy->layout_version != TRACKMEM_LAYOUT_VERSION || copy->size < sizeof *copy ||
        !copy->owns(question->ptr, &question->facts->size, &question->facts->allocated))
        return;
    question->answered = true;
    *question->path = path;
}

bool tmi_copies_own(const void *ptr, struct tmi_block_facts *facts, const char **path)
{
    struct question question = { ptr, facts, path, false };

    *facts = (struct tmi_block_facts){ .block = ptr };
    tmi_platform_visit_copies(ask, &question);
    return question.answered;
}
