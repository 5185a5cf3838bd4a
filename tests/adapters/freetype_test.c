/*
 * FreeType: a packaged font loaded, its glyphs rendered; refusals.
 */
#include "adapter.h"

#include <trackmem/adapters/freetype.h>
#include <trackmem/domain.h>

#include FT_GLYPH_H
#include FT_OUTLINE_H

static TRACKMEM_DEFINE_DOMAIN(fonts, "freetype", NULL);
static struct FT_MemoryRec_ memory;

/* As FT_Init_FreeType does. */
static FT_Library open_library(void)
{
    FT_Library library;

    memory = trackmem_freetype_memory(&fonts);
    if (FT_New_Library(&memory, &library) != 0)
        return NULL;
    FT_Add_Default_Modules(library);
    FT_Set_Default_Properties(library);
    return library;
}

static void the_glyphs_of_a_packaged_font_are_rendered(void **state)
{
    FT_Library library = open_library();
    FT_Face face;
    unsigned long ink = 0;
    (void)state;

    assert_non_null(library);
    assert_int_equal(FT_New_Face(library, TEST_FONT, 0, &face), 0);
    for (FT_UInt pixels = 8; pixels <= 64; pixels *= 2) {
        assert_int_equal(FT_Set_Pixel_Sizes(face, 0, pixels), 0);
        for (FT_ULong letter = '!'; letter <= '~'; letter++) {
            const FT_Bitmap *bitmap = &face->glyph->bitmap;
            assert_int_equal(FT_Load_Char(face, letter, FT_LOAD_RENDER), 0);
            for (unsigned i = 0; i < bitmap->rows * (unsigned)bitmap->pitch; i++)
                ink += bitmap->buffer[i] > 127;
        }
    }
    assert_true(ink > 10000);
    assert_held(&fonts);
    assert_int_equal(FT_Done_Face(face), 0);
    assert_int_equal(FT_Done_Library(library), 0);
    assert_released(&fonts);
}

/* Hinted by FreeType itself: 2.12 does not survive a refusal while it prepares a font's own. */
static bool render(void)
{
    FT_Library library = open_library();
    FT_Face face;
    FT_Glyph glyph;
    bool well;

    if (library == NULL)
        return false;
    well = FT_New_Face(library, TEST_FONT, 0, &face) == 0;
    if (well) {
        well = FT_Set_Pixel_Sizes(face, 0, 24) == 0 &&
               FT_Load_Char(face, 'g', FT_LOAD_RENDER | FT_LOAD_FORCE_AUTOHINT) == 0 &&
               FT_Get_Glyph(face->glyph, &glyph) == 0;
        if (well)
            FT_Done_Glyph(glyph);
        FT_Done_Face(face);
    }
    FT_Done_Library(library);
    return well;
}

static void each_refusal_is_an_error_of_freetype_and_leaves_nothing(void **state)
{
    FT_Library library;
    (void)state;
    memory = trackmem_freetype_memory(&fonts);
    refuse_from(1, true);
    assert_int_equal(FT_New_Library(&memory, &library), FT_Err_Out_Of_Memory);
    refuse_none();
    refuse_each(&fonts, render);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_glyphs_of_a_packaged_font_are_rendered),
        cmocka_unit_test(each_refusal_is_an_error_of_freetype_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, adapter_begin, NULL);
}
