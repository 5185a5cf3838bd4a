/*
 * registry.c: expat's events into rows. A row is written when its element ends, or when it starts
 * if attributes are all it has.
 */
#define TRACKMEM_DOMAIN loader_domain
#include "registry.h"

#include <string.h>

#include "memory.h"

static const struct {
    enum element parent;
    const char *tag;
    enum element element;
} grammar[] = {
    { ELEMENT_REGISTRY, "tags", ELEMENT_TAGS },
    { ELEMENT_TAGS, "tag", ELEMENT_TAG },
    { ELEMENT_REGISTRY, "types", ELEMENT_TYPES },
    { ELEMENT_TYPES, "type", ELEMENT_TYPE },
    { ELEMENT_TYPE, "name", ELEMENT_NAME_WORD },
    { ELEMENT_TYPE, "member", ELEMENT_MEMBER },
    { ELEMENT_MEMBER, "type", ELEMENT_TYPE_WORD },
    { ELEMENT_MEMBER, "name", ELEMENT_NAME_WORD },
    { ELEMENT_REGISTRY, "commands", ELEMENT_COMMANDS },
    { ELEMENT_COMMANDS, "command", ELEMENT_COMMAND },
    { ELEMENT_COMMAND, "proto", ELEMENT_PROTO },
    { ELEMENT_PROTO, "type", ELEMENT_TYPE_WORD },
    { ELEMENT_PROTO, "name", ELEMENT_NAME_WORD },
    { ELEMENT_COMMAND, "param", ELEMENT_PARAM },
    { ELEMENT_PARAM, "type", ELEMENT_TYPE_WORD },
    { ELEMENT_PARAM, "name", ELEMENT_NAME_WORD },
    { ELEMENT_REGISTRY, "enums", ELEMENT_ENUMS },
    { ELEMENT_ENUMS, "enum", ELEMENT_ENUM },
    { ELEMENT_REGISTRY, "extensions", ELEMENT_EXTENSIONS },
    { ELEMENT_EXTENSIONS, "extension", ELEMENT_EXTENSION },
    { ELEMENT_REGISTRY, "feature", ELEMENT_EXTENSION },
    { ELEMENT_EXTENSION, "require", ELEMENT_REQUIRE },
    { ELEMENT_REQUIRE, "type", ELEMENT_PROVIDED },
    { ELEMENT_REQUIRE, "command", ELEMENT_PROVIDED },
    { ELEMENT_REQUIRE, "enum", ELEMENT_PROVIDED },
};

static void stop(struct registry *registry, const char *error)
{
    if (registry->error)
        return;
    registry->error = error;
    XML_StopParser(registry->parser, XML_FALSE);
}

static void insert(struct registry *registry, enum table table, const struct cell *cells)
{
    if (!registry->error && !database_insert(registry->database, table, cells))
        stop(registry, "the database refused a row of this element");
}

static uint32_t intern(struct registry *registry, const char *text, size_t length)
{
    uint32_t name = strings_intern(&registry->strings, text, length);
    if (name == 0)
        stop(registry, "out of memory");
    return name;
}

static const char *attribute(const XML_Char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2) {
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    }
    return NULL;
}

/* An attribute that is a name; 0 if it is not there. */
static uint32_t name_attribute(struct registry *registry, const XML_Char **attributes,
                               const char *name)
{
    const char *value = attribute(attributes, name);
    return value ? intern(registry, value, strlen(value)) : 0;
}

/* A copy of an attribute that is needed until its element ends. */
static char *text_attribute(struct registry *registry, const XML_Char **attributes,
                            const char *name)
{
    const char *value = attribute(attributes, name);
    char *copy = NULL;
    if (value && !(copy = memory_strndup(value, strlen(value))))
        stop(registry, "out of memory");
    return copy;
}

static void start_item(struct registry *registry, const XML_Char **attributes)
{
    registry->item.name = name_attribute(registry, attributes, "name");
    registry->item.category = name_attribute(registry, attributes, "category");
    registry->item.alias = name_attribute(registry, attributes, "alias");
    registry->item.comment = text_attribute(registry, attributes, "comment");
    registry->field.type = 0;
    registry->position = 0;

    const char *bases = attribute(attributes, "structextends");
    while (bases && *bases != '\0') {
        size_t length = strcspn(bases, ",");
        uint32_t base = intern(registry, bases, length);
        insert(registry, TABLE_EXTENDS,
               (struct cell[]){ { NULL, registry->item.name }, { NULL, base } });
        bases += length + (bases[length] == ',');
    }
}

