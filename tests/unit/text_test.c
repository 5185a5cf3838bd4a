/*
 * base/text: what is built, what is cut, what is counted.
 */
#include "unit.h"

#include <string.h>

#include "base/text.h"

static char buffer[256];
static struct tmi_text text;

static int begin(void **state)
{
    (void)state;
    memset(buffer, 'x', sizeof buffer);
    tmi_text_init(&text, buffer, sizeof buffer);
    return 0;
}

static void expect(const char *wanted)
{
    assert_string_equal(buffer, wanted);
    begin(NULL);
}

static void a_short_text_is_cut_between_characters_and_says_so(void **state)
{
    (void)state;
    char small[6];
    tmi_text_init(&text, small, sizeof small);
    tmi_text_add(&text, "abc\xe2\x82\xac");
    assert_string_equal(small, "abc");
    assert_true(text.cut);
    tmi_text_add(&text, "d"); /* nothing follows what was lost */
    assert_string_equal(small, "abc");
    assert_false(tmi_text_finish(&text));
}

static void a_text_that_fits_exactly_is_whole(void **state)
{
    (void)state;
    char small[4];
    tmi_text_init(&text, small, sizeof small);
    tmi_text_add(&text, "abc");
    assert_string_equal(small, "abc");
    assert_true(tmi_text_finish(&text));
}

struct sink {
    char bytes[512];
    size_t size;
    int calls;
    bool broken;
};

static bool collect(const char *bytes, size_t size, void *user)
{
    struct sink *sink = user;
    sink->calls++;
    if (sink->broken)
        return false;
    memcpy(sink->bytes + sink->size, bytes, size);
    sink->size += size;
    return true;
}

static void a_stream_passes_all_through_a_small_buffer(void **state)
{
    (void)state;
    char small[8];
    struct sink sink = { .size = 0 };
    tmi_text_init_stream(&text, small, sizeof small, collect, &sink);
    for (int i = 0; i < 20; i++)
        tmi_text_add(&text, "0123456789");
    assert_true(tmi_text_finish(&text));
    assert_int_equal(sink.size, 200);
    for (size_t i = 0; i < 200; i++)
        assert_int_equal(sink.bytes[i], '0' + (int)(i % 10));
}

static void a_stream_that_fails_is_not_tried_again(void **state)
{
    (void)state;
    char small[8];
    struct sink sink = { .broken = true };
    tmi_text_init_stream(&text, small, sizeof small, collect, &sink);
    tmi_text_add_repeated(&text, "0123456789", 10);
    assert_false(tmi_text_finish(&text));
    assert_int_equal(sink.calls, 1);
}

static void padding_counts_characters_not_bytes_or_styles(void **state)
{
    (void)state;
    tmi_text_add(&text, "one\n\xc3\xa9t\xc3\xa9");
    tmi_text_add_style(&text, "\033[0m");
    tmi_text_pad_to(&text, 5);
    tmi_text_add_right(&text,
                       "\xe2\x89\xa4"
                       "1",
                       4);
    tmi_text_pad_to(&text, 3);
    expect("one\n\xc3\xa9t\xc3\xa9\033[0m    \xe2\x89\xa4"
           "1");
}

static void whole_numbers_reach_their_limits(void **state)
{
    (void)state;
    tmi_text_add_unsigned(&text, UINT64_MAX);
    expect("18446744073709551615");
    tmi_text_add_signed(&text, INT64_MIN);
    expect("-9223372036854775808");
    tmi_text_add_hex(&text, UINT64_MAX);
    expect("ffffffffffffffff");
    tmi_text_add_address(&text, NULL);
    expect("0x0");
}

static void counts_are_grouped_by_thousands(void **state)
{
    (void)state;
    tmi_text_add_count(&text, 0);
    expect("0");
    tmi_text_add_count(&text, 999);
    expect("999");
    tmi_text_add_count(&text, 1234567);
    expect("1,234,567");
    tmi_text_add_count(&text, UINT64_MAX);
    expect("18,446,744,073,709,551,615");
}

static void counts_that_do_not_fit_become_powers_of_a_thousand(void **state)
{
    (void)state;
    tmi_text_add_count_within(&text, 1234567, 9);
    expect("1,234,567");
    tmi_text_add_count_within(&text, 1234567, 8);
    expect("1.2 M");
    tmi_text_add_count_within(&text, 999949, 6);
    expect("999.9 k");
    tmi_text_add_count_within(&text, 999950, 6);
    expect("1.0 M");
    tmi_text_add_count_within(&text, UINT64_MAX, 6);
    expect("18.4 E");
    tmi_text_add_count_within(&text, 999, 1); /* no shorter form */
    expect("999");
}

static void bytes_are_rounded_to_a_tenth_of_a_unit(void **state)
{
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *words;
    } cases[] = {
        { 0, "0 B" },
        { 318, "318 B" },
        { 999, "999 B" },
        { 1000, "1.0 KiB" },
        { 1024, "1.0 KiB" },
        { 1280, "1.3 KiB" },
        { 1023948, "999.9 KiB" },
        { 1023949, "1.0 MiB" },
        { 1258291, "1.2 MiB" },
        { (uint64_t)3 << 40, "3.0 TiB" },
        { UINT64_MAX, "16.0 EiB" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tmi_text_add_human_bytes(&text, cases[i].bytes);
        expect(cases[i].words);
    }
}

