/*
 * symbol/resolver.c: the one function of libtrackmem-symbols; see base/resolver.h.
 */
#include "base/resolver.h"

#include "symbol/filter.h"

__attribute__((__visibility__("default"))) tmi_resolver_fn trackmem_symbols_resolve_1;

bool trackmem_symbols_resolve_1(const char *text, tmi_text_flush_fn *write, void *user)
{
    char buffer[4096];
    struct tmi_text output;

    tmi_text_init_stream(&output, buffer, sizeof buffer, write, user);
    tmt_filter(text, &output, NULL);
    return tmi_text_finish(&output);
}
