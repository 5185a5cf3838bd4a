/*
 * trackmem/adapters/expat.h: lets expat allocate through trackmem, each parser in its own domain.
 *
 * expat's hooks have no context, so a suite of functions is defined for each domain:
 *
 *     TRACKMEM_DEFINE_DOMAIN(xml, "xml", NULL);
 *     TRACKMEM_EXPAT_DEFINE(xml_memory, &xml);
 *     ...
 *     XML_Parser parser = XML_ParserCreate_MM(NULL, &xml_memory, NULL);
 *
 * What expat hands over for the caller to free (the content model of an element declaration
 * handler) is freed by XML_FreeContentModel or XML_MemFree, never by free or trackmem_free.
 */
#ifndef TRACKMEM_ADAPTERS_EXPAT_H
#define TRACKMEM_ADAPTERS_EXPAT_H

#include <expat.h>

#include "trackmem/trackmem.h"

/*
 * Defines a suite that charges a domain, and the three functions it consists of, as static objects.
 *   name    of the static XML_Memory_Handling_Suite
 *   domain  the address of a domain, or any expression that gives one: it is evaluated at each
 *           allocation. NULL is the process
 * Stands at file scope, ended by a semicolon. The suite is used by XML_ParserCreate_MM, which
 * copies it; blocks are of the family trackmem, and their call site is the line of this macro.
 * Any thread may use it. Parsers that a parser creates (XML_ExternalEntityParserCreate) inherit it.
 */
#define TRACKMEM_EXPAT_DEFINE(name, domain)              \
    static void *name##_malloc_(size_t size)             \
    {                                                    \
        return trackmem_malloc_in(domain, size);         \
    }                                                    \
    static void *name##_realloc_(void *ptr, size_t size) \
    {                                                    \
        return trackmem_realloc_in(domain, ptr, size);   \
    }                                                    \
    static void name##_free_(void *ptr)                  \
    {                                                    \
        trackmem_free(ptr);                              \
    }                                                    \
    static const XML_Memory_Handling_Suite name = { name##_malloc_, name##_realloc_, name##_free_ }

#endif
