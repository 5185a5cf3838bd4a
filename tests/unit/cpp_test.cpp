/*
 * The headers from C++17: call sites by lambda wherever an expression may stand, with the names of
 * the functions around them, and the default domain of the file.
 */
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

extern "C" {
#include "unit.h"
}

#define TRACKMEM_DOMAIN cpp_domain
#include <trackmem/domain.h>
#include <trackmem/observe.h>
#include <trackmem/text.h>

#include "witness.h"

TRACKMEM_DEFINE_DOMAIN(cpp_domain, "C++", NULL);

namespace
{

void *at_namespace_scope = trackmem_malloc(11);

void *in_a_function(std::size_t size)
{
    return trackmem_malloc(size);
}

template <typename T> T *in_a_template()
{
    return TRACKMEM_NEW0(T);
}

struct Holder {
    void *in_an_initializer = trackmem_malloc(22);

    void *in_a_member(std::size_t size) const
    {
        return trackmem_calloc(1, size);
    }
};

void *as_a_default_argument(void *block = trackmem_malloc(33))
{
    return block;
}

struct Search {
    const char *words;
    int sites;
    std::uint64_t live_bytes;
    std::string function;
};

bool look(const trackmem_site_stats *site, void *user)
{
    auto *search = static_cast<Search *>(user);
    if (site->place.function != nullptr && site->live_blocks != 0 &&
        std::strstr(site->place.function, search->words) != nullptr) {
        search->sites++;
        search->live_bytes += site->live_bytes;
        search->function = site->place.function;
    }
    return true;
}

Search find(const char *words)
{
    Search search = { words, 0, 0, "" };
    trackmem_visit_sites(look, &search);
    return search;
}

void functions_are_named_as_the_source_has_them(void **)
{
    Holder holder;
    void *one = in_a_function(44);
    auto *two = in_a_template<double>();
    void *three = holder.in_a_member(55);
    Search search = find("in_a_function");
    assert_int_equal(search.sites, 1);
    assert_int_equal(search.live_bytes, 44);
    assert_null(std::strstr(search.function.c_str(), "lambda"));
    assert_null(std::strstr(search.function.c_str(), "operator()"));
    search = find("in_a_template");
    assert_int_equal(search.live_bytes, sizeof(double));
    assert_null(std::strstr(search.function.c_str(), "lambda"));
    search = find("in_a_member");
    assert_int_equal(search.live_bytes, 55);
    assert_non_null(std::strstr(search.function.c_str(), "Holder"));
    trackmem_free(one);
    trackmem_free(two);
    trackmem_free(three);
    trackmem_free(holder.in_an_initializer);
}

void sites_stand_where_no_statement_may(void **)
{
    Holder holder;
    void *block = as_a_default_argument();
    assert_int_equal(trackmem_size(at_namespace_scope), 11);
    assert_int_equal(trackmem_size(holder.in_an_initializer), 22);
    assert_int_equal(trackmem_size(block), 33);
    trackmem_free(block);
    trackmem_free(holder.in_an_initializer);
}

void the_file_s_default_domain_is_charged(void **)
{
    void *block = in_a_function(10);
    char *text = nullptr;
    assert_true(trackmem_domain_same(trackmem_domain_of(block), &cpp_domain));
    assert_int_equal(trackmem_asprintf(&text, "%d", 7), 1);
    assert_true(trackmem_domain_same(trackmem_domain_of(text), &cpp_domain));
    trackmem_free(block);
    trackmem_free(text);
    char *copy = trackmem_strdup_in(nullptr, "x");
    trackmem_free(copy);
}

void verbs_are_function_pointers_as_well(void **)
{
    void *(*make)(std::size_t) = trackmem_malloc;
    void (*end)(void *) = trackmem_free;
    void *block = make(5);
    assert_int_equal(trackmem_size(block), 5);
    end(block);
}

void reports_name_the_function(void **)
{
    void *block = in_a_function(10);
    witness_begin();
    trackmem_aligned_free(hidden(block));
    assert_misuse(TRACKMEM_MISUSE_MISMATCHED_FAMILY);
    assert_non_null(std::strstr(witness.text, "in_a_function"));
    /* Long ones are shortened in the text. */
    assert_non_null(std::strstr(witness.here_function, "reports_name_the_function"));
    assert_null(std::strstr(witness.text, "lambda"));
    assert_non_null(std::strstr(witness.allocated, "cpp_test.cpp:"));
    trackmem_free(block);
}

void nothing_is_left(void **)
{
    trackmem_free(at_namespace_scope);
    assert_nothing_alive();
}

} // namespace

int main()
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_named_as_the_source_has_them),
        cmocka_unit_test(sites_stand_where_no_statement_may),
        cmocka_unit_test(the_file_s_default_domain_is_charged),
        cmocka_unit_test(verbs_are_function_pointers_as_well),
        cmocka_unit_test(reports_name_the_function),
        cmocka_unit_test(nothing_is_left),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
