/*
 * jansson: a real file read, written and read again; refusals.
 */
#include "adapter.h"

#include <trackmem/adapters/jansson.h>
#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(documents, "jansson", NULL);
TRACKMEM_JANSSON_DEFINE(json_memory_setup, &documents);

static int begin(void **state)
{
    return adapter_begin(state) == 0 && json_memory_setup() == TRACKMEM_OK ? 0 : -1;
}

static void a_real_file_is_read_written_and_read_again(void **state)
{
    json_error_t error;
    json_t *document = json_load_file(TEST_JSON, 0, &error);
    json_t *again;
    char *text;
    (void)state;

    assert_non_null(document);
    assert_true(live_blocks(&documents) > 100);
    text = json_dumps(document, JSON_COMPACT);
    assert_non_null(text);
    assert_true(trackmem_domain_same(trackmem_domain_of(text), &documents));
    again = json_loads(text, 0, &error);
    assert_non_null(again);
    assert_true(json_equal(document, again));
    trackmem_free(text);
    json_decref(again);
    json_decref(document);
    assert_released(&documents);
}

static void a_block_from_before_the_hooks_is_reported_and_left_alone(void **state)
{
    json_t *early;
    (void)state;
    json_set_alloc_funcs(malloc, free);
    early = json_integer(1);
    assert_int_equal(json_memory_setup(), TRACKMEM_OK);
    json_decref(early);
    assert_misuse(TRACKMEM_MISUSE_FOREIGN_POINTER);
    free(early);
    witness_begin();
    assert_released(&documents);
}

static char *small;

static bool read_and_write(void)
{
    json_error_t error;
    json_t *document = json_loads(small, 0, &error);
    char *text = document != NULL ? json_dumps(document, JSON_INDENT(2)) : NULL;

    trackmem_free(text);
    json_decref(document);
    return text != NULL;
}

static void each_refusal_is_an_error_of_jansson_and_leaves_nothing(void **state)
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
        cmocka_unit_test(a_block_from_before_the_hooks_is_reported_and_left_alone),
        cmocka_unit_test(each_refusal_is_an_error_of_jansson_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
