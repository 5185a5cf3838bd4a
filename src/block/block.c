/*
 * block/block.c: see block.h. Calls the backend; takes the lock "exact" for some blocks.
 */
#include "block/block.h"

#include <string.h>

#include "backend/backend.h"
#include "block/guard.h"
#include "block/watched.h"

uint64_t tmi_header_secret;

/* How far the header stands into the span of an aligned block: kept before the header. */
static uint64_t *prefix_of(void *block)
{
    return (uint64_t *)(void *)tmi_header_of(block) - 1;
}

static void *span_of(void *block, uint64_t shape)
{
    char *header = (char *)tmi_header_of(block);

    return tmi_shape_layout(shape) == TMI_LAYOUT_PLAIN ? header : header - *prefix_of(block);
}

/* Whether the span of such a block can be kept for reuse. */
static bool may_be_kept(uint64_t shape)
{
    return tmi_reuse_class(tmi_shape_size(shape)) < TMI_REUSE_CLASSES &&
           tmi_shape_layout(shape) == TMI_LAYOUT_PLAIN && tmi_shape_backend(shape) == 0;
}

/*
 * Blocks of the reuse classes have whole classes as spans, so that any of them can be kept. A block
 * of no bytes takes one: at the end of its span it would be where the backend's next may begin, and
 * that one be taken for it. Who watches the heap has zones between, and sees each end at its byte.
 */
static size_t span_bytes(uint64_t shape)
{
    size_t size = tmi_shape_size(shape);

    if (tmi_is_watched(shape))
        return size + tmi_shape_overhead(shape);
    return may_be_kept(shape) ? tmi_reuse_span_bytes(tmi_reuse_class(size))
                              : size + (size == 0) + tmi_shape_overhead(shape);
}

static const struct trackmem_backend *backend_of(uint64_t shape)
{
    return &tmi_backends[tmi_shape_backend(shape)];
}

/* So many of its bytes are defined. */
static void begin_watch(void *block, uint64_t shape, size_t defined)
{
    if (tmi_is_watched(shape))
        tmi_watcher->begin(span_of(block, shape), span_bytes(shape), block, tmi_shape_size(shape),
                           defined);
}

static void end_watch(void *block, uint64_t shape)
{
    tmi_watched_open(block, shape);
    if (tmi_is_watched(shape))
        tmi_watcher->end(span_of(block, shape), span_bytes(shape), block);
}

static void free_span(void *span, uint64_t shape)
{
    const struct trackmem_backend *backend = backend_of(shape);

    backend->free(backend->context, span, span_bytes(shape), TRACKMEM_ALIGNMENT);
}

uint64_t tmi_block_shape(size_t size, size_t alignment, trackmem_family family, uint32_t backend)
{
    enum tmi_layout layout = alignment <= TRACKMEM_ALIGNMENT ? TMI_LAYOUT_PLAIN
                                                             : TMI_LAYOUT_ALIGNED;

    if (tmi_checking)
        layout = TMI_LAYOUT_CHECKED;
    if (alignment < TRACKMEM_ALIGNMENT)
        alignment = TRACKMEM_ALIGNMENT;
    return size | (uint64_t)backend << TMI_SIZE_BITS |
           tmi_shape_base(TMI_LOG2(alignment), layout, family);
}

/*
 * The header and the prefix word need 24 bytes before the block. Spans are aligned to
 * TRACKMEM_ALIGNMENT, so 16 + alignment bytes always hold them and the pad.
 */
static void *place_aligned(char *span, size_t alignment)
{
    uintptr_t first = (uintptr_t)span + TMI_HEADER_BYTES + sizeof(uint64_t);
    uintptr_t block = (first + alignment - 1) & ~(uintptr_t)(alignment - 1);

    *prefix_of((void *)block) = block - TMI_HEADER_BYTES - (uintptr_t)span;
    return (void *)block;
}

static bool register_block(const void *block, size_t size)
{
    struct tmi_exact_entry entry = { .block = (uintptr_t)block, .size = size };

    return !tmi_exact_wants((uintptr_t)block, size) || tmi_exact_insert(&entry);
}

/* A block over a new span, not sealed yet; all zero if asked. */
static void *take_span(uint64_t shape, bool zero)
{
    const struct trackmem_backend *backend = backend_of(shape);
    bool zeroed = zero && backend->allocate_zeroed != NULL;
    char *span = (zeroed ? backend->allocate_zeroed : backend->allocate)(
        backend->context, span_bytes(shape), TRACKMEM_ALIGNMENT);
    void *block;

    if (span == NULL)
        return NULL;
    block = tmi_shape_layout(shape) == TMI_LAYOUT_PLAIN
                ? span + TMI_HEADER_BYTES
                : place_aligned(span, tmi_shape_placement(shape));
    if (!register_block(block, tmi_shape_size(shape))) {
        free_span(span, shape);
        return NULL;
    }
    if (zero && !zeroed)
        memset(block, 0, tmi_shape_size(shape));
    return block;
}

void *tmi_block_create(struct tmi_nest *nest, uint64_t shape, uint32_t account, bool zero)
{
    size_t size = tmi_shape_size(shape);
    void *block = NULL;

    if (tmi_checking && tmi_shape_layout(shape) == TMI_LAYOUT_CHECKED)
        return tmi_checked_create(nest != NULL ? &nest->checked : NULL, shape, account, zero);
    if (nest != NULL && may_be_kept(shape))
        block = tmi_reuse_pop(&nest->reuse, tmi_reuse_class(size));
    if (block == NULL)
        block = take_span(shape, zero);
    else if (zero)
        memset(block, 0, size);
    if (block != NULL)
        tmi_header_write(block, shape, account);
    if (block != NULL)
        begin_watch(block, shape, zero ? size : 0);
    return block;
}

