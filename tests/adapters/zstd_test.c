/*
 * zstd: a real file packed and unpacked, by workers too, a dictionary, and refusals.
 */
#include "adapter.h"

#include <trackmem/adapters/zstd.h>

#include <trackmem/domain.h>
#include <zstd_errors.h>

static TRACKMEM_DEFINE_DOMAIN(packing, "zstd", NULL);

static void round_trip(int workers)
{
    size_t size, bound, packed_size;
    char *text = contents_of(TEST_XML, &size);
    char *packed, *again = malloc(size);
    ZSTD_CCtx *compressor = ZSTD_createCCtx_advanced(trackmem_zstd_memory(&packing));
    ZSTD_DCtx *decompressor = ZSTD_createDCtx_advanced(trackmem_zstd_memory(&packing));

    assert_non_null(compressor);
    assert_non_null(decompressor);
    bound = ZSTD_compressBound(size);
    packed = malloc(bound);
    if (workers > 0 &&
        ZSTD_isError(ZSTD_CCtx_setParameter(compressor, ZSTD_c_nbWorkers, workers))) {
        print_message("this zstd was built without threads\n");
    }
    packed_size = ZSTD_compress2(compressor, packed, bound, text, size);
    assert_false(ZSTD_isError(packed_size));
    assert_true(packed_size < size / 2);
    assert_held(&packing);
    /* zstd's own idea of what a context holds, itself not counted among its workers' */
    if (workers == 0)
        assert_true(live_bytes(&packing) >=
                    ZSTD_sizeof_CCtx(compressor) + ZSTD_sizeof_DCtx(decompressor));
    assert_int_equal(ZSTD_decompressDCtx(decompressor, again, size, packed, packed_size), size);
    assert_memory_equal(text, again, size);
    ZSTD_freeCCtx(compressor);
    ZSTD_freeDCtx(decompressor);
    assert_released(&packing);
    free(text);
    free(packed);
    free(again);
}

static void a_real_file_is_packed_and_unpacked(void **state)
{
    (void)state;
    round_trip(0);
}

static void workers_allocate_in_the_same_domain(void **state)
{
    (void)state;
    round_trip(2);
}

static const char dictionary[] = "a dictionary of a few words";

static bool pack_with_a_dictionary(void)
{
    char text[2000], packed[3000], again[2000];
    ZSTD_customMem memory = trackmem_zstd_memory(&packing);
    ZSTD_CCtx *compressor = ZSTD_createCCtx_advanced(memory);
    ZSTD_DCtx *decompressor = ZSTD_createDCtx_advanced(memory);
    ZSTD_DDict *prepared = ZSTD_createDDict_advanced(dictionary, sizeof dictionary, ZSTD_dlm_byCopy,
                                                     ZSTD_dct_rawContent, memory);
    bool well = compressor != NULL && decompressor != NULL && prepared != NULL;

    fill(text, sizeof text, 3);
    if (well) {
        /* Not ZSTD_createCDict_advanced, which before 1.5.6 does not survive a refusal. */
        size_t size = ZSTD_compress_usingDict(compressor, packed, sizeof packed, text, sizeof text,
                                              dictionary, sizeof dictionary, 1);
        well = !ZSTD_isError(size) &&
               ZSTD_decompress_usingDDict(decompressor, again, sizeof again, packed, size,
                                          prepared) == sizeof again &&
               is_filled(again, sizeof again, 3);
    }
    ZSTD_freeDDict(prepared);
    ZSTD_freeDCtx(decompressor);
    ZSTD_freeCCtx(compressor);
    return well;
}

static void each_refusal_is_an_error_of_zstd_and_leaves_nothing(void **state)
{
    char text[1000], packed[2000];
    ZSTD_CCtx *compressor = ZSTD_createCCtx_advanced(trackmem_zstd_memory(&packing));
    size_t result;
    (void)state;

    assert_non_null(compressor);
    fill(text, sizeof text, 2);
    refuse_from(1, true);
    result = ZSTD_compress2(compressor, packed, sizeof packed, text, sizeof text);
    refuse_none();
    assert_int_equal(ZSTD_getErrorCode(result), ZSTD_error_memory_allocation);
    result = ZSTD_compress2(compressor, packed, sizeof packed, text, sizeof text);
    assert_false(ZSTD_isError(result));
    ZSTD_freeCCtx(compressor);
    assert_released(&packing);
    refuse_each(&packing, pack_with_a_dictionary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_real_file_is_packed_and_unpacked),
        cmocka_unit_test(workers_allocate_in_the_same_domain),
        cmocka_unit_test(each_refusal_is_an_error_of_zstd_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, adapter_begin, NULL);
}
