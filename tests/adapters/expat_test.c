/*
 * expat: a real file parsed, and refusals.
 */
#include "adapter.h"

#include <trackmem/adapters/expat.h>
#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(xml, "expat", NULL);
TRACKMEM_EXPAT_DEFINE(xml_memory, &xml);

struct seen {
    size_t elements;
    size_t types;
    uint64_t most_blocks;
};

static void on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    struct seen *seen = user;
    (void)attributes;
    seen->elements++;
    if (strcmp(name, "type") == 0)
        seen->types++;
    if (seen->elements % 1000 == 1 && live_blocks(&xml) > seen->most_blocks)
        seen->most_blocks = live_blocks(&xml);
}

static void a_real_file_is_parsed(void **state)
{
    size_t size;
    char *text = contents_of(TEST_XML, &size);
    struct seen seen = { 0 };
    XML_Parser parser = XML_ParserCreate_MM(NULL, &xml_memory, NULL);
    (void)state;

    assert_non_null(parser);
    XML_SetUserData(parser, &seen);
    XML_SetStartElementHandler(parser, on_start);
    for (size_t at = 0; at < size; at += 8192) {
        size_t part = size - at < 8192 ? size - at : 8192;
        assert_int_equal(XML_Parse(parser, text + at, (int)part, at + part == size), XML_STATUS_OK);
    }
    assert_held(&xml);
    assert_true(seen.most_blocks > 5);
    assert_true(seen.elements > 100);
    assert_int_equal(seen.types, occurrences(text, "<type>") + occurrences(text, "<type "));
    XML_ParserFree(parser);
    assert_released(&xml);
    free(text);
}

static char *small;
static size_t small_size;

static bool parse(void)
{
    XML_Parser parser = XML_ParserCreate_MM("UTF-8", &xml_memory, "|");
    enum XML_Status status;

    if (parser == NULL)
        return false;
    status = XML_Parse(parser, small, (int)small_size, 1);
    if (status != XML_STATUS_OK)
        assert_int_equal(XML_GetErrorCode(parser), XML_ERROR_NO_MEMORY);
    XML_ParserFree(parser);
    return status == XML_STATUS_OK;
}

static void each_refusal_is_an_error_of_expat_and_leaves_nothing(void **state)
{
    (void)state;
    small = contents_of(TEST_SMALL_XML, &small_size);
    refuse_each(&xml, parse);
    free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_real_file_is_parsed),
        cmocka_unit_test(each_refusal_is_an_error_of_expat_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, adapter_begin, NULL);
}
