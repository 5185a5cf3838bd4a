/*
 * curl: a real file transferred by file://, and refusals.
 */
#include "adapter.h"

#include <trackmem/adapters/curl.h>
#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(transfers, "curl", NULL);
TRACKMEM_CURL_DEFINE(curl_start, &transfers);

static size_t received;
static uint64_t most_blocks;

static size_t receive(char *data, size_t size, size_t count, void *user)
{
    (void)data;
    (void)user;
    received += size * count;
    if (live_blocks(&transfers) > most_blocks)
        most_blocks = live_blocks(&transfers);
    return size * count;
}

static CURLcode transfer(void)
{
    CURL *handle = curl_easy_init();
    CURLcode code;

    if (handle == NULL)
        return CURLE_OUT_OF_MEMORY;
    received = 0;
    code = curl_easy_setopt(handle, CURLOPT_URL, "file://" TEST_XML);
    if (code == CURLE_OK)
        code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive);
    if (code == CURLE_OK)
        code = curl_easy_perform(handle);
    curl_easy_cleanup(handle);
    return code;
}

static void a_real_file_is_transferred(void **state)
{
    size_t size;
    char *text = contents_of(TEST_XML, &size);
    char *escaped;
    (void)state;

    assert_int_equal(curl_start(CURL_GLOBAL_DEFAULT), TRACKMEM_OK);
    assert_int_equal(transfer(), CURLE_OK);
    assert_int_equal(received, size);
    assert_true(most_blocks > 3);
    escaped = curl_easy_escape(NULL, "a b", 0);
    assert_string_equal(escaped, "a%20b");
    assert_true(trackmem_domain_same(trackmem_domain_of(escaped), &transfers));
    curl_free(escaped);
    curl_global_cleanup();
    assert_released(&transfers);
    free(text);
}

static void where_curl_was_initialised_before_the_domain_stays_empty(void **state)
{
    (void)state;
    assert_int_equal(curl_global_init(CURL_GLOBAL_DEFAULT), CURLE_OK);
    assert_int_equal(curl_start(CURL_GLOBAL_DEFAULT), TRACKMEM_OK);
    most_blocks = 0;
    assert_int_equal(transfer(), CURLE_OK);
    assert_int_equal(most_blocks, 0);
    curl_global_cleanup();
    curl_global_cleanup();
    assert_released(&transfers);
}

static bool whole_life(void)
{
    CURLcode code;
    if (curl_start(CURL_GLOBAL_DEFAULT) != TRACKMEM_OK)
        return false;
    code = transfer();
    curl_global_cleanup();
    return code == CURLE_OK;
}

static void each_refusal_is_an_error_of_curl_and_leaves_nothing(void **state)
{
    (void)state;
    refuse_each(&transfers, whole_life);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_real_file_is_transferred),
        cmocka_unit_test(where_curl_was_initialised_before_the_domain_stays_empty),
        cmocka_unit_test(each_refusal_is_an_error_of_curl_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, adapter_begin, NULL);
}
