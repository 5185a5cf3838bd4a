/*
 * report/: the words of each misuse, the way out, and the accounting of hand-made snapshots.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "account/domain.h"
#include "platform/platform.h"
#include "report/words.h"

static struct trackmem_domain demo = { "demo", NULL, 2, TRACKMEM_LAYOUT_VERSION };
static struct trackmem_domain loader = { "loader", &demo, 3, TRACKMEM_LAYOUT_VERSION };
static struct trackmem_domain strings = { "strings", &loader, 4, TRACKMEM_LAYOUT_VERSION };
static struct trackmem_domain sqlite = { "sqlite", NULL, 5, TRACKMEM_LAYOUT_VERSION };

static char out_name[64];
static char written[32768];

static const struct tmi_call free_call = {
    .verb = "trackmem_free",
    .family = TRACKMEM_FAMILY_PLAIN,
    .here = { .file = "src/mesh.c", .function = "drop", .line = 31 },
    .ptr = (const void *)0x56c3f2a0u,
};

static const struct tmi_block_facts aligned_block = {
    .block = (const void *)0x56c3f2a0u,
    .size = 4096,
    .alignment = 64,
    .family = TRACKMEM_FAMILY_ALIGNED,
    .domain = &loader,
    .allocated = { .file = "src/mesh_maker.c", .function = "make", .line = 123 },
};

static struct tmi_block_facts plain_block(void)
{
    struct tmi_block_facts block = aligned_block;
    block.family = TRACKMEM_FAMILY_PLAIN;
    block.alignment = TRACKMEM_ALIGNMENT;
    return block;
}

static void write_to(const char *path, enum trackmem_format format)
{
    tmi_report_configure(
        &(struct tmi_report_options){ .out_path = path, .format = format, .top_sites = 10 });
}

static int begin(void **state)
{
    (void)state;
    snprintf(out_name, sizeof out_name, "report_test.%u.out", (unsigned)tmi_platform_process_id());
    write_to("", TRACKMEM_FORMAT_TEXT);
    write_to("report_test.%p.out", TRACKMEM_FORMAT_TEXT);
    return 0;
}

static int end(void **state)
{
    (void)state;
    tmi_report_set_handler(NULL, NULL);
    write_to("", TRACKMEM_FORMAT_TEXT);
    remove(out_name);
    return 0;
}

/* What the report file holds so far. */
static const char *report(void)
{
    FILE *file = fopen(out_name, "rb");
    size_t size = file ? fread(written, 1, sizeof written - 1, file) : 0;
    written[size] = '\0';
    if (file)
        fclose(file);
    return written;
}

static void a_mismatched_free_names_both_sides_and_the_mend(void **state)
{
    (void)state;
    tmi_report_mismatched_family(&free_call, &aligned_block);
    assert_string_equal(
        report(),
        "trackmem: mismatched free: an aligned block reaches trackmem_free\n"
        "  block        0x56c3f2a0, 4,096 bytes aligned to 64, domain demo/loader\n"
        "  allocated    src/mesh_maker.c:123  make()\n"
        "  freed        src/mesh.c:31         drop()\n"
        "  mend         what trackmem_aligned_alloc made is freed with trackmem_aligned_free\n"
        "  now          the memory is left alone, and the program goes on\n\n");
}

static void a_double_free_names_both_frees(void **state)
{
    (void)state;
    struct tmi_block_facts block = plain_block();
    block.freed =
        (struct trackmem_place){ .file = "src/early.c", .function = "drop_early", .line = 7 };
    tmi_report_double_free(&free_call, &block);
    assert_string_equal(
        report(), "trackmem: double free: trackmem_free gets a block that was freed before\n"
                  "  block        0x56c3f2a0, 4,096 bytes, domain demo/loader\n"
                  "  allocated    src/mesh_maker.c:123  make()\n"
                  "  freed first  src/early.c:7         drop_early()\n"
                  "  freed again  src/mesh.c:31         drop()\n"
                  "  mend         one of the two frees must go; a pointer set to NULL after its "
                  "free may be freed again\n"
                  "  now          the memory is left alone, and the program goes on\n\n");
}

