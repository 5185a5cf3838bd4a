/*
 * report/: the accounting of hand-made snapshots, as text and as JSON.
 */
#include "unit.h"

#include <string.h>

#include "account/domain.h"
#include "report/words.h"

static struct trackmem_domain demo = { "demo", NULL, 2, TRACKMEM_LAYOUT_VERSION };
static struct trackmem_domain loader = { "loader", &demo, 3, TRACKMEM_LAYOUT_VERSION };
static struct trackmem_domain strings = { "strings", &loader, 4, TRACKMEM_LAYOUT_VERSION };
static struct trackmem_domain sqlite = { "sqlite", NULL, 5, TRACKMEM_LAYOUT_VERSION };

static char written[32768];

#define FIGURES(live, blocks, peak, slack)                                               \
    {                                                                                    \
        .live_bytes = (live), .live_blocks = (blocks), .total_bytes = 4 * (live),        \
        .total_blocks = 5 * (blocks), .peak_bytes = (peak), .peak_slack_bytes = (slack), \
        .overhead_bytes = 16 * (blocks), .size_class = {                                 \
            [5] = 7,                                                                     \
            [6] = 2                                                                      \
        }                                                                                \
    }

static struct tmi_domain_row rows[] = {
    { .name = "process", .all = FIGURES(4 << 20, 84210, 5 << 20, 65536) },
    { .domain = &sqlite, .name = "sqlite", .depth = 1, .all = FIGURES(3 << 20, 12011, 3 << 20, 0) },
    { .domain = &demo, .name = "demo", .depth = 1, .all = FIGURES(1 << 20, 72199, 2 << 20, 0) },
    { .domain = &loader,
      .name = "loader",
      .parent = 2,
      .depth = 2,
      .all = FIGURES(1 << 20, 1, 1 << 20, 0) },
    { .domain = &strings,
      .name = "strings",
      .parent = 3,
      .depth = 3,
      .destroyed = true,
      .all = FIGURES(512, 1, 1 << 20, 0) },
};

static struct trackmem_site_stats sites[] = {
    { .place = { .file = "examples/registry/strings.c", .function = "strings_intern", .line = 120 },
      .domain = &strings,
      .live_bytes = 512,
      .live_blocks = 1,
      .total_bytes = 123456789,
      .total_blocks = 12345678 },
    { .place = { .file = "/usr/lib/x86_64-linux-gnu/libsomething.so+0x1f034" },
      .domain = &sqlite,
      .live_bytes = 12,
      .live_blocks = 2 },
};

static struct tmi_snapshot snapshot = {
    .domain_count = sizeof rows / sizeof *rows,
    .domains = rows,
    .site_count = sizeof sites / sizeof *sites,
    .sites = sites,
    .shard_count = 2,
    .own_bytes = 1 << 20,
};

static const char *accounting_text(bool utf8, bool colour, size_t top_sites)
{
    struct tmi_text text;
    struct tmi_accounting accounting = {
        .snapshot = &snapshot,
        .when = "on request",
        .style = tmi_style_of(colour),
        .top_sites = top_sites,
    };
    rows[0].domain = &tmi_domain_root()->handle;
    tmi_text_init(&text, written, sizeof written);
    text.utf8 = utf8;
    tmi_accounting_write_text(&text, &accounting);
    assert_false(text.cut);
    return written;
}

static void no_line_is_wider_than_100_columns(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < 2; kind++) {
        char *line = (char *)accounting_text(kind == 1, false, 10);
        while (*line != '\0') {
            char *stop = strchr(line, '\n');
            assert_non_null(stop);
            *stop = '\0';
            assert_in_range(tmi_text_columns(line), 0, 100);
            line = stop + 1;
        }
    }
}

