/*
 * xml.c: a document as libxml2's tree: parsed, copied, changed all over, written.
 */
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "program.h"

/* Counts elements; each gets an attribute, and each comment goes. */
static unsigned change(xmlNode *node)
{
    unsigned count = 0;
    xmlNode *next = NULL;
    for (; node; node = next) {
        next = node->next;
        if (node->type == XML_ELEMENT_NODE) {
            xmlChar *name = xmlGetProp(node, BAD_CAST "name");
            xmlSetProp(node, BAD_CAST "seen", name ? name : BAD_CAST "yes");
            xmlFree(name);
            count += 1 + change(node->children);
        } else if (node->type == XML_COMMENT_NODE) {
            xmlUnlinkNode(node);
            xmlFreeNode(node);
        }
    }
    return count;
}

static bool round_trip(const char *file)
{
    xmlDoc *document = xmlReadFile(file, NULL, XML_PARSE_NONET);
    xmlDoc *copy = document ? xmlCopyDoc(document, 1) : NULL;
    xmlChar *text = NULL;
    int length = 0;
    bool good = copy && change(xmlDocGetRootElement(copy)) > 5;
    if (good)
        xmlDocDumpMemory(copy, &text, &length);
    good = good && text && length > 1000;
    xmlFree(text);
    xmlFreeDoc(copy);
    xmlFreeDoc(document);
    return good;
}

static bool run(const struct program_size *size)
{
    for (unsigned i = 0; i < size->rounds; i++)
        if (!round_trip(size->objects > 1 ? PROGRAM_XML : PROGRAM_SMALL_XML))
            return false;
    return true;
}

const struct program program_xml = {
    "xml", "vk.xml as a tree of libxml2: parsed, copied, changed, written", run, { 2, 1 }, { 1, 60 }
};
