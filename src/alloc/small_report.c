/*
 * alloc/small_report.c: sends the accounting, frame by frame, without memory for it.
 */
#include "alloc/small_sink.h"
#include "alloc/small_walk.h"
#include "backend/region.h"

#define TEXT_OF(x) #x
#define TEXT(x)    TEXT_OF(x)
#define VERSION                  \
    TEXT(TRACKMEM_VERSION_MAJOR) \
    "." TEXT(TRACKMEM_VERSION_MINOR) "." TEXT(TRACKMEM_VERSION_PATCH)

/*
 * Where it stands tells the host by how much a program was moved: small_format.h. At an even
 * address, as tools take an odd one of ARM for that of a function in Thumb.
 */
extern const char trackmem_small_anchor;
_Alignas(2) const char trackmem_small_anchor = 0;

enum { BUILD_ID = 3, MOST_ID = 64 };

/* The note of the linker with the build-id, where the linker script names it. */
struct note {
    uint32_t name_bytes; /* 4: "GNU" */
    uint32_t id_bytes;
    uint32_t type;
    char name[4];
    unsigned char id[];
};
extern const struct note trackmem_small_build_id __attribute__((__weak__));

struct report {
    struct tmi_small_frame frame;
    uint32_t frames;
    bool whole;
};

static void send(struct report *report)
{
    ++report->frames;
    report->whole = tmi_frame_send(&report->frame) && report->whole;
}

static void send_begin(struct report *report)
{
    tmi_frame_begin(&report->frame, TRACKMEM_SMALL_BEGIN);
    tmi_frame_add_number(&report->frame, tmi_small_outlets.misuse_count);
    tmi_frame_add_number(&report->frame, (uintptr_t)&trackmem_small_anchor);
    tmi_frame_add_number(&report->frame, TMI_SMALL_PREFIX);
    tmi_frame_add_text(&report->frame, VERSION, 16);
    if (&trackmem_small_build_id != NULL && trackmem_small_build_id.type == BUILD_ID &&
        trackmem_small_build_id.id_bytes <= MOST_ID)
        tmi_frame_add_bytes(&report->frame, trackmem_small_build_id.id,
                            trackmem_small_build_id.id_bytes);
    send(report);
}

/* In one piece, as it stands at one moment. */
static struct trackmem_domain copy_of(const struct trackmem_domain *domain)
{
    uintptr_t state = tmi_critical_enter();
    struct trackmem_domain copy = *domain;

    tmi_critical_leave(state);
    return copy;
}

static void send_domain(struct report *report, uint32_t id)
{
    struct trackmem_domain domain = copy_of(tmi_small_domains[id]);
    struct trackmem_stats stats;

    (void)trackmem_domain_stats(tmi_small_domains[id], false, &stats);
    tmi_frame_begin(&report->frame, TRACKMEM_SMALL_DOMAIN);
    tmi_frame_add_number(&report->frame, id);
    tmi_frame_add_number(&report->frame, domain.parent != NULL ? domain.parent->id : 0u);
    tmi_frame_add_text(&report->frame, domain.name, 64);
    tmi_frame_add_number(&report->frame, tmi_small_live_blocks(&domain));
    tmi_frame_add_number(&report->frame, (uintptr_t)stats.live_bytes);
    tmi_frame_add_number(&report->frame, domain.total_blocks);
    tmi_frame_add_number(&report->frame, domain.charged_bytes);
    tmi_frame_add_number(&report->frame, domain.peak_bytes);
    tmi_frame_add_number(&report->frame, domain.soft_bytes);
    tmi_frame_add_number(&report->frame, domain.hard_bytes);
    tmi_frame_add_number(&report->frame, domain.refused);
    tmi_frame_add_number(&report->frame, domain.failures);
    send(report);
}

static void send_task(struct report *report, const struct trackmem_task *task)
{
    const struct trackmem_domain *now = tmi_small_domain(
        task->depth != 0 ? task->pushed[task->depth - 1] : task->domain);

    tmi_frame_begin(&report->frame, TRACKMEM_SMALL_TASK);
    tmi_frame_add_text(&report->frame, task->name, 64);
    tmi_frame_add_number(&report->frame, tmi_small_domain(task->domain)->id);
    tmi_frame_add_number(&report->frame, now->id);
    send(report);
}

static void send_region(struct report *report, struct trackmem_region *region)
{
    struct trackmem_region_figures figures;

    trackmem_region_stats(region, &figures);
    tmi_frame_begin(&report->frame, TRACKMEM_SMALL_REGION);
    tmi_frame_add_number(&report->frame, (uintptr_t)region->first);
    tmi_frame_add_number(&report->frame, figures.size_bytes);
    tmi_frame_add_number(&report->frame, figures.used_bytes);
    tmi_frame_add_number(&report->frame, figures.used_blocks);
    tmi_frame_add_number(&report->frame, figures.high_water_bytes);
    tmi_frame_add_number(&report->frame, figures.free_blocks);
    tmi_frame_add_number(&report->frame, figures.largest_free_bytes);
    tmi_frame_add_number(&report->frame, figures.damages);
    send(report);
}

static bool send_site(const struct tmi_small_sum *sum, void *user)
{
    struct report *report = user;

    tmi_frame_begin(&report->frame, TRACKMEM_SMALL_SITE);
    tmi_frame_add_number(&report->frame, (uintptr_t)tmi_small_address_of_site(sum->key >> 6));
    tmi_frame_add_number(&report->frame, sum->key & 63);
    tmi_frame_add_number(&report->frame, sum->blocks);
    tmi_frame_add_number(&report->frame, sum->bytes);
    send(report);
    return true;
}

enum trackmem_status trackmem_report_send(const struct trackmem_task *const *tasks, size_t count)
{
    struct report report = { .whole = true };

    if (!tmi_frame_has_sink())
        return TRACKMEM_INVALID;
    for (size_t i = 0; i < count; ++i)
        (void)tmi_small_domain(tasks[i]->domain); /* it joins before domains are sent */
    send_begin(&report);
    for (uint32_t id = 0; id < TMI_SMALL_DOMAINS; ++id)
        if (tmi_small_is_taken(id))
            send_domain(&report, id);
    for (size_t i = 0; i < count; ++i)
        send_task(&report, tasks[i]);
    for (struct trackmem_region *region = tmi_region_after(NULL); region != NULL;
         region = tmi_region_after(region))
        send_region(&report, region);
    tmi_small_sum_sites(false, send_site, &report);
    tmi_frame_begin(&report.frame, TRACKMEM_SMALL_END);
    tmi_frame_add_number(&report.frame, report.frames + 1);
    tmi_frame_add_number(&report.frame, 1);
    send(&report);
    return report.whole ? TRACKMEM_OK : TRACKMEM_IO_ERROR;
}
