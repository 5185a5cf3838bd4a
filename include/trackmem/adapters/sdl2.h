/*
 * trackmem/adapters/sdl2.h: lets SDL 2 allocate through trackmem, in one domain.
 * pkg-config: sdl2
 *
 *     TRACKMEM_DEFINE_DOMAIN(window, "sdl", NULL);
 *     TRACKMEM_SDL2_DEFINE(sdl_memory_setup, &window);
 *     ...
 *     sdl_memory_setup();
 *
 * When:       once, before anything else of SDL, by one thread.
 * Ownership:  what SDL hands over for the caller to free (SDL_LoadFile, SDL_GetClipboardText) is
 *             freed by SDL_free.
 * Failure:    NULL or -1, and SDL_GetError says "Out of memory". The first error of a thread takes
 *             a buffer, and without memory for that SDL 2 recurses until the stack ends: call
 *             SDL_ClearError once in each thread, while there is memory.
 * Threads:    any, several at once.
 * Not seen:   the window system, graphics and sound libraries below it, and textures that live in
 *             graphics memory; stacks of its threads.
 */
#ifndef TRACKMEM_ADAPTERS_SDL2_H
#define TRACKMEM_ADAPTERS_SDL2_H

#include <SDL_stdinc.h>

#include "trackmem/adapters/hooks.h"

/*
 * Defines the function that makes SDL allocate in a domain; at file scope.
 *   name    of the function: static enum trackmem_status name(void)
 *   domain  see hooks.h
 * It returns TRACKMEM_OK; TRACKMEM_BUSY, and nothing is changed, when SDL holds memory already;
 * TRACKMEM_UNSUPPORTED when SDL refuses.
 */
#define TRACKMEM_SDL2_DEFINE(name, domain)                                             \
    TRACKMEM_HOOK_MALLOC_(name, domain)                                                \
    TRACKMEM_HOOK_CALLOC_(name, domain)                                                \
    TRACKMEM_HOOK_REALLOC_(name, domain)                                               \
    TRACKMEM_HOOK_FREE_(name)                                                          \
    static enum trackmem_status name(void)                                             \
    {                                                                                  \
        if (SDL_GetNumAllocations() > 0)                                               \
            return TRACKMEM_BUSY;                                                      \
        return SDL_SetMemoryFunctions(name##_malloc_, name##_calloc_, name##_realloc_, \
                                      name##_free_) == 0                               \
                   ? TRACKMEM_OK                                                       \
                   : TRACKMEM_UNSUPPORTED;                                             \
    }                                                                                  \
    TRACKMEM_HOOK_END_

#endif
