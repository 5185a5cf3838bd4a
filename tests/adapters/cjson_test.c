/*
 * cJSON: a real file read, written and read again; refusals.
 */
#include "adapter.h"

#include <trackmem/adapters/cjson.h>
#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(documents, "cjson", NULL);
static TRACKMEM_DEFINE_DOMAIN(other_documents, "other", NULL);

/* A domain is any expression: here the one that the calling thread pushed. */
TRACKMEM_CJSON_DEFINE(json_memory_setup, trackmem_domain_current());

static int begin(void **state)
{
    if (adapter_begin(state) != 0 || json_memory_setup() != TRACKMEM_OK)
        return -1;
    return trackmem_domain_push(&documents) == TRACKMEM_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    return trackmem_domain_pop() == TRACKMEM_OK ? 0 : -1;
}

static void a_real_file_is_read_written_and_read_again(void **state)
{
    size_t size;
    char *source = contents_of(TEST_JSON, &size);
    cJSON *document = cJSON_ParseWithLength(source, size);
    cJSON *again;
    char *text, *once_more;
    (void)state;

    assert_non_null(document);
    assert_true(live_blocks(&documents) > 100);
    text = cJSON_PrintUnformatted(document);
    assert_non_null(text);
    assert_true(trackmem_domain_same(trackmem_domain_of(text), &documents));
    again = cJSON_Parse(text);
    assert_non_null(again);
    once_more = cJSON_PrintUnformatted(again);
    assert_string_equal(text, once_more);
    cJSON_free(text);
    trackmem_free(once_more);
    cJSON_Delete(again);
    cJSON_Delete(document);
    assert_released(&documents);
    free(source);
}

static void each_document_is_charged_to_the_domain_in_force(void **state)
{
    cJSON *one = cJSON_Parse("[1, 2, 3]"), *other;
    uint64_t held = live_blocks(&documents);
    (void)state;

    assert_int_equal(trackmem_domain_push(&other_documents), TRACKMEM_OK);
    other = cJSON_Parse("{\"a\": {}}");
    assert_int_equal(live_blocks(&documents), held);
    assert_held(&other_documents);
    cJSON_Delete(one);
    assert_int_equal(trackmem_domain_pop(), TRACKMEM_OK);
    assert_int_equal(live_blocks(&documents), 0);
    cJSON_Delete(other);
    assert_released(&other_documents);
}

static char *small;

static bool read_and_write(void)
{
    cJSON *document = cJSON_Parse(small);
    char *text = document != NULL ? cJSON_Print(document) : NULL;

    cJSON_free(text);
    cJSON_Delete(document);
    return text != NULL;
}

static void each_refusal_is_an_error_of_cjson_and_leaves_nothing(void **state)
{
    size_t size;
    (void)state;
    small = contents_of(TEST_SMALL_JSON, &size);
    refuse_each(&documents, read_and_write);
    free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_real_file_is_read_written_and_read_again),
        cmocka_unit_test(each_document_is_charged_to_the_domain_in_force),
        cmocka_unit_test(each_refusal_is_an_error_of_cjson_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
