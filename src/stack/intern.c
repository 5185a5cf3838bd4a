/*
 * stack/intern.c: a number for each stack. Nothing here waits or is ever freed, so that readers
 * need no lock and a signal handler may intern.
 *
 * Stacks are kept as a tree of frames: those with the same callers share them, and a stack is the
 * number of its innermost frame. So a further stack costs as many nodes as it has frames of its
 * own, and stacks that are taken one after the other lie side by side.
 *
 *     node:     | caller's node | address | first called | next, next |      number 0: the root
 *     address:  | pc | epoch | next |                      number 0: none
 *
 * What a frame calls is a tree, too: of nodes with the same caller, each has two next ones, and the
 * bits of an address's hash say which way its node stands. An address is a place in a module as it
 * was loaded in an epoch (module.c): where another module stands now, it is another one.
 *
 * Two threads that meet the same new frame may both write it down; the one whose number does not
 * get into the tree loses those bytes and takes the other's.
 */
#include <string.h>

#include "base/atomic.h"
#include "stack/module.h"

#define CHUNK_NODES     8192u
#define CHUNK_ADDRESSES 1024u
#define NODE_CHUNKS     (sizeof(void *) > 4 ? 384u : 90u) /* both: 64 MiB, */
#define ADDRESS_CHUNKS  (sizeof(void *) > 4 ? 256u : 64u) /* 16 on 32 bits */
#define HEADS           4096u
#define FREE_NODES      8192u /* up to so many, in one chunk, every stack is kept */

struct tmi_stack_node {
    uint32_t caller;
    uint32_t address;
    uint32_t called; /* stored with release, read with acquire, as is what follows */
    uint32_t next[2];
};

struct tmi_stack_address {
    uintptr_t pc;
    uint32_t epoch;
    uint32_t next; /* with the same head; the same */
};

/* Things of one size, each with a number. */
struct store {
    char *chunks[512]; /* stored with release, read with acquire */
    uint32_t next;     /* atomic: the first unused number */
};

static struct {
    void *(*map)(size_t size);
    uint32_t *heads; /* of addresses; stored with release, read with acquire */
    struct store nodes;
    struct store addresses;
    uintptr_t lost; /* atomic, relaxed: a figure */
} stacks;

static struct tmi_stack_node *node_at(uint32_t number)
{
    struct tmi_stack_node *chunk = (void *)tmi_load_acquire(
        &stacks.nodes.chunks[number / CHUNK_NODES]);

    return &chunk[number % CHUNK_NODES];
}

static struct tmi_stack_address *address_at(uint32_t number)
{
    struct tmi_stack_address *chunk = (void *)tmi_load_acquire(
        &stacks.addresses.chunks[number / CHUNK_ADDRESSES]);

    return &chunk[number % CHUNK_ADDRESSES];
}

