/*
 * report/stack_rows.c: stacks in a report. A frame is told as its module and the address in the
 * module's file, and the modules by path and build-id below, so that `trackmem symbols` finds the
 * lines, then or later:
 *
 *                #0 demo+0x1a2b  load()
 *   ...
 *   module       demo is /usr/bin/demo, build-id 3f2a...
 *
 * An address is a return address; where a fault is, it is that of the instruction, and ", here"
 * says so.
 */
#include "platform/platform.h"
#include "report/words.h"
#include "stack/stack.h"

#define LABEL_COLUMN 2
#define VALUE_COLUMN 15
#define MOST_MODULES 32

static const char *base_name(const char *path)
{
    const char *name = path;

    for (; *path != '\0'; ++path)
        if (*path == '/' || *path == '\\')
            name = path + 1;
    return name;
}

static void add_build_id(struct tmi_text *text, const uint8_t *build_id, uint32_t size)
{
    for (uint32_t i = 0; i < size; ++i) {
        if (build_id[i] < 16)
            tmi_text_add_char(text, '0');
        tmi_text_add_hex(text, build_id[i]);
    }
}

static void add_in_file(struct tmi_text *text, const char *path, uintptr_t offset)
{
    tmi_text_add_visible(text, base_name(path));
    tmi_text_add(text, "+0x");
    tmi_text_add_hex(text, offset);
}

static void add_module_row(struct tmi_text *text, const char *path, const uint8_t *build_id,
                           uint32_t build_id_size)
{
    tmi_text_pad_to(text, LABEL_COLUMN);
    tmi_text_add(text, "module");
    tmi_text_pad_to(text, VALUE_COLUMN);
    tmi_text_add_visible(text, base_name(path));
    tmi_text_add(text, " is ");
    tmi_text_add_visible(text, path);
    tmi_text_add(text, build_id_size != 0 ? ", build-id " : ", no build-id");
    add_build_id(text, build_id, build_id_size);
    tmi_text_add_char(text, '\n');
}

static void add_module_json(struct tmi_text *text, const char *path, const uint8_t *build_id,
                            uint32_t build_id_size)
{
    tmi_text_add_json_string(text, "module", path);
    if (build_id_size == 0)
        return;
    tmi_text_add_json_key(text, "build_id");
    tmi_text_add_char(text, '"');
    add_build_id(text, build_id, build_id_size);
    tmi_text_add_char(text, '"');
}

/* Of an instruction in a file, or in none; of a return address that is not said. */
static void add_address_json(struct tmi_text *text, bool in_file, uintptr_t address, bool is_return)
{
    tmi_text_add_json_key(text, in_file ? "offset" : "address");
    tmi_text_add_char(text, '"');
    tmi_text_add_address(text, (const void *)address);
    tmi_text_add_char(text, '"');
    if (is_return)
        return;
    tmi_text_add_json_key(text, "is_return");
    tmi_text_add(text, "false");
}

const char *tmi_report_function_at(const struct tmi_stack_module *module, uintptr_t frame)
{
    struct tmi_code_place place;

    if (tmi_stack_module_at(frame) != module ||
        !tmi_platform_code_place((const void *)(frame - 1), &place))
        return NULL;
    return place.function;
}

/* What is told of a frame: where a signal struck it is kept plus 1. */
static uintptr_t told(uintptr_t frame, bool is_struck)
{
    return is_struck ? frame - 1 : frame;
}

void tmi_stack_add_rows(struct tmi_text *text, uint32_t id, bool struck)
{
    struct tmi_stack stack;

    (void)tmi_stack_read(id, &stack);
    for (uint32_t i = 0; i < stack.count; ++i) {
        const struct tmi_stack_module *module = tmi_stack_module_of(&stack, i);
        bool is_struck = struck && i == 0;
        uintptr_t address = told(stack.frames[i], is_struck);
        const char *function;

        tmi_text_pad_to(text, VALUE_COLUMN);
        tmi_text_add_char(text, '#');
        tmi_text_add_unsigned(text, i);
        tmi_text_add_char(text, ' ');
        if (module == NULL || module->path[0] == '\0') {
            tmi_text_add_address(text, (const void *)address);
            tmi_text_add(text, is_struck ? ", here\n" : "\n");
            continue;
        }
        add_in_file(text, module->path, address - module->base);
        if (is_struck)
            tmi_text_add(text, ", here");
        function = tmi_report_function_at(module, stack.frames[i]);
        if (function != NULL) {
            tmi_text_add(text, "  ");
            tmi_text_add_visible(text, function);
            tmi_text_add(text, "()");
        }
        tmi_text_add_char(text, '\n');
    }
}