static void a_resize_after_free_is_called_so(void **state)
{
    (void)state;
    struct tmi_block_facts block = plain_block();
    struct tmi_call call = free_call;
    call.verb = "trackmem_realloc";
    tmi_report_double_free(&call, &block);
    assert_non_null(strstr(report(), "resize after free: trackmem_realloc gets a block"));
    assert_non_null(strstr(written, "  resized      src/mesh.c:31 "));
    assert_non_null(strstr(written, "NULL is returned"));
}

static void an_interior_pointer_says_how_far_it_is_off(void **state)
{
    (void)state;
    struct tmi_block_facts block = plain_block();
    struct tmi_call call = free_call;
    call.ptr = (const char *)call.ptr + 17;
    tmi_report_interior_pointer(&call, &block);
    assert_non_null(strstr(report(), "gets a pointer into a block, 17 bytes after its start\n"));
    assert_non_null(strstr(written, "  pointer      0x56c3f2b1\n"));
    assert_non_null(strstr(written, "hand in the start of the block, 0x56c3f2a0\n"));
}

static void a_foreign_pointer_says_whose_it_is(void **state)
{
    (void)state;
    tmi_report_foreign_pointer(&free_call, "the stack of this thread");
    assert_non_null(strstr(report(), "  pointer      0x56c3f2a0, the stack of this thread\n"));
    assert_non_null(strstr(written, "this memory ends by itself"));
    tmi_report_foreign_pointer(&free_call, "the C library's heap");
    assert_non_null(strstr(report(), "trackmem_adopt"));
}

static void a_domain_leak_lists_its_call_sites(void **state)
{
    (void)state;
    struct trackmem_site_stats sites[12];
    struct tmi_call call = free_call;
    for (unsigned i = 0; i < 12; i++)
        sites[i] = (struct trackmem_site_stats){
            .place = { .file = "a.c", .function = "f", .line = i + 1 },
            .live_bytes = 2048,
            .live_blocks = 1,
        };
    call.verb = "trackmem_domain_destroy";
    call.ptr = NULL;
    tmi_report_domain_leak(&call, &loader, sites, 12, 12, (uint64_t)12 * 2048);
    assert_non_null(strstr(report(), "domain leak: demo/loader is destroyed with 12 blocks alive, "
                                     "24.0 KiB\n"));
    assert_non_null(strstr(written, "alive          2.0 KiB in       1 block   a.c:1  f()\n"));
    assert_non_null(strstr(written, "a.c:10"));
    assert_null(strstr(written, "a.c:11"));
    assert_non_null(strstr(written, "and from 2 more call sites\n"));
}

static void each_kind_has_its_identifier_in_json(void **state)
{
    (void)state;
    static const char *const ids[] = {
        "mismatched-family",  "double-free",      "foreign-pointer", "interior-pointer",
        "misaligned-pointer", "other-copy",       "wrong-size",      "damaged-header",
        "domain-leak",        "destroyed-domain",
    };
    struct tmi_block_facts block = plain_block();
    const char *line = written;
    write_to("report_test.%p.out", TRACKMEM_FORMAT_JSON);
    tmi_report_mismatched_family(&free_call, &aligned_block);
    tmi_report_double_free(&free_call, &block);
    tmi_report_foreign_pointer(&free_call, "nobody");
    tmi_report_interior_pointer(&free_call, &block);
    tmi_report_misaligned(&free_call);
    tmi_report_other_copy(&free_call, "libother.so", &block);
    tmi_report_wrong_size(&free_call, &block, 1);
    tmi_report_damaged_header(&free_call, block.block);
    tmi_report_domain_leak(&free_call, &loader, NULL, 0, 1, 2);
    tmi_report_destroyed_domain(&free_call, &loader);
    report();
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        char start[80];
        snprintf(start, sizeof start, "{\"type\":\"misuse\",\"kind\":\"%s\",", ids[i]);
        assert_memory_equal(line, start, strlen(start));
        line = strchr(line, '\n');
        assert_non_null(line);
        assert_int_equal(line[-1], '}');
        line++;
    }
    assert_string_equal(line, "");
}

