/*
 * GMP: large numbers, strings handed over, and a refusal that is survived.
 */
#include "adapter.h"

#include <setjmp.h>

#include <trackmem/adapters/gmp.h>
#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(numbers, "gmp", NULL);

static jmp_buf out_of_memory;
static size_t refused_size;

static void leave(size_t size)
{
    refused_size = size;
    longjmp(out_of_memory, 1);
}

TRACKMEM_GMP_DEFINE(gmp_memory_setup, &numbers, leave);

static int begin(void **state)
{
    return adapter_begin(state) == 0 && gmp_memory_setup() == TRACKMEM_OK ? 0 : -1;
}

static void a_factorial_and_fibonacci_numbers_are_computed(void **state)
{
    mpz_t factorial, quotient, a, b, sum;
    char *text;
    (void)state;

    mpz_inits(factorial, quotient, a, b, sum, NULL);
    mpz_fac_ui(factorial, 20000);
    assert_int_equal(mpz_sizeinbase(factorial, 10), 77338);
    assert_held(&numbers);
    for (unsigned long i = 20000; i > 1; i--)
        assert_int_equal(mpz_tdiv_q_ui(factorial, factorial, i), 0);
    assert_int_equal(mpz_cmp_ui(factorial, 1), 0);

    mpz_fib2_ui(a, b, 10000);
    mpz_add(sum, a, b);
    mpz_fib_ui(quotient, 10001);
    assert_int_equal(mpz_cmp(sum, quotient), 0);
    mpz_fib_ui(a, 100);
    text = mpz_get_str(NULL, 10, a);
    assert_string_equal(text, "354224848179261915075");
    assert_int_equal(trackmem_size(text), 22);
    trackmem_free(text);
    mpz_clears(factorial, quotient, a, b, sum, NULL);
    assert_released(&numbers);
}

static void a_refusal_leaves_numbers_that_can_be_cleared(void **state)
{
    mpz_t number;
    (void)state;

    mpz_init_set_ui(number, 1);
    if (setjmp(out_of_memory) == 0) {
        refuse_from(1, true);
        mpz_mul_2exp(number, number, 1000000);
        fail_msg("2^1000000 without memory");
    }
    refuse_none();
    assert_true(refused_size >= 1000000 / 8);
    mpz_set_ui(number, 7);
    assert_int_equal(mpz_get_ui(number), 7);
    mpz_clear(number);
    assert_released(&numbers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_factorial_and_fibonacci_numbers_are_computed),
        cmocka_unit_test(a_refusal_leaves_numbers_that_can_be_cleared),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
