/*
 * stack/cfi.c: a rule out of the tables that compilers leave for exceptions (.eh_frame: DWARF's
 * call frame information, as the Linux Standard Base has it).
 *
 * The compiler's unwinder finds the entry of an address. The short program in it says, address by
 * address, where the frame ends and where registers were saved. Of all that a rule needs three
 * facts, in the form that compilers nearly always give them. Whatever else is met (an expression, a
 * register of another kind, a signal's frame, an unknown instruction) makes the rule not usable.
 */
#include <string.h>

#include "stack/rules.h"

#define WORD 8

/* Registers, as the tables number them; of others nothing is asked. */
#define FRAME  6u
#define STACK  7u
#define RETURN 16u

struct bases {
    void *text;
    void *data;
    void *function;
};
extern const uint8_t *_Unwind_Find_FDE(void *pc, struct bases *bases); /* the compiler's library */

struct reader {
    const uint8_t *at;
    const uint8_t *end;
    bool bad; /* the end was met, or what is not known */
};

static uint64_t read_fixed(struct reader *reader, size_t size)
{
    uint64_t value = 0;

    if ((size_t)(reader->end - reader->at) < size) {
        reader->bad = true;
        return 0;
    }
    memcpy(&value, reader->at, size); /* the lowest byte stands first */
    reader->at += size;
    return value;
}

static uint64_t read_leb(struct reader *reader)
{
    uint64_t value = 0;
    unsigned shift = 0;
    uint64_t byte;

    do {
        byte = read_fixed(reader, 1);
        value |= shift < 64 ? (byte & 0x7f) << shift : 0;
        shift += 7;
    } while ((byte & 0x80) != 0);
    return value;
}

static int64_t read_signed_leb(struct reader *reader)
{
    const uint8_t *start = reader->at;
    uint64_t value = read_leb(reader);
    unsigned bits = 7 * (unsigned)(reader->at - start);

    if (bits > 0 && bits < 64 && (value >> (bits - 1) & 1) != 0)
        value |= ~(uint64_t)0 << bits;
    return (int64_t)value;
}

static void skip(struct reader *reader, uint64_t size)
{
    if (size > (uint64_t)(reader->end - reader->at))
        reader->bad = true;
    else
        reader->at += size;
}

/* A record of the tables begins with its length. */
static struct reader open_record(const uint8_t *at)
{
    uint32_t size;

    memcpy(&size, at, sizeof size);
    if (size == UINT32_MAX) /* a long one */
        return (struct reader){ at, at, true };
    return (struct reader){ at + sizeof size, at + sizeof size + size, false };
}

/* What the entries of a kind have in common. */
struct common {
    uint64_t code_step;
    int64_t data_step;
    uint8_t pointers; /* how addresses are written */
    bool augmented;
    struct reader program;
};

/* 0: not known. */
static size_t pointer_size(uint8_t encoding)
{
    static const uint8_t sizes[16] = { 8, 0, 2, 4, 8, 0, 0, 0, 0, 0, 2, 4, 8, 0, 0, 0 };

    return (encoding & 0x70) == 0x50 ? 0 : sizes[encoding & 15];
}

/* Letters say what stands here: L, P, R each an encoding, P a pointer as well; S: a signal's. */
static void read_augmentation(struct reader *reader, const char *letters, struct common *common)
{
    uint64_t size = read_leb(reader);
    struct reader part = *reader;

    common->augmented = true;
    skip(reader, size);
    for (; *letters != '\0'; ++letters) {
        uint8_t encoding = (uint8_t)read_fixed(&part, 1);

        if (*letters == 'R')
            common->pointers = encoding;
        else if (*letters == 'P' && pointer_size(encoding) != 0)
            skip(&part, pointer_size(encoding));
        else if (*letters != 'L')
            part.bad = true;
    }
    reader->bad |= part.bad;
}

