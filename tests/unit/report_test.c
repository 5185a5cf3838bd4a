/*
 * report/: the words of each misuse, and the way out of a report.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "platform/platform.h"
#include "report/words.h"

static struct trackmem_domain demo = { "demo", NULL, 2, TRACKMEM_LAYOUT_VERSION };
static struct trackmem_domain loader = { "loader", &demo, 3, TRACKMEM_LAYOUT_VERSION };

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

static size_t occurrences(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

static void what_says_the_same_is_only_counted_in_the_end(void **state)
{
    struct trackmem_place elsewhere = { .file = "src/mesh.c", .function = "drop", .line = 99 };
    struct tmi_block_facts block = plain_block();
    struct tmi_call call = free_call;
    uint64_t before = tmi_report_misuse_count();
    (void)state;
    tmi_report_configure(
        &(struct tmi_report_options){ .out_path = "report_test.%p.out", .repeats = 3 });
    block.freed = elsewhere;
    for (int i = 0; i < 20; i++)
        tmi_report_double_free(&call, &block);
    assert_int_equal(occurrences(report(), "double free"), 3);
    assert_int_equal(occurrences(written, "  further      reports that say the same are only"), 1);
    call.here = elsewhere;
    tmi_report_double_free(&call, &block);
    assert_int_equal(occurrences(report(), "double free"), 4);
    assert_int_equal(tmi_report_misuse_count() - before, 21);
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
    struct tmi_leak list[12];
    struct tmi_leaks leaks = {
        .list = list, .count = 12, .blocks = 12, .bytes = (uint64_t)12 * 2048
    };
    struct tmi_call call = free_call;
    for (unsigned i = 0; i < 12; i++)
        list[i] = (struct tmi_leak){
            .class = TMI_LEAK_ALIVE,
            .place = { .file = "a.c", .function = "f", .line = i + 1 },
            .domain = &loader,
            .bytes = 2048,
            .blocks = 1,
        };
    call.verb = "trackmem_domain_destroy";
    call.ptr = NULL;
    tmi_report_domain_leak(&call, &loader, &leaks);
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
        "mismatched-family",
        "double-free",
        "foreign-pointer",
        "interior-pointer",
        "misaligned-pointer",
        "other-copy",
        "wrong-size",
        "damaged-header",
        "domain-leak",
        "destroyed-domain",
        "leak",
        "window-leak",
    };
    struct tmi_leaks leaks = { .blocks = 1, .bytes = 2 };
    struct tmi_block_facts block = plain_block();
    const char *line = written;
    write_to("report_test.%p.out", TRACKMEM_FORMAT_JSON);
    tmi_report_mismatched_family(&free_call, &aligned_block);
    tmi_report_double_free(&free_call, &block);
    tmi_report_foreign_pointer(&free_call, "nobody");
    tmi_report_interior_pointer(&free_call, &block);
    tmi_report_misaligned(&free_call);
    tmi_report_other_copy(&free_call, "trackmem 0.1.0 of libother.so",
                          "trackmem 0.1.0 (mine_) of libmine.so", &block);
    tmi_report_wrong_size(&free_call, &block, 1);
    tmi_report_damaged_header(&free_call, block.block);
    tmi_report_domain_leak(&free_call, &loader, &leaks);
    tmi_report_destroyed_domain(&free_call, &loader);
    tmi_report_leak(&free_call, &leaks);
    tmi_report_window_leak(&free_call, &leaks);
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

/* Of an overrun of the block: its words and what JSON tells of the damage. */
static const char *overrun_by(const struct tmi_damage *damage, enum trackmem_format format)
{
    struct tmi_block_facts block = plain_block();

    block.size = 48;
    remove(out_name);
    write_to("", format);
    write_to("report_test.%p.out", format);
    tmi_report_overrun(&free_call, &block, damage);
    return report();
}

static void an_overrun_claims_no_more_than_was_seen(void **state)
{
    static const char hint[] = "a 0 right there";
    struct tmi_damage damage = { .first = 48, .last = 48, .changed_bytes = 1, .found_bytes = 1 };
    (void)state;
    assert_non_null(strstr(overrun_by(&damage, TRACKMEM_FORMAT_TEXT),
                           "overrun: 1 byte behind the end of a block of 48 bytes was written\n"));
    assert_non_null(strstr(written, hint));
    damage.found[0] = 'x';
    assert_null(strstr(overrun_by(&damage, TRACKMEM_FORMAT_TEXT), hint));
    damage.found[0] = 0;
    damage.first = damage.last = 53;
    assert_non_null(strstr(overrun_by(&damage, TRACKMEM_FORMAT_TEXT),
                           "overrun: 1 byte was written 5 bytes behind the end of a block of 48 "
                           "bytes\n"));
    assert_non_null(strstr(written, "allocate at least 54 bytes, or"));
    assert_null(strstr(written, hint));
    assert_non_null(strstr(overrun_by(&damage, TRACKMEM_FORMAT_JSON),
                           "\"changed_bytes\":1,\"found\":\"00\",\"reaches_edge\":false}"));
}

static void damage_up_to_the_edge_may_go_on(void **state)
{
    struct tmi_damage damage = {
        .first = 48, .last = 63, .changed_bytes = 16, .reaches_edge = true, .found_bytes = 16
    };
    struct tmi_block_facts block = plain_block();
    (void)state;
    assert_non_null(strstr(overrun_by(&damage, TRACKMEM_FORMAT_TEXT),
                           "overrun: at least 16 bytes behind the end of a block of 48 bytes were "
                           "written\n"));
    assert_null(strstr(written, "allocate at least"));
    assert_non_null(strstr(overrun_by(&damage, TRACKMEM_FORMAT_JSON), "\"reaches_edge\":true}"));
    block.size = 48;
    damage.first = -32;
    damage.last = -17;
    write_to("report_test.%p.out", TRACKMEM_FORMAT_TEXT);
    tmi_report_underrun(&free_call, &block, &damage);
    assert_non_null(strstr(report(), "underrun: at least 16 bytes were written 32 bytes before the "
                                     "start of a block of 48 bytes\n"));
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_mismatched_free_names_both_sides_and_the_mend),
        TEST(a_double_free_names_both_frees),
        TEST(what_says_the_same_is_only_counted_in_the_end),
        TEST(a_resize_after_free_is_called_so),
        TEST(an_interior_pointer_says_how_far_it_is_off),
        TEST(a_foreign_pointer_says_whose_it_is),
        TEST(a_domain_leak_lists_its_call_sites),
        TEST(each_kind_has_its_identifier_in_json),
        TEST(json_holds_the_facts_of_a_misuse),
        TEST(an_overrun_claims_no_more_than_was_seen),
        TEST(damage_up_to_the_edge_may_go_on),
        TEST(a_misuse_by_the_handler_goes_to_the_report_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
