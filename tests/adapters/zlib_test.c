/*
 * zlib: a real file packed and unpacked, and refusals.
 */
#include "adapter.h"

#include <trackmem/adapters/zlib.h>
#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(packing, "zlib", NULL);

static void a_real_file_is_packed_and_unpacked(void **state)
{
    size_t size;
    char *text = contents_of(TEST_XML, &size);
    char *packed = malloc(size);
    char *again = malloc(size);
    uLong packed_size;
    z_stream stream;
    (void)state;

    trackmem_zlib_bind(&stream, &packing);
    assert_int_equal(deflateInit(&stream, Z_DEFAULT_COMPRESSION), Z_OK);
    stream.next_in = (Bytef *)text;
    stream.avail_in = (uInt)size;
    stream.next_out = (Bytef *)packed;
    stream.avail_out = (uInt)size;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed_size = stream.total_out;
    assert_true(packed_size < size / 2);
    assert_held(&packing);
    assert_int_equal(deflateEnd(&stream), Z_OK);
    assert_released(&packing);

    trackmem_zlib_bind(&stream, &packing);
    assert_int_equal(inflateInit(&stream), Z_OK);
    stream.next_in = (Bytef *)packed;
    stream.avail_in = (uInt)packed_size;
    stream.next_out = (Bytef *)again;
    while (stream.total_out < size) {
        stream.avail_out = 10000;
        if (size - stream.total_out < 10000)
            stream.avail_out = (uInt)(size - stream.total_out);
        assert_true(inflate(&stream, Z_NO_FLUSH) >= Z_OK);
        assert_held(&packing);
    }
    assert_int_equal(inflateEnd(&stream), Z_OK);
    assert_memory_equal(text, again, size);
    assert_released(&packing);
    free(text);
    free(packed);
    free(again);
}

static bool pack_and_unpack(void)
{
    Bytef text[1000], packed[2000], again[1000];
    z_stream stream;
    uInt packed_size;
    bool well;

    fill(text, sizeof text, 1);
    trackmem_zlib_bind(&stream, &packing);
    if (deflateInit(&stream, 1) != Z_OK)
        return false;
    stream.next_in = text;
    stream.avail_in = sizeof text;
    stream.next_out = packed;
    stream.avail_out = sizeof packed;
    well = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    packed_size = (uInt)stream.total_out;
    well = deflateEnd(&stream) == Z_OK && well;

    trackmem_zlib_bind(&stream, &packing);
    if (inflateInit(&stream) != Z_OK)
        return false;
    stream.next_in = packed;
    stream.avail_in = packed_size;
    stream.next_out = again;
    stream.avail_out = 500; /* in two parts: that needs a window */
    if (inflate(&stream, Z_NO_FLUSH) < Z_OK)
        well = false;
    stream.avail_out = 500;
    if (inflate(&stream, Z_FINISH) != Z_STREAM_END)
        well = false;
    return inflateEnd(&stream) == Z_OK && well && is_filled(again, sizeof again, 1);
}

static void each_refusal_is_an_error_of_zlib_and_leaves_nothing(void **state)
{
    z_stream stream;
    (void)state;
    refuse_each(&packing, pack_and_unpack);
    trackmem_zlib_bind(&stream, &packing);
    refuse_from(2, false);
    assert_int_equal(deflateInit(&stream, 9), Z_MEM_ERROR);
    refuse_none();
    assert_released(&packing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_real_file_is_packed_and_unpacked),
        cmocka_unit_test(each_refusal_is_an_error_of_zlib_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, adapter_begin, NULL);
}