static bool read_common(const uint8_t *at, struct common *common)
{
    struct reader reader = open_record(at);
    uint64_t id = read_fixed(&reader, 4);
    uint64_t version = read_fixed(&reader, 1);
    const char *letters = (const char *)reader.at;
    uint64_t column;

    while (read_fixed(&reader, 1) != 0)
        continue;
    common->augmented = false;
    common->pointers = 0;
    common->code_step = read_leb(&reader);
    common->data_step = read_signed_leb(&reader);
    column = version == 1 ? read_fixed(&reader, 1) : read_leb(&reader);
    if (reader.bad || id != 0 || (version != 1 && version != 3) || column != RETURN)
        return false;
    if (letters[0] == 'z')
        read_augmentation(&reader, letters + 1, common);
    else if (letters[0] != '\0')
        return false;
    common->program = reader;
    return !reader.bad;
}

/* Where the caller's value of a register stands. */
struct saved {
    enum { UNTOUCHED, BELOW_END, UNDEFINED, ELSEWHERE } how;
    int64_t offset; /* BELOW_END: from the frame's end */
};

enum { OF_FRAME, OF_STACK, OF_RETURN, OF_OTHER, REGISTERS };

struct state {
    uint64_t base; /* the register from which the frame's end is counted */
    int64_t offset;
    bool computed; /* by an expression instead */
    struct saved saved[REGISTERS];
};

#define STATES 8u /* that a program remembers at once */

struct machine {
    const struct common *common;
    uintptr_t location;
    struct state state;
    struct state initial; /* what the common program leaves */
    struct state kept[STATES];
    size_t kept_count;
};

static size_t index_of(uint64_t number)
{
    return number == FRAME    ? OF_FRAME
           : number == STACK  ? OF_STACK
           : number == RETURN ? OF_RETURN
                              : OF_OTHER;
}

static void save(struct machine *machine, uint64_t number, int how, int64_t offset)
{
    struct saved *saved = &machine->state.saved[index_of(number)];

    saved->how = how;
    saved->offset = offset;
}

static void restore(struct machine *machine, uint64_t number)
{
    machine->state.saved[index_of(number)] = machine->initial.saved[index_of(number)];
}

/* Instructions that say where a register is saved. */
static void run_saving(struct machine *machine, struct reader *reader, uint64_t code)
{
    uint64_t number = read_leb(reader);

    switch (code) {
    case 0x05: /* offset_extended */
        save(machine, number, BELOW_END, (int64_t)read_leb(reader) * machine->common->data_step);
        break;
    case 0x11: /* offset_extended_sf */
        save(machine, number, BELOW_END, read_signed_leb(reader) * machine->common->data_step);
        break;
    case 0x06: /* restore_extended */ restore(machine, number); break;
    case 0x07: /* undefined */ save(machine, number, UNDEFINED, 0); break;
    case 0x08: /* same_value */ save(machine, number, UNTOUCHED, 0); break;
    case 0x10: /* expression */
    case 0x16: /* val_expression */
        save(machine, number, ELSEWHERE, 0);
        skip(reader, read_leb(reader));
        break;
    default: /* register, val_offset, val_offset_sf */
        save(machine, number, ELSEWHERE, 0);
        (void)read_leb(reader);
        break;
    }
}

/* Instructions that say where the frame ends. */
static void run_defining(struct machine *machine, struct reader *reader, uint64_t code)
{
    struct state *state = &machine->state;

    if (code == 0x0c || code == 0x0d || code == 0x12) /* def_cfa, def_cfa_register, def_cfa_sf */
        state->base = read_leb(reader);
    if (code == 0x0c || code == 0x0e) /* def_cfa, def_cfa_offset */
        state->offset = (int64_t)read_leb(reader);
    if (code == 0x12 || code == 0x13) /* def_cfa_sf, def_cfa_offset_sf */
        state->offset = read_signed_leb(reader) * machine->common->data_step;
    if (code == 0x0f) /* def_cfa_expression */
        skip(reader, read_leb(reader));
    if (code != 0x0e && code != 0x13)
        state->computed = code == 0x0f;
}

