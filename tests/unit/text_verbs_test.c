/*
 * trackmem/text.h: strings, in each form of each verb.
 */
#include "unit.h"

#include <trackmem/text.h>

#include "witness.h"

TRACKMEM_DEFINE_DOMAIN(words, "words", NULL);

static int begin(void **state)
{
    (void)state;
    witness_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_no_misuse();
    assert_nothing_alive();
    return 0;
}

static void check(char *text, const char *expected, struct trackmem_domain *domain)
{
    assert_non_null(text);
    assert_string_equal(text, expected);
    assert_int_equal(trackmem_size(text), strlen(expected) + 1);
    assert_true(trackmem_domain_same(trackmem_domain_of(text), domain));
    trackmem_free(text);
}

static void strdup_copies_in_all_its_forms(void **state)
{
    char *(*pointer)(const char *) = trackmem_strdup;
    (void)state;
    check(trackmem_strdup("hello"), "hello", NULL);
    check(trackmem_strdup(""), "", NULL);
    check(pointer("hello"), "hello", NULL);
    check(trackmem_strdup_at(TRACKMEM_SITE, "x"), "x", NULL);
    check(trackmem_strdup_in(&words, "hello"), "hello", &words);
    check((trackmem_strdup_in)(&words, "hello"), "hello", &words);
    check(trackmem_strdup_in_at(TRACKMEM_SITE, &words, "hello"), "hello", &words);
}

static void strdup_of_a_long_text(void **state)
{
    static char text[300000];
    (void)state;
    memset(text, 'x', sizeof text - 1);
    check(trackmem_strdup(text), text, NULL);
}

static void strndup_stops_at_the_length_or_the_end(void **state)
{
    static const char open_end[4] = { 'a', 'b', 'c', 'd' };
    char *(*pointer)(const char *, size_t) = trackmem_strndup;
    (void)state;
    check(trackmem_strndup("hello", 3), "hel", NULL);
    check(trackmem_strndup("hello", 5), "hello", NULL);
    check(trackmem_strndup("hello", 50), "hello", NULL);
    check(trackmem_strndup("hello", 0), "", NULL);
    check(trackmem_strndup(open_end, sizeof open_end), "abcd", NULL);
    check(pointer("hello", 2), "he", NULL);
    check(trackmem_strndup_at(TRACKMEM_SITE, "hello", 2), "he", NULL);
    check(trackmem_strndup_in(&words, "hello", 2), "he", &words);
    check((trackmem_strndup_in)(&words, "hello", 2), "he", &words);
    check(trackmem_strndup_in_at(TRACKMEM_SITE, &words, "hello", 2), "he", &words);
}

TRACKMEM_PRINTF_(3, 4) static int print_by_list(int form, char **out, const char *format, ...)
{
    va_list arguments;
    int length = -2;
    va_start(arguments, format);
    switch (form) {
    case 0: length = trackmem_vasprintf(out, format, arguments); break;
    case 1: length = (trackmem_vasprintf)(out, format, arguments); break;
    case 2: length = trackmem_vasprintf_at(TRACKMEM_SITE, out, format, arguments); break;
    case 3: length = trackmem_vasprintf_in(&words, out, format, arguments); break;
    case 4: length = (trackmem_vasprintf_in)(&words, out, format, arguments); break;
    case 5: length = trackmem_vasprintf_in_at(TRACKMEM_SITE, &words, out, format, arguments); break;
    default: break;
    }
    va_end(arguments);
    return length;
}

static void asprintf_prints_into_a_new_string_in_all_its_forms(void **state)
{
    char *text = NULL;
    (void)state;
    assert_int_equal(trackmem_asprintf(&text, "%d-%s", 42, "x"), 4);
    check(text, "42-x", NULL);
    assert_int_equal((trackmem_asprintf)(&text, "%d-%s", 42, "x"), 4);
    check(text, "42-x", NULL);
    assert_int_equal(trackmem_asprintf_at(TRACKMEM_SITE, &text, "%5.2f|", 3.14159), 6);
    check(text, " 3.14|", NULL);
    assert_int_equal(trackmem_asprintf_in(&words, &text, "plain"), 5);
    check(text, "plain", &words);
    assert_int_equal((trackmem_asprintf_in)(&words, &text, "%s", ""), 0);
    check(text, "", &words);
    assert_int_equal(trackmem_asprintf_in_at(TRACKMEM_SITE, &words, &text, "%c", 'q'), 1);
    check(text, "q", &words);
    for (int form = 0; form < 6; form++) {
        assert_int_equal(print_by_list(form, &text, "%s=%d", "n", form), 3);
        assert_int_equal(text[2], '0' + form);
        assert_true(trackmem_domain_same(trackmem_domain_of(text), form < 3 ? NULL : &words));
        trackmem_free(text);
    }
}

static void asprintf_of_a_long_text(void **state)
{
    char *text = NULL;
    (void)state;
    assert_int_equal(trackmem_asprintf(&text, "%0100000d", 7), 100000);
    assert_int_equal(strlen(text), 100000);
    assert_int_equal(text[99999], '7');
    trackmem_free(text);
}

struct found {
    const char *function;
    uint64_t blocks;
};

static bool look(const struct trackmem_site_stats *site, void *user)
{
    struct found *found = user;
    if (site->place.function != NULL && strcmp(site->place.function, found->function) == 0)
        found->blocks += site->live_blocks;
    return true;
}

static void a_string_has_its_call_site(void **state)
{
    struct found found = { __func__, 0 };
    char *one = trackmem_strdup("one");
    char *two = NULL;
    (void)state;
    assert_int_equal(trackmem_asprintf(&two, "two"), 3);
    trackmem_visit_sites(look, &found);
    assert_int_equal(found.blocks, 2);
    trackmem_free(one);
    trackmem_free(two);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(strdup_copies_in_all_its_forms),
        TEST(strdup_of_a_long_text),
        TEST(strndup_stops_at_the_length_or_the_end),
        TEST(asprintf_prints_into_a_new_string_in_all_its_forms),
        TEST(asprintf_of_a_long_text),
        TEST(a_string_has_its_call_site),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
