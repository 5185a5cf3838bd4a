/*
 * report/delivery.c: the way out of a report: the handler, the report file, the count, the abort.
 *
 * The lock "report" (rank: last, nothing is locked while it is held) guards the state below and is
 * held while a report is written, so that those of two threads come out whole. It is not held
 * while a handler runs. Allocates nothing.
 */
#include "base/atomic.h"
#include "platform/helper.h"
#include "platform/platform.h"
#include "platform/self.h"
#include "report/words.h"

#define STANDARD_ERROR 2
#define LONGEST_PATH   512
/* A misuse report needs less than 2 KiB unless paths are very long. */
#define BUFFER_BYTES (TMI_SMALL ? 1024 : 4096)
/* Of a report with three whole stacks, before its symbols are looked up. */
#define REPORT_BYTES 65536
/* Threads that can be inside a handler at once; further ones go to the report file. */
#define MOST_HANDLERS 32

static struct {
    struct tmi_lock lock;
    bool opened;
    int fd;
    char out_path[LONGEST_PATH]; /* "": standard error */
    enum trackmem_format format;
    bool abort_on_misuse; /* read without the lock: set before threads start, or by choice later */
    uint64_t repeats;
    size_t top_sites;
    enum tmi_symbols symbols;
    trackmem_misuse_fn *handler;
    void *handler_user;
    /*
     * Who is inside the handler. A misuse by the handler itself is not handed to it again, which
     * could go on for ever, but to the report file.
     */
    uintptr_t handling[MOST_HANDLERS];
    const struct tmi_report_subject *subject; /* set before there are reports, by a tool */
    uintptr_t writer;                         /* atomic: who writes a misuse now; 0: nobody */
    size_t misuse_count;                      /* atomic, relaxed: a counter and no more */
} delivery = { .fd = STANDARD_ERROR, .top_sites = 10 };

void tmi_report_set_handler(trackmem_misuse_fn *fn, void *user)
{
    tmi_platform_lock(&delivery.lock);
    delivery.handler = fn;
    delivery.handler_user = user;
    tmi_platform_unlock(&delivery.lock);
}

uint64_t tmi_report_misuse_count(void)
{
    return delivery.subject ? delivery.subject->misuse_count : tmi_load(&delivery.misuse_count);
}

bool tmi_delivery_aborts(const struct tmi_misuse_words *words)
{
    return tmi_load(&delivery.abort_on_misuse) && !words->is_fault &&
           words->misuse.kind != TRACKMEM_MISUSE_LEAK;
}

size_t tmi_delivery_top(void)
{
    return delivery.top_sites;
}

/* Where one report goes. */
struct way {
    int fd;
    bool failed; /* something of it could not be written */
    int error;   /* why */
};

static bool write_out(const char *bytes, size_t size, void *user)
{
    struct way *way = user;
    if (!way->failed && !tmi_platform_write(way->fd, bytes, size)) {
        way->failed = true;
        way->error = tmi_platform_error();
    }
    return !way->failed;
}

static void close_out(void)
{
    if (delivery.opened && delivery.fd != STANDARD_ERROR)
        tmi_platform_close(delivery.fd);
    delivery.opened = false;
    delivery.fd = STANDARD_ERROR;
}

void tmi_report_configure(const struct tmi_report_options *options)
{
    struct tmi_text path;
    if (options->symbols == TMI_SYMBOLS_INPROCESS)
        (void)tmi_platform_load_resolver(); /* before the lock, and before a heap is damaged */
    tmi_platform_lock(&delivery.lock);
    if (!tmi_text_equal(delivery.out_path, options->out_path)) {
        close_out();
        tmi_text_init(&path, delivery.out_path, sizeof delivery.out_path);
        tmi_text_add(&path, options->out_path);
    }
    delivery.format = options->format;
    delivery.repeats = options->repeats;
    delivery.top_sites = options->top_sites;
    delivery.symbols = options->symbols;
    tmi_store(&delivery.abort_on_misuse, options->abort_on_misuse);
    tmi_platform_unlock(&delivery.lock);
}

void tmi_report_about(const struct tmi_report_subject *subject, int fd,
                      const struct tmi_report_options *options)
{
    tmi_report_configure(options);
    tmi_platform_lock(&delivery.lock);
    delivery.subject = subject;
    delivery.fd = fd;
    delivery.opened = true;
    tmi_platform_unlock(&delivery.lock);
}

const struct tmi_report_subject *tmi_delivery_subject(void)
{
    return delivery.subject;
}

/*
 * The lock is held. Whether a report has to be written once more, from its beginning, to standard
 * error, since the report file did not take it. The file is not closed: its number may be that of
 * another, if the program closed it.
 */
static bool turn_to_stderr(struct way *way)
{
    char name[LONGEST_PATH + 16];
    if (!way->failed || way->fd == STANDARD_ERROR || delivery.out_path[0] == '\0')
        return false;
    (void)tmi_report_name_file(delivery.out_path, name, sizeof name);
    tmi_report_leave_file("cannot write to", name, way->error);
    delivery.fd = STANDARD_ERROR;
    *way = (struct way){ .fd = STANDARD_ERROR };
    return true;
}