static void end_item(struct registry *registry, enum table table)
{
    if (registry->item.name != 0) {
        uint32_t second = table == TABLE_COMMAND ? registry->field.type : registry->item.category;
        insert(registry, table,
               (struct cell[]){ { NULL, registry->item.name },
                                { NULL, second },
                                { NULL, registry->item.alias },
                                { registry->item.comment, 0 } });
    }
    memory_free(registry->item.comment);
    registry->item.comment = NULL;
}

static void start_field(struct registry *registry, const XML_Char **attributes)
{
    registry->field.name = 0;
    registry->field.pointers = 0;
    registry->field.length = text_attribute(registry, attributes, "len");
    registry->position++;
}

static void end_field(struct registry *registry)
{
    if (registry->item.name != 0)
        insert(registry, TABLE_FIELD,
               (struct cell[]){ { NULL, registry->item.name },
                                { NULL, registry->position },
                                { NULL, registry->field.name },
                                { NULL, registry->field.type },
                                { NULL, registry->field.pointers },
                                { registry->field.length, 0 } });
    memory_free(registry->field.length);
    registry->field.length = NULL;
}

static void add_value(struct registry *registry, const XML_Char **attributes, uint32_t enumeration,
                      uint32_t extension)
{
    static const char *const sources[] = { "value", "bitpos", "offset", "alias" };
    const char *value = NULL;
    uint32_t name = name_attribute(registry, attributes, "name");
    for (size_t i = 0; i < sizeof sources / sizeof *sources && !value; i++)
        value = attribute(attributes, sources[i]);
    if (name != 0 && value)
        insert(registry, TABLE_VALUE,
               (struct cell[]){ { NULL, name },
                                { NULL, enumeration },
                                { value, 0 },
                                { NULL, extension },
                                { attribute(attributes, "comment"), 0 } });
}

static void start_extension(struct registry *registry, const char *tag, const XML_Char **attributes)
{
    const char *kind = strcmp(tag, "feature") == 0 ? "core" : attribute(attributes, "type");
    registry->extension = name_attribute(registry, attributes, "name");
    insert(registry, TABLE_EXTENSION,
           (struct cell[]){ { NULL, registry->extension },
                            { kind, 0 },
                            { attribute(attributes, "author"), 0 },
                            { attribute(attributes, "platform"), 0 },
                            { NULL, name_attribute(registry, attributes, "promotedto") } });
}

static void add_provided(struct registry *registry, const char *tag, const XML_Char **attributes)
{
    uint32_t enumeration = name_attribute(registry, attributes, "extends");
    uint32_t name = name_attribute(registry, attributes, "name");
    if (name == 0 || registry->extension == 0)
        return;
    insert(registry, TABLE_PROVIDES,
           (struct cell[]){ { NULL, registry->extension }, { NULL, name }, { tag, 0 } });
    if (enumeration != 0)
        add_value(registry, attributes, enumeration, registry->extension);
}

/* Notes an element as open; false when there is no memory. */
static bool open_element(struct registry *registry, enum element element)
{
    if (registry->depth == registry->open_capacity) {
        size_t capacity = registry->open_capacity > 0 ? 2 * registry->open_capacity : 16;
        enum element *open = memory_realloc(registry->open, capacity, sizeof *open);
        if (!open) {
            stop(registry, "out of memory");
            return false;
        }
        registry->open = open;
        registry->open_capacity = capacity;
    }
    registry->open[registry->depth++] = element;
    return true;
}

static enum element element_of(const struct registry *registry, const char *tag)
{
    if (registry->depth == 0)
        return strcmp(tag, "registry") == 0 ? ELEMENT_REGISTRY : ELEMENT_OTHER;
    for (size_t i = 0; i < sizeof grammar / sizeof *grammar; i++) {
        if (grammar[i].parent == registry->open[registry->depth - 1] &&
            strcmp(grammar[i].tag, tag) == 0)
            return grammar[i].element;
    }
    return ELEMENT_OTHER;
}

