/*
 * SDL 2: a window and a renderer on the dummy video driver, pictures, threads; refusals.
 */
#define SDL_MAIN_HANDLED
#include "adapter.h"

#include <SDL.h>

#include <trackmem/adapters/sdl2.h>
#include <trackmem/domain.h>

static TRACKMEM_DEFINE_DOMAIN(window_memory, "sdl", NULL);
TRACKMEM_SDL2_DEFINE(sdl_memory_setup, &window_memory);

static int begin(void **state)
{
    return adapter_begin(state) == 0 && sdl_memory_setup() == TRACKMEM_OK ? 0 : -1;
}

static int SDLCALL in_a_thread(void *semaphore)
{
    return SDL_SemPost(semaphore);
}

static void a_window_is_drawn_with_the_dummy_driver(void **state)
{
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Surface *surface, *scaled;
    SDL_Texture *texture;
    SDL_sem *semaphore;
    SDL_Thread *thread;
    SDL_Event event;
    Uint32 pixels[4] = { 0 };
    SDL_Rect rectangle = { 10, 10, 2, 2 };
    int status = -1;
    (void)state;

    assert_int_equal(SDL_Init(SDL_INIT_VIDEO | SDL_INIT_TIMER | SDL_INIT_EVENTS), 0);
    assert_string_equal(SDL_GetCurrentVideoDriver(), "dummy");
    assert_int_equal(sdl_memory_setup(), TRACKMEM_BUSY);
    window = SDL_CreateWindow("test", 0, 0, 320, 200, 0);
    assert_non_null(window);
    renderer = SDL_CreateRenderer(window, -1, SDL_RENDERER_SOFTWARE);
    assert_non_null(renderer);
    surface = SDL_CreateRGBSurfaceWithFormat(0, 64, 64, 32, SDL_PIXELFORMAT_ARGB8888);
    assert_non_null(surface);
    assert_int_equal(SDL_FillRect(surface, NULL, 0xff336699), 0);
    scaled = SDL_ConvertSurfaceFormat(surface, SDL_PIXELFORMAT_RGB565, 0);
    assert_non_null(scaled);
    texture = SDL_CreateTextureFromSurface(renderer, surface);
    assert_non_null(texture);
    assert_int_equal(SDL_RenderCopy(renderer, texture, NULL, NULL), 0);
    assert_int_equal(
        SDL_RenderReadPixels(renderer, &rectangle, SDL_PIXELFORMAT_ARGB8888, pixels, 8), 0);
    assert_int_equal(pixels[0] & 0xffffff, 0x336699);
    SDL_RenderPresent(renderer);
    while (SDL_PollEvent(&event)) {
    }
    assert_true(live_bytes(&window_memory) > (uint64_t)320 * 200);
    assert_int_equal(live_blocks(&window_memory), SDL_GetNumAllocations());

    semaphore = SDL_CreateSemaphore(0);
    thread = SDL_CreateThread(in_a_thread, "a thread", semaphore);
    assert_non_null(thread);
    assert_int_equal(SDL_SemWait(semaphore), 0);
    SDL_WaitThread(thread, &status);
    assert_int_equal(status, 0);
    SDL_DestroySemaphore(semaphore);

    SDL_DestroyTexture(texture);
    SDL_FreeSurface(scaled);
    SDL_FreeSurface(surface);
    SDL_DestroyRenderer(renderer);
    SDL_DestroyWindow(window);
    SDL_Quit();
    assert_released(&window_memory);
}

static bool draw(void)
{
    SDL_Surface *surface = SDL_CreateRGBSurfaceWithFormat(0, 16, 16, 32, SDL_PIXELFORMAT_ARGB8888);
    SDL_Surface *other = NULL;
    SDL_Renderer *renderer = NULL;
    SDL_Texture *texture = NULL;

    if (surface != NULL)
        other = SDL_ConvertSurfaceFormat(surface, SDL_PIXELFORMAT_RGB565, 0);
    if (other != NULL)
        renderer = SDL_CreateSoftwareRenderer(other);
    if (renderer != NULL)
        texture = SDL_CreateTextureFromSurface(renderer, surface);
    if (texture == NULL)
        assert_string_not_equal(SDL_GetError(), "");
    SDL_DestroyTexture(texture);
    SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(other);
    SDL_FreeSurface(surface);
    return texture != NULL;
}

static void each_refusal_is_an_error_of_sdl_and_leaves_nothing(void **state)
{
    (void)state;
    assert_int_equal(SDL_Init(SDL_INIT_VIDEO), 0);
    /* Without its buffer, SDL 2 fails to say that it has no memory for the buffer, and so on. */
    SDL_ClearError();
    refuse_each(&window_memory, draw);
    SDL_Quit();
    assert_released(&window_memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_is_drawn_with_the_dummy_driver),
        cmocka_unit_test(each_refusal_is_an_error_of_sdl_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