static void domains_stand_as_a_tree_with_shares(void **state)
{
    (void)state;
    const char *text = accounting_text(false, false, 10);
    assert_non_null(strstr(text, "  process           "));
    assert_non_null(strstr(text, "  |- sqlite         "));
    assert_non_null(strstr(text, "  `- demo           "));
    assert_non_null(strstr(text, "     `- loader      "));
    assert_non_null(strstr(text, "        `- strings (ended) "));
    assert_non_null(strstr(text, "   12.0 MiB  ##########     75%\n"));
    text = accounting_text(true, false, 10);
    assert_non_null(strstr(text, "  \xe2\x94\x9c\xe2\x94\x80 sqlite "));
    assert_non_null(strstr(text, "  \xe2\x94\x94\xe2\x94\x80 demo "));
}

static void a_peak_that_is_a_bound_is_marked(void **state)
{
    (void)state;
    assert_non_null(strstr(accounting_text(false, false, 10), " <=5.0 MiB "));
    assert_non_null(strstr(accounting_text(true, false, 10), " \xe2\x89\xa4"
                                                             "5.0 MiB "));
    assert_null(strstr(written, "\xe2\x89\xa4"
                                "3.0 MiB"));
}

static void call_sites_keep_their_file_names(void **state)
{
    (void)state;
    const char *text = accounting_text(false, false, 10);
    assert_non_null(strstr(text, "strings.c:120 "));
    assert_non_null(strstr(text, "libsomething.so+0x1f034 "));
    assert_non_null(strstr(text, " 117.7 MiB   12.3 M  "));
    text = accounting_text(false, false, 1);
    assert_null(strstr(text, "libsomething"));
    assert_non_null(strstr(text, "and 1 site with fewer live bytes"));
    assert_null(strstr(accounting_text(false, false, 0), "Function"));
}

static void colours_stand_only_where_asked_for(void **state)
{
    (void)state;
    assert_null(strstr(accounting_text(true, false, 10), "\033"));
    assert_non_null(strstr(accounting_text(true, true, 10), "\033[1m"));
}

static void very_many_domains_show_only_those_that_matter(void **state)
{
    (void)state;
    static struct tmi_domain_row many[1000];
    struct tmi_snapshot all = snapshot;
    memcpy(many, rows, sizeof rows);
    for (size_t i = snapshot.domain_count; i < 1000; i++)
        many[i] = (struct tmi_domain_row){ .domain = &sqlite, .name = "tiny", .depth = 1 };
    snapshot.domain_count = 1000;
    snapshot.domains = many;
    const char *text = accounting_text(false, false, 10);
    assert_null(strstr(text, "tiny"));
    assert_non_null(strstr(text, "  `- demo "));
    assert_non_null(strstr(text, "and 995 smaller domains"));
    snapshot = all;
}

static void the_accounting_is_one_json_object_on_a_line(void **state)
{
    (void)state;
    struct tmi_text json;
    struct tmi_accounting accounting = { .snapshot = &snapshot, .when = "at exit" };
    const char *text = written;
    rows[0].domain = &tmi_domain_root()->handle;
    tmi_text_init(&json, written, sizeof written);
    tmi_accounting_write_json(&json, &accounting);
    assert_false(json.cut);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    assert_memory_equal(text, "{\"type\":\"accounting\",\"version\":1,", 33);
    assert_non_null(strstr(text, "{\"path\":\"\",\"name\":\"process\",\"parent\":null,"));
    assert_non_null(strstr(text, "{\"path\":\"demo/loader/strings\",\"name\":\"strings\","
                                 "\"parent\":\"demo/loader\",\"destroyed\":true,"));
    assert_non_null(strstr(text, "\"hard_bytes\":0,\"size_class\":[0,0,0,0,0,7,2]}"));
}

static void a_report_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(tmi_report_accounting(-1, TRACKMEM_FORMAT_TEXT, &snapshot, "at exit"),
                     TRACKMEM_IO_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_line_is_wider_than_100_columns),
        cmocka_unit_test(domains_stand_as_a_tree_with_shares),
        cmocka_unit_test(a_peak_that_is_a_bound_is_marked),
        cmocka_unit_test(call_sites_keep_their_file_names),
        cmocka_unit_test(colours_stand_only_where_asked_for),
        cmocka_unit_test(very_many_domains_show_only_those_that_matter),
        cmocka_unit_test(the_accounting_is_one_json_object_on_a_line),
        cmocka_unit_test(a_report_that_cannot_be_written_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
