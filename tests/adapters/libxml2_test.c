/*
 * libxml2: a real file parsed into a tree, searched and written; refusals.
 */
#include "adapter.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>

#include <trackmem/adapters/libxml2.h>
#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(xml, "libxml2", NULL);
TRACKMEM_LIBXML2_DEFINE(xml_memory_setup, &xml);

#define QUIET (XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET)

static int begin(void **state)
{
    if (adapter_begin(state) != 0 || xml_memory_setup() != TRACKMEM_OK)
        return -1;
    xmlInitParser();
    return 0;
}

static void a_real_file_becomes_a_tree_that_is_searched_and_written(void **state)
{
    uint64_t before = live_blocks(&xml);
    size_t size;
    char *text = contents_of(TEST_XML, &size);
    xmlDocPtr document = xmlReadMemory(text, (int)size, "test.xml", NULL, QUIET);
    xmlXPathContextPtr context;
    xmlXPathObjectPtr found;
    xmlChar *written = NULL;
    int written_size = 0;
    (void)state;

    assert_non_null(document);
    assert_true(live_blocks(&xml) - before > 1000);
    context = xmlXPathNewContext(document);
    assert_non_null(context);
    found = xmlXPathEvalExpression(BAD_CAST "//type", context);
    assert_non_null(found);
    assert_int_equal(found->nodesetval->nodeNr,
                     occurrences(text, "<type>") + occurrences(text, "<type "));
    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
    xmlDocDumpMemory(document, &written, &written_size);
    assert_true((size_t)written_size > size / 2);
    assert_true(trackmem_domain_same(trackmem_domain_of(written), &xml));
    xmlFree(written);
    xmlFreeDoc(document);
    assert_int_equal(live_blocks(&xml), before);
    free(text);
}

static char *small;
static size_t small_size;

static void quiet(void *context, const char *format, ...)
{
    (void)context;
    (void)format;
}

static bool parse(void)
{
    xmlDocPtr document = xmlReadMemory(small, (int)small_size, "test.xml", NULL, QUIET);
    bool well = document != NULL;
    xmlFreeDoc(document);
    xmlResetLastError();
    return well;
}

static void each_refusal_is_an_error_of_libxml2_and_leaves_nothing(void **state)
{
    (void)state;
    small = contents_of(TEST_SMALL_XML, &small_size);
    xmlSetGenericErrorFunc(NULL, quiet);
    refuse_each(&xml, parse);
    free(small);
}

static void at_the_end_the_library_gives_its_tables_back(void **state)
{
    (void)state;
    xmlCleanupParser();
    assert_released(&xml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_real_file_becomes_a_tree_that_is_searched_and_written),
        cmocka_unit_test(each_refusal_is_an_error_of_libxml2_and_leaves_nothing),
        cmocka_unit_test(at_the_end_the_library_gives_its_tables_back),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
