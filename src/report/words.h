/*
 * report/words.h: the words that reports share: styles, places, domains, one misuse before it is
 * delivered. Only files of report/ include it.
 */
#ifndef TMI_REPORT_WORDS_H
#define TMI_REPORT_WORDS_H

#include "platform/code.h"
#include "report/report.h"

#define TMI_REPORT_COLUMNS 100

/* What a terminal is told, by meaning; all empty where there are no colours. */
struct tmi_style {
    const char *strong;
    const char *quiet;
    const char *bad;
    const char *good;
    const char *bar;
    const char *off;
};
const struct tmi_style *tmi_style_of(bool colour);

/*
 * Gives a place of which only the address is known a file, "libx.so+0x1f0", written to buffer, and
 * a function if the system tells. Asks the dynamic linker, which has a lock: no lock may be held.
 */
void tmi_place_resolve(struct trackmem_place *place, char *buffer, size_t size);

/* "src/a.c:12", "libx.so+0x1f0", "0x401f0" or "an unknown place". */
void tmi_place_add(struct tmi_text *text, const struct trackmem_place *place);
/* "load()", or nothing if it is not known. */
void tmi_place_add_function(struct tmi_text *text, const struct trackmem_place *place);
/* An object with what is known. */
void tmi_place_add_json(struct tmi_text *text, const struct trackmem_place *place);
bool tmi_place_known(const struct trackmem_place *place);

/* The call that inlined a place's function, level by level; false: none. */
bool tmi_place_inlined_by(const struct trackmem_place *place, size_t level,
                          struct trackmem_place *call);

/* The program that reports are about; its name and process id as members of an object. */
const char *tmi_words_program(void);
void tmi_words_add_json_program(struct tmi_text *text);
/* NULL: this one. */
const struct tmi_report_subject *tmi_delivery_subject(void);

/*
 * "driver/shader compiler", as trackmem_domain_find takes it; "" for the process. False: it is so
 * deep that its beginning is left out.
 */
bool tmi_domain_add_path(struct tmi_text *text, const struct trackmem_domain *domain);
/* The same as a JSON string. */
void tmi_domain_add_json(struct tmi_text *text, const struct trackmem_domain *domain);
/* The same, for people: "process" instead of "". */
void tmi_domain_add_name(struct tmi_text *text, const struct trackmem_domain *domain);
/* Whether the domain is the process itself. */
bool tmi_domain_is_process(const struct trackmem_domain *domain);

/* "3 blocks", "1 block". */
void tmi_words_add_plural(struct tmi_text *text, uint64_t count, const char *one,
                          const char *several);

/* Figures in a column: bytes, after a mark such as "<="; a count, shortened if it does not fit. */
void tmi_words_add_bytes_right(struct tmi_text *text, uint64_t bytes, size_t width,
                               const char *mark);
void tmi_words_add_count_right(struct tmi_text *text, uint64_t count, size_t width);

/* A bar as long as part is of whole, at most so many columns; in eighths of one in UTF-8. */
void tmi_words_add_bar(struct tmi_text *text, uint64_t part, uint64_t whole, size_t columns);

/*
 * One misuse, worded. What a kind has no use for is 0 or NULL.
 */
struct tmi_misuse_words {
    struct trackmem_misuse misuse;
    char title[256]; /* "double free: trackmem_free gets ..." */
    char mend[384];
    char places[3][288];       /* files of here, allocated and freed that had to be looked up */
    struct tmi_code_file code; /* where a fault is, in its file; no path: not known */
    const char *outcome;       /* "the block is left alone ..."; NULL: an event, not a misuse */
    const char *call_label;    /* what happened at `here`: "freed again" */
    const char *freed_label;
    const char *notice;              /* when it was seen, where there was no call */
    const struct tmi_damage *damage; /* NULL: none */
    char found[128];                 /* what was written where */
    const char *allocated_label;     /* NULL: "allocated" */
    const char *access;              /* of a fault: "read"; else NULL */
    bool is_last;                    /* of its like: what follows is only counted */
    bool is_fault;                   /* what follows is the business of who gets the fault */
    bool is_rough;                   /* misuse.ptr is a page: that is all that is known */
    const char *origin;              /* whose the memory is, or which copy of trackmem */
    size_t alignment;
    size_t claimed_size;
    size_t span_size; /* of the arena's block in which a sub-block lies; its own is misuse.size */
    const struct tmi_leaks *leaks; /* NULL: it is about none */
    uint32_t stacks[3];            /* of the call, the allocation, the free; of src/stack */
};
enum { TMI_STACK_OF_CALL, TMI_STACK_OF_ALLOCATION, TMI_STACK_OF_FREE };

/*
 * Frames in rows below the place that they belong to; the modules of several stacks; as JSON.
 *   struck  a signal did, at the innermost: tmi_stack_at
 */
