/*
 * What the tests of wrong pointers share: each verb tried on a pointer; a child that must die.
 */
#ifndef TESTS_EACH_VERB_H
#define TESTS_EACH_VERB_H

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "witness.h"

#define PAGE 4096u

enum verb {
    FREE,
    FREE_SIZED,
    ALIGNED_FREE,
    REALLOC,
    ALIGNED_REALLOC,
    EXPORT,
    TRANSFER,
    SIZE,
    VERBS
};

static const char *const verb_names[VERBS] = {
    "trackmem_free",
    "trackmem_free_sized",
    "trackmem_aligned_free",
    "trackmem_realloc",
    "trackmem_aligned_realloc",
    "trackmem_export",
    "trackmem_transfer",
    "trackmem_size",
};

static inline void use(enum verb verb, void *ptr)
{
    switch (verb) {
    case FREE: trackmem_free(ptr); break;
    case FREE_SIZED: trackmem_free_sized(ptr, 10); break;
    case ALIGNED_FREE: trackmem_aligned_free(ptr); break;
    case REALLOC: assert_null(trackmem_realloc(ptr, 100)); break;
    case ALIGNED_REALLOC: assert_null(trackmem_aligned_realloc(ptr, 64, 100)); break;
    case EXPORT: assert_null(trackmem_export(ptr)); break;
    case TRANSFER: assert_int_equal(trackmem_transfer(ptr, NULL), TRACKMEM_NOT_OURS); break;
    case SIZE: assert_int_equal(trackmem_size(ptr), 0); break;
    case VERBS: break;
    }
}

/* Each verb names the pointer as that kind, and nothing is charged or freed. */
static inline void check(const void *ptr, enum trackmem_misuse_kind kind, const char *words)
{
    struct trackmem_stats before = stats_of(NULL, true);
    struct trackmem_stats after;
    for (int verb = 0; verb < VERBS; verb++) {
        witness_begin();
        use((enum verb)verb, hidden(ptr));
        assert_misuse(kind);
        assert_string_equal(witness.verb, verb_names[verb]);
        assert_ptr_equal(witness.last.ptr, ptr);
        if (strstr(witness.text, words) == NULL)
            print_message("not \"%s\":\n%s", words, witness.text);
        assert_non_null(strstr(witness.text, words));
        if (verb != SIZE)
            assert_string_equal(witness.here_function, "use");
    }
    after = stats_of(NULL, true);
    assert_memory_equal(&before, &after, sizeof before);
    witness_begin();
}

/* Whether fn ends a child of ours by that signal. */
static inline bool dies(void (*fn)(void *), void *argument, int number)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit none = { 0, 0 };
        (void)setrlimit(RLIMIT_CORE, &none);
        signal(number, SIG_DFL);
        fn(argument);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == number;
}

static inline int end(void **state)
{
    (void)state;
    assert_no_misuse();
    assert_nothing_alive();
    return 0;
}

static inline int begin(void **state)
{
    (void)state;
    witness_begin();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

#endif