void tmi_stack_add_modules(struct tmi_text *text, const uint32_t *ids, size_t count)
{
    const struct tmi_stack_module *told[MOST_MODULES];
    size_t told_count = 0;
    struct tmi_stack stack;

    for (size_t i = 0; i < count; ++i) {
        (void)tmi_stack_read(ids[i], &stack);
        for (uint32_t k = 0; k < stack.count; ++k) {
            const struct tmi_stack_module *module = tmi_stack_module_of(&stack, k);
            size_t known = 0;

            while (known < told_count && told[known] != module)
                ++known;
            if (module == NULL || module->path[0] == '\0' || known < told_count ||
                told_count == MOST_MODULES)
                continue;
            told[told_count++] = module;
            add_module_row(text, module->path, module->build_id, module->build_id_size);
        }
    }
}

void tmi_stack_add_json(struct tmi_text *text, const char *key, uint32_t id, bool struck)
{
    struct tmi_stack stack;

    if (!tmi_stack_read(id, &stack))
        return;
    tmi_text_add_json_key(text, key);
    tmi_text_add_char(text, '[');
    for (uint32_t i = 0; i < stack.count; ++i) {
        const struct tmi_stack_module *module = tmi_stack_module_of(&stack, i);
        bool is_struck = struck && i == 0;
        uintptr_t address = told(stack.frames[i], is_struck);
        const char *function = NULL;

        tmi_text_add_json_item(text);
        tmi_text_add_char(text, '{');
        if (module != NULL) {
            add_module_json(text, module->path, module->build_id, module->build_id_size);
            function = tmi_report_function_at(module, stack.frames[i]);
        }
        add_address_json(text, module != NULL, address - (module != NULL ? module->base : 0),
                         !is_struck);
        if (function != NULL)
            tmi_text_add_json_string(text, "function", function);
        tmi_text_add_char(text, '}');
    }
    tmi_text_add_char(text, ']');
}

static const struct tmi_stack_module *innermost(struct tmi_stack *stack, uint32_t id)
{
    return tmi_stack_read(id, stack) && stack->count > 0 ? tmi_stack_module_of(stack, 0) : NULL;
}

bool tmi_code_of_stack(uint32_t id, const void *address, struct tmi_code_file *code)
{
    struct tmi_stack stack;
    const struct tmi_stack_module *module = innermost(&stack, id);
    struct tmi_text path;

    if (module == NULL || module->path[0] == '\0' ||
        told(stack.frames[0], true) != (uintptr_t)address)
        return false;
    *code = (struct tmi_code_file){ .offset = (uintptr_t)address - module->base,
                                    .build_id_size = module->build_id_size };
    tmi_text_init(&path, code->path, sizeof code->path);
    tmi_text_add(&path, module->path);
    for (uint32_t i = 0; i < module->build_id_size; ++i)
        code->build_id[i] = module->build_id[i];
    if (path.cut)
        code->path[0] = '\0';
    return !path.cut;
}

bool tmi_code_is_told(const struct tmi_code_file *code, uint32_t id)
{
    struct tmi_stack stack;
    const struct tmi_stack_module *module = innermost(&stack, id);

    return module != NULL && tmi_text_equal(module->path, code->path);
}

void tmi_code_add(struct tmi_text *text, const struct tmi_code_file *code)
{
    add_in_file(text, code->path, code->offset);
}

void tmi_code_add_module(struct tmi_text *text, const struct tmi_code_file *code)
{
    add_module_row(text, code->path, code->build_id, code->build_id_size);
}

void tmi_code_add_json(struct tmi_text *text, const char *key, const struct tmi_code_file *code)
{
    tmi_text_add_json_key(text, key);
    tmi_text_add_char(text, '{');
    add_module_json(text, code->path, code->build_id, code->build_id_size);
    add_address_json(text, true, code->offset, false);
    tmi_text_add_char(text, '}');
}
