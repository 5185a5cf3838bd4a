/*
 * PCRE2: patterns compiled and matched over a real file, interpreted and by JIT; refusals.
 */
#include "adapter.h"

#include <trackmem/adapters/pcre2.h>
#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(patterns, "pcre2", NULL);

#define ELEMENT "<(type)(?:\\s[^>]*)?>"

/* How often a pattern matches; -1 when there is no memory. */
static long matches(const char *pattern, const char *text, size_t size, bool jit)
{
    pcre2_general_context *general = trackmem_pcre2_context(&patterns);
    pcre2_compile_context *compiling = general ? pcre2_compile_context_create(general) : NULL;
    pcre2_code *code = NULL;
    pcre2_match_data *found = NULL;
    int error, result = 0;
    PCRE2_SIZE at = 0, where;
    long count = -1;

    if (compiling == NULL)
        goto done;
    code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, 0, &error, &where, compiling);
    if (code == NULL) {
        assert_int_equal(error, PCRE2_ERROR_HEAP_FAILED);
        goto done;
    }
    if (jit && pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == PCRE2_ERROR_NOMEMORY)
        goto done;
    found = pcre2_match_data_create_from_pattern(code, NULL);
    if (found == NULL)
        goto done;
    for (count = 0;; count++) {
        result = pcre2_match(code, (PCRE2_SPTR)text, size, at, 0, found, NULL);
        if (result < 0)
            break;
        at = pcre2_get_ovector_pointer(found)[1];
    }
    if (result != PCRE2_ERROR_NOMATCH) {
        assert_true(result == PCRE2_ERROR_NOMEMORY || result == PCRE2_ERROR_HEAPLIMIT);
        count = -1;
    }
done:
    if (count >= 0)
        assert_held(&patterns);
    pcre2_match_data_free(found);
    pcre2_code_free(code);
    pcre2_compile_context_free(compiling);
    pcre2_general_context_free(general);
    return count;
}

static void a_pattern_is_found_all_over_a_real_file(void **state)
{
    size_t size;
    char *text = contents_of(TEST_XML, &size);
    size_t elements = occurrences(text, "<type>") + occurrences(text, "<type ");
    (void)state;

    assert_int_equal(matches(ELEMENT, text, size, false), elements);
    assert_released(&patterns);
    assert_int_equal(matches(ELEMENT, text, size, true), elements);
    assert_released(&patterns);
    free(text);
}

#define NESTED "(?<open>\\((?:[^()]|(?&open))*\\))"
static const char nested[] = "f((a)(b(c(d(e(f(g(h))))))))(x)";

static bool find_nested(void)
{
    return matches(NESTED, nested, sizeof nested - 1, false) == 2;
}

static bool find_nested_by_jit(void)
{
    return matches(NESTED, nested, sizeof nested - 1, true) == 2;
}

static void each_refusal_is_an_error_of_pcre2_and_leaves_nothing(void **state)
{
    (void)state;
    refuse_each(&patterns, find_nested);
    refuse_each(&patterns, find_nested_by_jit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_is_found_all_over_a_real_file),
        cmocka_unit_test(each_refusal_is_an_error_of_pcre2_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, adapter_begin, NULL);
}