static void json_holds_the_facts_of_a_misuse(void **state)
{
    (void)state;
    write_to("report_test.%p.out", TRACKMEM_FORMAT_JSON);
    tmi_report_mismatched_family(&free_call, &aligned_block);
    assert_non_null(strstr(
        report(),
        "\"verb\":\"trackmem_free\",\"verb_family\":\"trackmem\",\"pointer\":\"0x56c3f2a0\","
        "\"block\":{\"address\":\"0x56c3f2a0\",\"size_bytes\":4096,\"alignment_bytes\":64,"
        "\"family\":\"aligned\",\"offset_bytes\":0},\"domain\":\"demo/loader\","
        "\"here\":{\"file\":\"src/mesh.c\",\"line\":31,\"function\":\"drop\"},"
        "\"allocated\":{\"file\":\"src/mesh_maker.c\",\"line\":123,\"function\":\"make\"},"));
}

static int handled;

static void clumsy_handler(const struct trackmem_misuse *misuse, void *user)
{
    handled++;
    assert_ptr_equal(user, &handled);
    assert_int_equal(misuse->kind, TRACKMEM_MISUSE_MISMATCHED_FAMILY);
    assert_string_equal(misuse->id, "mismatched-family");
    assert_string_equal(misuse->verb, "trackmem_free");
    assert_int_equal(misuse->size, 4096);
    assert_int_equal(misuse->allocated.line, 123);
    assert_non_null(strstr(misuse->text, "trackmem: mismatched free: "));
    tmi_report_misaligned(&free_call);
}

static void a_misuse_by_the_handler_goes_to_the_report_file(void **state)
{
    (void)state;
    uint64_t before = tmi_report_misuse_count();
    handled = 0;
    tmi_report_set_handler(clumsy_handler, &handled);
    tmi_report_mismatched_family(&free_call, &aligned_block);
    tmi_report_mismatched_family(&free_call, &aligned_block);
    assert_int_equal(handled, 2);
    assert_int_equal(tmi_report_misuse_count() - before, 4);
    assert_null(strstr(report(), "mismatched"));
    assert_non_null(strstr(written, "misaligned pointer"));
}

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
    assert_non_null(strstr(text, " 117.7 MiB  12.3 M  "));
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
    rows[0].domain = &tmi_domain_root()->handle;
    write_to("report_test.%p.out", TRACKMEM_FORMAT_JSON);
    assert_int_equal(tmi_report_accounting_to_out(&snapshot, "at exit"), TRACKMEM_OK);
    const char *text = report();
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    assert_memory_equal(text, "{\"type\":\"accounting\",\"version\":1,", 33);
    assert_non_null(strstr(text, "{\"path\":\"\",\"name\":\"process\",\"parent\":null,"));
    assert_non_null(strstr(text, "{\"path\":\"demo/loader/strings\",\"name\":\"strings\","
                                 "\"parent\":\"demo/loader\",\"destroyed\":true,"));
    assert_non_null(strstr(text, "\"failures\":0,\"size_class\":[0,0,0,0,0,7,2]}"));
}

static void a_report_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(tmi_report_accounting(-1, TRACKMEM_FORMAT_TEXT, &snapshot, "at exit"),
                     TRACKMEM_IO_ERROR);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_mismatched_free_names_both_sides_and_the_mend),
        TEST(a_double_free_names_both_frees),
        TEST(a_resize_after_free_is_called_so),
        TEST(an_interior_pointer_says_how_far_it_is_off),
        TEST(a_foreign_pointer_says_whose_it_is),
        TEST(a_domain_leak_lists_its_call_sites),
        TEST(each_kind_has_its_identifier_in_json),
        TEST(json_holds_the_facts_of_a_misuse),
        TEST(a_misuse_by_the_handler_goes_to_the_report_file),
        TEST(no_line_is_wider_than_100_columns),
        TEST(domains_stand_as_a_tree_with_shares),
        TEST(a_peak_that_is_a_bound_is_marked),
        TEST(call_sites_keep_their_file_names),
        TEST(colours_stand_only_where_asked_for),
        TEST(very_many_domains_show_only_those_that_matter),
        TEST(the_accounting_is_one_json_object_on_a_line),
        TEST(a_report_that_cannot_be_written_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