void tmi_stack_add_rows(struct tmi_text *text, uint32_t id, bool struck);
void tmi_stack_add_modules(struct tmi_text *text, const uint32_t *ids, size_t count);
void tmi_stack_add_json(struct tmi_text *text, const char *key, uint32_t id, bool struck);

/*
 * The same for the instruction at which a fault is: "demo+0x1a2b", its module's row, as JSON.
 * of_stack: what the innermost frame of a stack tells of it, false if nothing; is_told: whether the
 * modules of the stack are the row.
 */
bool tmi_code_of_stack(uint32_t id, const void *address, struct tmi_code_file *code);
bool tmi_code_is_told(const struct tmi_code_file *code, uint32_t id);
void tmi_code_add(struct tmi_text *text, const struct tmi_code_file *code);
void tmi_code_add_module(struct tmi_text *text, const struct tmi_code_file *code);
void tmi_code_add_json(struct tmi_text *text, const char *key, const struct tmi_code_file *code);

/* The bytes of the block that the backend gave; misuse.size is a sub-block's where there is one. */
static inline size_t tmi_misuse_block_size(const struct tmi_misuse_words *words)
{
    return words->misuse.kind == TRACKMEM_MISUSE_SUB_BLOCK ? words->span_size : words->misuse.size;
}

/* How many reports there were that say the same, with this one. */
uint64_t tmi_repeats_count(const struct trackmem_misuse *misuse);

/* Rows with a label: its start; words that go on in the next line. */
#define TMI_LABEL_COLUMN 2
#define TMI_VALUE_COLUMN 15
void tmi_row_begin(struct tmi_text *text, const struct tmi_style *style, const char *label);
void tmi_row_add_wrapped(struct tmi_text *text, const struct tmi_style *style, const char *label,
                         const char *words);

/* Leaks, the largest of them, and what was found besides; as JSON. */
void tmi_leaks_add_rows(struct tmi_text *text, const struct tmi_leaks *leaks,
                        const struct trackmem_domain *domain, const struct tmi_style *style);
void tmi_leaks_add_modules(struct tmi_text *text, const struct tmi_leaks *leaks);
void tmi_leaks_add_json(struct tmi_text *text, const struct tmi_leaks *leaks);
void tmi_leaks_write_excuses(struct tmi_text *text, const struct tmi_leaks *leaks,
                             const struct tmi_style *style);
void tmi_leaks_write_excuses_json(struct tmi_text *text, const struct tmi_leaks *leaks);

/* How many call sites a text lists (option top). */
size_t tmi_delivery_top(void);

void tmi_misuse_write_text(struct tmi_text *text, const struct tmi_misuse_words *words,
                           const struct tmi_style *style);
void tmi_misuse_write_json(struct tmi_text *text, const struct tmi_misuse_words *words);

/* Says how it is mended, where that is always the same. */
void tmi_words_set_mend(struct tmi_misuse_words *words, const char *mend);

/* Notes what is known of the block. */
void tmi_words_take_block(struct tmi_misuse_words *words, const struct tmi_block_facts *block);

/* Looks up places and hands it on: what a worded misuse is for. */
void tmi_misuse_deliver(struct tmi_misuse_words *words);

/* Hands a misuse to the handler or the report file, counts it, and aborts if so configured. */
void tmi_delivery_misuse(struct tmi_misuse_words *words);
/* Writes an event to the report file. */
void tmi_delivery_event(struct tmi_misuse_words *words);
/* Whether the report of a misuse is followed by the end of the program. */
bool tmi_delivery_aborts(const struct tmi_misuse_words *words);

/* The accounting, as text at most TMI_REPORT_COLUMNS wide, as JSON on one line, as metrics. */
struct tmi_accounting {
    const struct tmi_snapshot *snapshot;
    const char *when;
    const struct tmi_style *style;
    size_t top_sites;
};
void tmi_accounting_write_text(struct tmi_text *text, const struct tmi_accounting *accounting);
void tmi_accounting_write_domains(struct tmi_text *text, const struct tmi_accounting *accounting);
void tmi_accounting_write_sites(struct tmi_text *text, const struct tmi_accounting *accounting);
/* How many call sites ever allocated; those stand first. */
size_t tmi_accounting_holders(const struct tmi_snapshot *snapshot);
void tmi_accounting_write_tasks(struct tmi_text *text, const struct tmi_accounting *accounting);
void tmi_accounting_write_regions(struct tmi_text *text, const struct tmi_accounting *accounting);
void tmi_accounting_write_machine_json(struct tmi_text *text, const struct tmi_snapshot *snapshot);
void tmi_accounting_write_refused(struct tmi_text *text, const struct tmi_accounting *accounting);
void tmi_accounting_write_budgets(struct tmi_text *text, const struct tmi_accounting *accounting);
void tmi_accounting_write_json(struct tmi_text *text, const struct tmi_accounting *accounting);
void tmi_accounting_write_prometheus(struct tmi_text *text,
                                     const struct tmi_accounting *accounting);

#endif