/* The lock is held. */
static void open_out(void)
{
    char name[LONGEST_PATH + 16];
    if (delivery.opened)
        return;
    delivery.opened = true;
    if (delivery.out_path[0] == '\0')
        return;
    int saved_error = tmi_platform_error();
    tmi_platform_set_error(0); /* a path that is too long has no other cause */
    delivery.fd = tmi_report_create_file(delivery.out_path, name, sizeof name);
    if (delivery.fd < 0) {
        delivery.fd = STANDARD_ERROR;
        tmi_report_leave_file("cannot create", name, tmi_platform_error());
    }
    tmi_platform_set_error(saved_error);
}

static struct tmi_text stream_to(struct way *way, char *buffer, size_t size)
{
    struct tmi_text text;
    tmi_text_init_stream(&text, buffer, size, write_out, way);
    text.utf8 = tmi_platform_utf8();
    return text;
}

static const struct tmi_style *style_of(const struct way *way)
{
    return tmi_style_of(tmi_platform_colour_terminal(way->fd));
}

/* The lock is held. False: nothing was written, nor tried to. */
static bool write_with_symbols(const struct tmi_misuse_words *words, struct way *way)
{
    struct tmi_text text;
    bool written = false;
    if (delivery.symbols == TMI_SYMBOLS_NONE || delivery.format == TRACKMEM_FORMAT_JSON)
        return false;
    char *pages = tmi_platform_map(REPORT_BYTES);
    if (pages == NULL)
        return false;
    tmi_text_init(&text, pages, REPORT_BYTES);
    text.utf8 = tmi_platform_utf8();
    tmi_misuse_write_text(&text, words, style_of(way));
    tmi_text_add_char(&text, '\n');
    if (!text.cut) { /* a fault may have come in the middle of malloc: not in this process then */
        written = delivery.symbols == TMI_SYMBOLS_INPROCESS && !words->is_fault &&
                  tmi_platform_resolve(text.bytes, write_out, way);
        if (!written)
            written = tmi_platform_filter(text.bytes, text.length, write_out, way);
    }
    tmi_platform_unmap(pages, REPORT_BYTES);
    return written;
}

/* Takes the lock. */
static void begin_writing(void)
{
    tmi_platform_lock(&delivery.lock);
    tmi_store(&delivery.writer, tmi_self_identity());
}

/* Gives it back; false: this thread has it no more, since a fault broke its report off. */
static bool end_writing(void)
{
    if (tmi_load(&delivery.writer) != tmi_self_identity())
        return false;
    tmi_store(&delivery.writer, 0);
    tmi_platform_unlock(&delivery.lock);
    return true;
}

/* The lock is held. Whether enough was told of it; leaks differ, wherever one looked for them. */
static bool was_told_enough(struct tmi_misuse_words *words)
{
    uint64_t count;
    if (delivery.repeats == 0 || words->outcome == NULL || words->leaks)
        return false;
    count = tmi_repeats_count(&words->misuse);
    words->is_last = count == delivery.repeats && !tmi_delivery_aborts(words);
    return count > delivery.repeats;
}

/* The lock is held. A file of metrics holds nothing else. */
static int open_for_misuse(void)
{
    if (delivery.format == TRACKMEM_FORMAT_PROMETHEUS)
        return STANDARD_ERROR;
    open_out();
    return delivery.fd;
}

/* The lock is held. */
static void write_plainly(const struct tmi_misuse_words *words, struct way *way)
{
    char buffer[BUFFER_BYTES];
    struct tmi_text text = stream_to(way, buffer, sizeof buffer);
    if (delivery.format == TRACKMEM_FORMAT_JSON) {
        tmi_misuse_write_json(&text, words);
    } else {
        tmi_misuse_write_text(&text, words, style_of(way));
        tmi_text_add_char(&text, '\n'); /* sets it apart from what comes next */
    }
    tmi_text_finish(&text);
}

static void write_misuse(struct tmi_misuse_words *words)
{
    begin_writing();
    if (!was_told_enough(words)) {
        struct way way = { .fd = open_for_misuse() };
        do {
            if (!write_with_symbols(words, &way))
                write_plainly(words, &way);
        } while (turn_to_stderr(&way));
    }
    (void)end_writing();
}

void tmi_report_excused_leaks(const struct tmi_leaks *leaks)
{
    char buffer[BUFFER_BYTES];
    tmi_platform_lock(&delivery.lock);
    struct way way = { .fd = open_for_misuse() };
    do {
        struct tmi_text text = stream_to(&way, buffer, sizeof buffer);
        if (delivery.format == TRACKMEM_FORMAT_JSON)
            tmi_leaks_write_excuses_json(&text, leaks);
        else
            tmi_leaks_write_excuses(&text, leaks, style_of(&way));
        tmi_text_finish(&text);
    } while (turn_to_stderr(&way));
    tmi_platform_unlock(&delivery.lock);
}

bool tmi_report_break_off(void)
{
    return end_writing();
}