/* The rest. */
static void run_other(struct machine *machine, struct reader *reader, uint64_t code)
{
    if (code >= 0x02 && code <= 0x04) /* advance_loc1, 2, 4 */
        machine->location += read_fixed(reader, (size_t)1 << (code - 2)) *
                             machine->common->code_step;
    else if (code == 0x0a && machine->kept_count < STATES) /* remember_state */
        machine->kept[machine->kept_count++] = machine->state;
    else if (code == 0x0b && machine->kept_count > 0) /* restore_state */
        machine->state = machine->kept[--machine->kept_count];
    else if (code == 0x2e) /* GNU_args_size */
        (void)read_leb(reader);
    else if (code != 0x00) /* nop */
        reader->bad = true;
}

static void run_one(struct machine *machine, struct reader *reader)
{
    uint64_t code = read_fixed(reader, 1);
    uint64_t low = code & 0x3f;

    if (code >> 6 == 1) /* advance_loc */
        machine->location += low * machine->common->code_step;
    else if (code >> 6 == 2) /* offset */
        save(machine, low, BELOW_END, (int64_t)read_leb(reader) * machine->common->data_step);
    else if (code >> 6 == 3)
        restore(machine, low);
    else if ((code >= 0x05 && code <= 0x09) || code == 0x10 || code == 0x11 ||
             (code >= 0x14 && code <= 0x16))
        run_saving(machine, reader, code);
    else if ((code >= 0x0c && code <= 0x0f) || code == 0x12 || code == 0x13)
        run_defining(machine, reader, code);
    else
        run_other(machine, reader, code);
}

/* Until what follows is of addresses behind the given one. */
static bool run(struct machine *machine, struct reader reader, uintptr_t address)
{
    while (reader.at < reader.end && machine->location <= address && !reader.bad)
        run_one(machine, &reader);
    return !reader.bad;
}

/* In the form of rules.h, if it has one. */
static uint64_t rule_from(const struct state *state)
{
    const struct saved *frame = &state->saved[OF_FRAME];
    const struct saved *back = &state->saved[OF_RETURN];
    uint64_t rule = TMI_RULE_USABLE;

    if (back->how == UNDEFINED)
        return TMI_RULE_USABLE | TMI_RULE_END;
    if (state->computed || (state->base != FRAME && state->base != STACK) ||
        state->offset % WORD != 0 || state->offset < WORD ||
        state->offset / WORD > (int64_t)TMI_RULE_SIZE_MOST || back->how != BELOW_END ||
        back->offset != -WORD || state->saved[OF_STACK].how != UNTOUCHED)
        return 0;
    rule |= (uint64_t)state->offset / WORD;
    if (state->base == FRAME)
        rule |= TMI_RULE_BY_FRAME;
    if (frame->how == BELOW_END && frame->offset % WORD == 0 && frame->offset < 0 &&
        -frame->offset / WORD <= (int64_t)TMI_RULE_PLACE_MOST)
        rule |= (uint64_t)(-frame->offset / WORD) << TMI_RULE_PLACE_BIT;
    else if (frame->how != UNTOUCHED)
        return 0;
    return rule;
}

uint64_t tmi_rule_read(uintptr_t pc)
{
    uintptr_t call = pc - 1;
    struct bases bases = { NULL, NULL, NULL };
    const uint8_t *entry = _Unwind_Find_FDE((void *)call, &bases);
    struct reader reader;
    struct common common;
    struct machine machine = { .common = &common };
    const uint8_t *back;

    if (entry == NULL)
        return 0;
    reader = open_record(entry);
    back = reader.at;
    back -= read_fixed(&reader, 4); /* where the common part stands */
    if (reader.bad || !read_common(back, &common) || pointer_size(common.pointers) == 0)
        return 0;
    skip(&reader, 2 * pointer_size(common.pointers)); /* start and size of the function */
    if (common.augmented)
        skip(&reader, read_leb(&reader));
    if (!run(&machine, common.program, UINTPTR_MAX))
        return 0;
    machine.initial = machine.state;
    machine.location = (uintptr_t)bases.function;
    return run(&machine, reader, call) ? rule_from(&machine.state) : 0;
}
