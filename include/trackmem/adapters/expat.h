/*
 * trackmem/adapters/expat.h: lets expat allocate through trackmem, each parser in its own domain.
 * pkg-config: expat
 *
 *     TRACKMEM_DEFINE_DOMAIN(xml, "expat", NULL);
 *     TRACKMEM_EXPAT_DEFINE(xml_memory, &xml);
 *     ...
 *     XML_Parser parser = XML_ParserCreate_MM(NULL, &xml_memory, NULL);
 *
 * When:       for each parser, where it is created.
 * Ownership:  what expat hands over for the caller to free (the content model of an element
 *             declaration handler) is freed by XML_FreeContentModel or XML_MemFree.
 * Failure:    XML_ParserCreate_MM gives NULL; XML_Parse gives XML_STATUS_ERROR, and
 *             XML_GetErrorCode XML_ERROR_NO_MEMORY.
 * Threads:    as expat: a parser is one thread's at a time.
 * Not seen:   nothing.
 */
#ifndef TRACKMEM_ADAPTERS_EXPAT_H
#define TRACKMEM_ADAPTERS_EXPAT_H

#include <expat.h>

#include "trackmem/adapters/hooks.h"

/*
 * Defines the suite that charges a domain, as a static object; at file scope.
 *   name    of the static const XML_Memory_Handling_Suite
 *   domain  see hooks.h
 * XML_ParserCreate_MM copies the suite. Parsers that a parser creates
 * (XML_ExternalEntityParserCreate) inherit it.
 */
#define TRACKMEM_EXPAT_DEFINE(name, domain) \
    TRACKMEM_HOOK_MALLOC_(name, domain)     \
    TRACKMEM_HOOK_REALLOC_(name, domain)    \
    TRACKMEM_HOOK_FREE_(name)               \
    static const XML_Memory_Handling_Suite name = { name##_malloc_, name##_realloc_, name##_free_ }

#endif