void tmi_report_give_up(void)
{
    (void)end_writing();
    for (size_t i = 0; i < MOST_HANDLERS; i++)
        if (tmi_load(&delivery.handling[i]) == tmi_self_identity())
            tmi_store(&delivery.handling[i], 0);
}

/* Leaks may take more than the stack has to spare. */
static void handle(struct tmi_misuse_words *words, trackmem_misuse_fn *handler, void *user)
{
    char buffer[BUFFER_BYTES];
    char *pages = words->leaks ? tmi_platform_map(REPORT_BYTES) : NULL;
    struct tmi_text text;
    tmi_text_init(&text, pages ? pages : buffer, pages ? REPORT_BYTES : sizeof buffer);
    text.utf8 = tmi_platform_utf8();
    tmi_misuse_write_text(&text, words, tmi_style_of(false));
    words->misuse.text = text.bytes;
    handler(&words->misuse, user);
    words->misuse.text = NULL;
    if (pages)
        tmi_platform_unmap(pages, REPORT_BYTES);
}

/* Notes that this thread enters the handler; -1 if it is in it already, or all places are taken. */
static int enter_handler(trackmem_misuse_fn **handler, void **user)
{
    uintptr_t self = tmi_self_identity();
    int place = -1;
    tmi_platform_lock(&delivery.lock);
    for (int i = MOST_HANDLERS - 1; i >= 0; i--) {
        if (delivery.handling[i] == self) {
            place = -1;
            break;
        }
        if (delivery.handling[i] == 0)
            place = i;
    }
    *handler = delivery.handler;
    *user = delivery.handler_user;
    if (!*handler)
        place = -1;
    if (place >= 0)
        tmi_store(&delivery.handling[place], self);
    tmi_platform_unlock(&delivery.lock);
    return place;
}

static void leave_handler(int place)
{
    tmi_platform_lock(&delivery.lock);
    tmi_store(&delivery.handling[place], 0);
    tmi_platform_unlock(&delivery.lock);
}

void tmi_delivery_misuse(struct tmi_misuse_words *words)
{
    trackmem_misuse_fn *handler = NULL;
    void *user = NULL;
    int error = tmi_platform_error(); /* free keeps errno */
    (void)tmi_add(&delivery.misuse_count, 1);
    int place = enter_handler(&handler, &user);
    if (place >= 0) {
        handle(words, handler, user);
        leave_handler(place);
    } else {
        write_misuse(words);
    }
    tmi_platform_set_error(error);
    if (tmi_delivery_aborts(words))
        tmi_platform_abort();
}

void tmi_delivery_event(struct tmi_misuse_words *words)
{
    write_misuse(words);
}

/* The lock is held. */
static enum trackmem_status write_accounting(struct way *way, enum trackmem_format format,
                                             const struct tmi_snapshot *snapshot, const char *when)
{
    char buffer[BUFFER_BYTES];
    struct tmi_text text = stream_to(way, buffer, sizeof buffer);
    struct tmi_accounting accounting = {
        .snapshot = snapshot,
        .when = when,
        .style = style_of(way),
        .top_sites = delivery.top_sites,
    };
    if (format == TRACKMEM_FORMAT_JSON)
        tmi_accounting_write_json(&text, &accounting);
    else if (format == TRACKMEM_FORMAT_PROMETHEUS)
        tmi_accounting_write_prometheus(&text, &accounting);
    else
        tmi_accounting_write_text(&text, &accounting);
    return tmi_text_finish(&text) ? TRACKMEM_OK : TRACKMEM_IO_ERROR;
}

enum trackmem_status tmi_report_accounting(int fd, enum trackmem_format format,
                                           const struct tmi_snapshot *snapshot, const char *when)
{
    struct way way = { .fd = fd };
    tmi_platform_lock(&delivery.lock);
    enum trackmem_status status = write_accounting(&way, format, snapshot, when);
    tmi_platform_unlock(&delivery.lock);
    return status;
}

enum trackmem_status tmi_report_accounting_to_out(const struct tmi_snapshot *snapshot,
                                                  const char *when)
{
    tmi_platform_lock(&delivery.lock);
    open_out();
    struct way way = { .fd = delivery.fd };
    enum trackmem_status status;
    do {
        status = write_accounting(&way, delivery.format, snapshot, when);
    } while (turn_to_stderr(&way));
    tmi_platform_unlock(&delivery.lock);
    return status;
}

/* Parent and child write to one file, or to one each: it is open before they part. */
void tmi_report_lock_for_fork(void)
{
    tmi_platform_lock(&delivery.lock);
    if (delivery.out_path[0] != '\0' && !tmi_text_contains(delivery.out_path, "%p"))
        open_out();
}

void tmi_report_unlock_after_fork(bool in_child)
{
    /* A file per process is asked for: the parent's is not the child's. */
    if (in_child && tmi_text_contains(delivery.out_path, "%p"))
        close_out();
    for (size_t i = 0; in_child && i < MOST_HANDLERS; i++)
        if (delivery.handling[i] != tmi_self_identity())
            delivery.handling[i] = 0; /* that thread is not in this process */
    tmi_platform_unlock(&delivery.lock);
}