bool tmi_block_set_account(void *block, uint64_t shape, uint32_t from, uint32_t to)
{
    const struct tmi_header *header = tmi_header_of(block);
    bool stands;

    if (tmi_shape_layout(shape) == TMI_LAYOUT_GUARDED)
        return tmi_guard_set_account(block, from, to);
    if (tmi_checking && tmi_shape_layout(shape) == TMI_LAYOUT_CHECKED)
        return tmi_checked_set_account(block, from, to);
    tmi_watched_open(block, shape);
    stands = tmi_load(&header->shape) == shape &&
             tmi_load(&header->owner) ==
                 ((uint64_t)from << 32 | tmi_owner_seal(block, shape, from));
    if (stands)
        tmi_header_write(block, shape, to);
    tmi_watched_close(block, shape);
    return stands;
}

static void give_back(struct tmi_nest *nest, void *block, uint64_t shape,
                      struct trackmem_site *freed_at)
{
    if (nest != NULL)
        tmi_graves_bury(&nest->graves, block, shape, tmi_header_of(block)->owner, freed_at);
    free_span(span_of(block, shape), shape);
}

void tmi_block_bury_adopted(struct tmi_nest *nest, const void *block, uint64_t shape,
                            uint32_t account, struct trackmem_site *freed_at)
{
    uint64_t live = (uint64_t)account << 32 | tmi_owner_seal(block, shape, account);

    if (nest != NULL)
        tmi_graves_bury(&nest->graves, block, shape, tmi_owner_freed(live), freed_at);
}

void tmi_block_put_away(struct tmi_nest *nest, void *block, uint64_t shape,
                        struct trackmem_site *freed_at)
{
    size_t class = tmi_reuse_class(tmi_shape_size(shape));

    if (nest == NULL || !may_be_kept(shape) || tmi_exact_starts_page((uintptr_t)block) ||
        !(tmi_reuse_push(&nest->reuse, class, block, freed_at) ||
          (tmi_reuse_make_room(&nest->reuse, class) &&
           tmi_reuse_push(&nest->reuse, class, block, freed_at))))
        give_back(nest, block, shape, freed_at);
}

bool tmi_block_destroy(struct tmi_nest *nest, void *block, uint64_t shape, uint64_t owner,
                       struct trackmem_site *freed_at)
{
    if (tmi_shape_layout(shape) == TMI_LAYOUT_GUARDED)
        return tmi_guard_end(block, freed_at);
    if (tmi_checking && tmi_shape_layout(shape) == TMI_LAYOUT_CHECKED)
        return tmi_checked_end(nest != NULL ? &nest->checked : NULL, block, freed_at);
    if (tmi_exact_wants((uintptr_t)block, tmi_shape_size(shape)) && !tmi_exact_remove(block))
        return false;
    end_watch(block, shape);
    tmi_header_mark_freed(block, owner);
    tmi_block_put_away(nest, block, shape, freed_at);
    return true;
}

void tmi_block_take_back(struct tmi_nest *nest, void *block, uint64_t shape)
{
    if (tmi_guard_owns(block)) {
        (void)tmi_guard_end(block, NULL);
        return;
    }
    tmi_watched_open(block, shape);
    (void)tmi_block_destroy(nest, block, shape, tmi_header_of(block)->owner, NULL);
}

/*
 * A block that the backend moved is in the table before anybody can free it. The spare entries of
 * the table make a failure here nearly impossible; then the block lives, and freeing it will be
 * reported and leak it.
 */
static void *finish_move(void *span, uint64_t shape, uint32_t account, size_t kept)
{
    void *block = (char *)span + TMI_HEADER_BYTES;

    (void)register_block(block, tmi_shape_size(shape));
    tmi_header_write(block, shape, account);
    begin_watch(block, shape, kept);
    return block;
}

void *tmi_block_resize(void *block, uint64_t shape, uint64_t owner, size_t size, uint32_t account)
{
    uint64_t new_shape = shape >> TMI_SIZE_BITS << TMI_SIZE_BITS | size;
    size_t old_size = tmi_shape_size(shape);
    size_t old_span = span_bytes(shape);
    const struct trackmem_backend *backend = backend_of(shape);
    void *span = tmi_header_of(block);
    void *moved;

    if (tmi_shape_layout(shape) != TMI_LAYOUT_PLAIN)
        return NULL;
    if (span_bytes(new_shape) == old_span && may_be_kept(new_shape)) {
        tmi_watched_open(block, shape);
        tmi_header_write(block, new_shape, account);
        tmi_watched_close(block, shape);
        return block;
    }
    if (backend->reallocate == NULL || may_be_kept(shape) || tmi_exact_is_short())
        return NULL;
    if (tmi_exact_wants((uintptr_t)block, old_size) && !tmi_exact_remove(block))
        return NULL;
    end_watch(block, shape);
    tmi_header_mark_freed(block, owner);
    moved = backend->reallocate(backend->context, span, old_span, span_bytes(new_shape),
                                TRACKMEM_ALIGNMENT);
    if (moved == NULL) {
        (void)register_block(block, old_size);
        tmi_header_write(block, shape, tmi_owner_account(owner));
        begin_watch(block, shape, old_size);
        return NULL;
    }
    return finish_move(moved, new_shape, account, old_size < size ? old_size : size);
}