static void XMLCALL start(void *user, const XML_Char *tag, const XML_Char **attributes)
{
    struct registry *registry = user;
    enum element element = element_of(registry, tag);
    if (registry->depth == 0 && element != ELEMENT_REGISTRY)
        stop(registry, "not a registry: the root element is not <registry>");
    if (registry->error || !open_element(registry, element))
        return;
    switch (element) {
    case ELEMENT_TAG:
        insert(registry, TABLE_VENDOR,
               (struct cell[]){ { attribute(attributes, "name"), 0 },
                                { attribute(attributes, "author"), 0 } });
        break;
    case ELEMENT_TYPE:
    case ELEMENT_COMMAND: start_item(registry, attributes); break;
    case ELEMENT_PROTO:
    case ELEMENT_MEMBER:
    case ELEMENT_PARAM: start_field(registry, attributes); break;
    case ELEMENT_ENUMS: registry->enumeration = name_attribute(registry, attributes, "name"); break;
    case ELEMENT_ENUM: add_value(registry, attributes, registry->enumeration, 0); break;
    case ELEMENT_EXTENSION: start_extension(registry, tag, attributes); break;
    case ELEMENT_PROVIDED: add_provided(registry, tag, attributes); break;
    default: break;
    }
    registry->text_length = 0;
}

/* A <type> or <name> word is complete: whose it is depends on what is around it. */
static void end_word(struct registry *registry, enum element word)
{
    enum element around = registry->open[registry->depth - 1];
    uint32_t name = intern(registry, registry->text ? registry->text : "", registry->text_length);
    if (word == ELEMENT_TYPE_WORD)
        registry->field.type = name;
    else if (around == ELEMENT_TYPE || around == ELEMENT_PROTO)
        registry->item.name = name;
    else
        registry->field.name = name;
}

static void XMLCALL end(void *user, const XML_Char *tag)
{
    struct registry *registry = user;
    (void)tag;
    if (registry->error)
        return;
    enum element element = registry->open[--registry->depth];
    switch (element) {
    case ELEMENT_TYPE_WORD:
    case ELEMENT_NAME_WORD: end_word(registry, element); break;
    case ELEMENT_PROTO: /* the command's own name and result: no field */
        memory_free(registry->field.length);
        registry->field.length = NULL;
        registry->position = 0;
        break;
    case ELEMENT_MEMBER:
    case ELEMENT_PARAM: end_field(registry); break;
    case ELEMENT_TYPE: end_item(registry, TABLE_TYPE); break;
    case ELEMENT_COMMAND: end_item(registry, TABLE_COMMAND); break;
    default: break;
    }
}

static void add_text(struct registry *registry, const char *text, size_t length)
{
    if (registry->text_capacity - registry->text_length < length) {
        size_t capacity = 2 * registry->text_capacity + length;
        char *longer = memory_realloc(registry->text, capacity, 1);
        if (!longer) {
            stop(registry, "out of memory");
            return;
        }
        registry->text = longer;
        registry->text_capacity = capacity;
    }
    memcpy(registry->text + registry->text_length, text, length);
    registry->text_length += length;
}

static void XMLCALL characters(void *user, const XML_Char *text, int length)
{
    struct registry *registry = user;
    if (registry->error || registry->depth == 0)
        return;
    switch (registry->open[registry->depth - 1]) {
    case ELEMENT_TYPE_WORD:
    case ELEMENT_NAME_WORD: add_text(registry, text, (size_t)length); break;
    case ELEMENT_MEMBER:
    case ELEMENT_PARAM:
        for (int i = 0; i < length; i++)
            registry->field.pointers += text[i] == '*';
        break;
    default: break;
    }
}

void registry_attach(struct registry *registry, XML_Parser parser)
{
    registry->parser = parser;
    registry->error = NULL;
    registry->depth = 0;
    XML_SetUserData(parser, registry);
    XML_SetElementHandler(parser, start, end);
    XML_SetCharacterDataHandler(parser, characters);
}

void registry_finish(struct registry *registry)
{
    strings_finish(&registry->strings);
    memory_free(registry->open);
    memory_free(registry->text);
    memory_free(registry->item.comment);
    memory_free(registry->field.length);
}