static void percent_says_none_or_all_only_when_it_is_so(void **state)
{
    (void)state;
    tmi_text_add_percent(&text, 0, 7);
    expect("0%");
    tmi_text_add_percent(&text, 1, 1000);
    expect("<1%");
    tmi_text_add_percent(&text, 72, 100);
    expect("72%");
    tmi_text_add_percent(&text, 999, 1000);
    expect(">99%");
    tmi_text_add_percent(&text, 7, 7);
    expect("100%");
    tmi_text_add_percent(&text, 5, 0);
    expect("0%");
    tmi_text_add_percent(&text, UINT64_MAX / 2, UINT64_MAX);
    expect("50%");
}

static void json_strings_escape_what_they_must(void **state)
{
    (void)state;
    tmi_text_add_json(&text, "a\"b\\c\n\t\x01\x7f/\xe2\x82\xac");
    expect("\"a\\\"b\\\\c\\n\\t\\u0001\\u007f/\xe2\x82\xac\"");
    tmi_text_add_json(&text, NULL);
    expect("\"\"");
}

static void json_strings_replace_what_is_not_utf_8(void **state)
{
    (void)state;
    tmi_text_add_json(&text, "\xff");
    expect("\"\\ufffd\"");
    tmi_text_add_json(&text, "\xe2\x82"); /* ends too soon */
    expect("\"\\ufffd\\ufffd\"");
    tmi_text_add_json(&text, "\xc0\xaf"); /* a longer form than needed */
    expect("\"\\ufffd\\ufffd\"");
    tmi_text_add_json(&text, "\xed\xa0\x80"); /* a surrogate */
    expect("\"\\ufffd\\ufffd\\ufffd\"");
    tmi_text_add_json(&text, "\xf4\x90\x80\x80"); /* beyond U+10FFFF */
    expect("\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
    tmi_text_add_json(&text, "\xf0\x9f\x98\x80");
    expect("\"\xf0\x9f\x98\x80\"");
}

static void json_members_are_parted_by_commas_also_across_a_flush(void **state)
{
    (void)state;
    char small[8];
    struct sink sink = { .size = 0 };
    tmi_text_init_stream(&text, small, sizeof small, collect, &sink);
    tmi_text_add_char(&text, '{');
    tmi_text_add_json_string(&text, "a", "b");
    tmi_text_add_json_number(&text, "number", 12);
    tmi_text_add_json_key(&text, "c");
    tmi_text_add(&text, "[]}");
    assert_true(tmi_text_finish(&text));
    sink.bytes[sink.size] = '\0';
    assert_string_equal(sink.bytes, "{\"a\":\"b\",\"number\":12,\"c\":[]}");
}

static void paths_are_cut_at_the_left_before_a_slash(void **state)
{
    (void)state;
    tmi_text_add_keeping_end(&text, "examples/registry/strings.c:12", 30);
    expect("examples/registry/strings.c:12");
    tmi_text_add_keeping_end(&text, "examples/registry/strings.c:12", 26);
    expect(".../registry/strings.c:12");
    text.utf8 = true;
    tmi_text_add_keeping_end(&text, "examples/registry/strings.c:12", 29);
    expect("\xe2\x80\xa6/registry/strings.c:12");
    tmi_text_add_keeping_end(&text, "strings.c:12", 9);
    expect("...s.c:12");
    tmi_text_add_keeping_end(&text, "strings.c:12", 2);
    expect("12");
}

static void names_are_cut_in_the_middle(void **state)
{
    (void)state;
    text.utf8 = true;
    tmi_text_add_keeping_both_ends(&text, "registry_sqlite_malloc", 11);
    expect("regis\xe2\x80\xa6"
           "alloc");
    tmi_text_add_keeping_both_ends(&text, "registry_sqlite_malloc", 9);
    expect("regi...oc");
    tmi_text_add_keeping_both_ends(&text, "registry", 8);
    expect("registry");
    tmi_text_add_keeping_both_ends(&text, "registry", 0);
    expect("");
}

static void names_of_others_cannot_act_on_the_terminal(void **state)
{
    (void)state;
    tmi_text_add_visible(&text, "a\033[31mb\nc\x80"
                                "d\xc2\x9b");
    expect("a?[31mb?c?d?");
    assert_int_equal(tmi_text_columns("a\033b\xff\xc3\xa9"), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_short_text_is_cut_between_characters_and_says_so, begin),
        cmocka_unit_test_setup(a_text_that_fits_exactly_is_whole, begin),
        cmocka_unit_test_setup(a_stream_passes_all_through_a_small_buffer, begin),
        cmocka_unit_test_setup(a_stream_that_fails_is_not_tried_again, begin),
        cmocka_unit_test_setup(padding_counts_characters_not_bytes_or_styles, begin),
        cmocka_unit_test_setup(whole_numbers_reach_their_limits, begin),
        cmocka_unit_test_setup(counts_are_grouped_by_thousands, begin),
        cmocka_unit_test_setup(counts_that_do_not_fit_become_powers_of_a_thousand, begin),
        cmocka_unit_test_setup(bytes_are_rounded_to_a_tenth_of_a_unit, begin),
        cmocka_unit_test_setup(percent_says_none_or_all_only_when_it_is_so, begin),
        cmocka_unit_test_setup(json_strings_escape_what_they_must, begin),
        cmocka_unit_test_setup(json_strings_replace_what_is_not_utf_8, begin),
        cmocka_unit_test_setup(json_members_are_parted_by_commas_also_across_a_flush, begin),
        cmocka_unit_test_setup(paths_are_cut_at_the_left_before_a_slash, begin),
        cmocka_unit_test_setup(names_are_cut_in_the_middle, begin),
        cmocka_unit_test_setup(names_of_others_cannot_act_on_the_terminal, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