/* A new number in a store of so many chunks; 0: none is left. */
static uint32_t take(struct store *store, uint32_t in_chunk, size_t size, uint32_t most)
{
    uint32_t next = tmi_load(&store->next);

    do {
        char **slot = &store->chunks[next / in_chunk];
        char *none = NULL;
        char *mapped;

        if (next / in_chunk >= most)
            return 0;
        if (tmi_load(slot) != NULL)
            continue;
        mapped = stacks.map(in_chunk * size); /* lost, if another thread was quicker */
        if (mapped == NULL)
            return 0;
        (void)__atomic_compare_exchange_n(slot, &none, mapped, false, __ATOMIC_RELEASE,
                                          __ATOMIC_RELAXED);
    } while (!__atomic_compare_exchange_n(&store->next, &next, next + 1, true, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
    return next;
}

static uint32_t take_node(void)
{
    return take(&stacks.nodes, CHUNK_NODES, sizeof(struct tmi_stack_node), NODE_CHUNKS);
}

static uint32_t take_address(void)
{
    return take(&stacks.addresses, CHUNK_ADDRESSES, sizeof(struct tmi_stack_address),
                ADDRESS_CHUNKS);
}

void tmi_stack_intern_start(void *(*map)(size_t size))
{
    memset(&stacks, 0, sizeof stacks);
    stacks.map = map;
    stacks.heads = map(HEADS * sizeof *stacks.heads);
    if (take_node() != 0 || take_address() != 0 || stacks.nodes.next == 0 ||
        stacks.addresses.next == 0)
        stacks.heads = NULL; /* no memory */
}

static bool put(uint32_t *slot, uint32_t *before, uint32_t number)
{
    return __atomic_compare_exchange_n(slot, before, number, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

/* Of an address in an epoch that has ended the module must stand since then. */
uint32_t tmi_stack_address(uintptr_t pc, uint32_t epoch)
{
    uint32_t *head = &stacks.heads[(pc ^ pc >> 12) % HEADS];
    uint32_t first = tmi_load_acquire(head);
    uint32_t seen = 0; /* from here on was searched */
    uint32_t made = 0;

    do {
        for (uint32_t number = first; number != seen;) {
            const struct tmi_stack_address *address = address_at(number);

            if (address->pc == pc &&
                (address->epoch == epoch || tmi_stack_module_stands(pc, address->epoch)))
                return number;
            number = address->next;
        }
        made = made != 0 ? made : take_address();
        if (made == 0)
            return 0;
        *address_at(made) = (struct tmi_stack_address){ .pc = pc, .epoch = epoch, .next = first };
        seen = first;
    } while (!put(head, &first, made));
    return made;
}

/* The node of an address below that of its caller; 0: no room. */
static uint32_t called_from(uint32_t caller, uint32_t address)
{
    uint32_t bits = address * 0x9e3779b1u;
    uint32_t *slot = &node_at(caller)->called;
    uint32_t number = tmi_load_acquire(slot);
    uint32_t made = 0;

    for (;;) {
        while (number != 0) {
            struct tmi_stack_node *node = node_at(number);

            if (node->address == address)
                return number;
            slot = &node->next[bits >> 31];
            number = tmi_load_acquire(slot);
            bits <<= 1;
        }
        made = made != 0 ? made : take_node();
        if (made == 0)
            return 0;
        node_at(made)->caller = caller;
        node_at(made)->address = address;
        if (put(slot, &number, made))
            return made;
    }
}

uint32_t tmi_stack_intern_present(const uintptr_t *frames, size_t count)
{
    uint32_t epoch = tmi_stack_module_epoch();
    uint32_t number = 0;

    if (count == 0 || count > TMI_STACK_MOST || stacks.heads == NULL)
        return 0;
    for (size_t i = count; i > 0; --i) {
        uint32_t address = tmi_stack_address(frames[i - 1], epoch);

        number = address != 0 ? called_from(number, address) : 0;
        if (number == 0) {
            (void)tmi_add(&stacks.lost, 1);
            return 0;
        }
    }
    return number;
}

uint32_t tmi_stack_intern_own(const uint16_t *addresses)
{
    size_t count = 0;
    uint32_t number = 0;

    while (count < TMI_STACK_MOST && addresses[count] != 0)
        ++count;
    for (size_t i = count; i > 0; --i) {
        number = called_from(number, addresses[i - 1]);
        if (number == 0) {
            (void)tmi_add(&stacks.lost, 1);
            return 0;
        }
    }
    return number;
}

uint32_t tmi_stack_keep_own(const struct tmi_stack_own *own, uint32_t id)
{
    struct tmi_stack_own copy = *own;

    return tmi_stack_own_stands(own, id) ? tmi_stack_intern_own(copy.addresses) : 0;
}

bool tmi_stack_keeps_freely(void)
{
    return tmi_load(&stacks.nodes.next) < FREE_NODES;
}

uint32_t tmi_stack_intern(const uintptr_t *frames, size_t count)
{
    (void)tmi_stack_module_look();
    return tmi_stack_intern_present(frames, count);
}

bool tmi_stack_read(uint32_t id, struct tmi_stack *stack)
{
    stack->count = 0;
    if (id == 0 || id >= tmi_load(&stacks.nodes.next))
        return false;
    for (; id != 0 && stack->count < TMI_STACK_MOST; id = node_at(id)->caller) {
        const struct tmi_stack_address *address = address_at(node_at(id)->address);

        stack->frames[stack->count] = address->pc;
        stack->epochs[stack->count++] = address->epoch;
    }
    return true;
}

bool tmi_stack_is(uint32_t id, const uintptr_t *frames, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        const struct tmi_stack_node *node = node_at(id);

        if (id == 0 || address_at(node->address)->pc != frames[i])
            return false;
        id = node->caller;
    }
    return id == 0;
}

struct tmi_stack_stats tmi_stack_stats(void)
{
    return (struct tmi_stack_stats){
        .lost = tmi_load(&stacks.lost),
        .bytes = tmi_load(&stacks.nodes.next) * sizeof(struct tmi_stack_node) +
                 tmi_load(&stacks.addresses.next) * sizeof(struct tmi_stack_address),
    };
}
