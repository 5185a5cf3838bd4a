/*
 * cJSON: a real file read, written and read again; refusals.
 */
#include "adapter.h"

#include <trackmem/adapters/cjson.h>
#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(documents, "cjson", NULL);
TRACKMEM_CJSON_DEFINE(json_memory_setup, &documents);

static int begin(void **state)
{
    return adapter_begin(state) == 0 && json_memory_setup() == TRACKMEM_OK ? 0 : -1;
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
    refuse_each(&documents, read_and_write, 7);
    free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_real_file_is_read_written_and_read_again),
        cmocka_unit_test(each_refusal_is_an_error_of_cjson_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
