/*
 * registry.h: the elements of a Vulkan registry, as they come from the parser, into rows.
 */
#ifndef DEMO_REGISTRY_H
#define DEMO_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <expat.h>

#include "database.h"
#include "strings.h"

/* The elements that matter; all others are ELEMENT_OTHER. */
enum element {
    ELEMENT_OTHER,
    ELEMENT_REGISTRY,
    ELEMENT_TAGS,
    ELEMENT_TAG,
    ELEMENT_TYPES,
    ELEMENT_TYPE,
    ELEMENT_MEMBER,
    ELEMENT_COMMANDS,
    ELEMENT_COMMAND,
    ELEMENT_PROTO,
    ELEMENT_PARAM,
    ELEMENT_ENUMS,
    ELEMENT_ENUM,
    ELEMENT_EXTENSIONS,
    ELEMENT_EXTENSION, /* a <feature> too: a version of the core */
    ELEMENT_REQUIRE,
    ELEMENT_PROVIDED,  /* a type, command or value that an extension provides */
    ELEMENT_TYPE_WORD, /* <type> and <name> inside a declaration */
    ELEMENT_NAME_WORD
};

/* Names are numbers of struct strings; 0: not there. */
struct registry {
    struct database *database;
    struct strings strings;
    XML_Parser parser;
    const char *error; /* why the parser was stopped; static */

    enum element *open; /* the elements around the current place */
    size_t depth;
    size_t open_capacity;

    char *text; /* inside <type> and <name> words */
    size_t text_length;
    size_t text_capacity;

    struct {
        uint32_t name;
        uint32_t category;
        uint32_t alias;
        char *comment;
    } item; /* the type or command that is open */
    struct {
        uint32_t name;
        uint32_t type;
        uint32_t pointers;
        char *length;
    } field; /* the member, parameter or prototype that is open */
    int64_t position;
    uint32_t enumeration;
    uint32_t extension;
};

/* Takes the parser's events from now on, for a file from its start. */
void registry_attach(struct registry *registry, XML_Parser parser);
void registry_finish(struct registry *registry);

#endif
