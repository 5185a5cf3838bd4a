/*
 * A program that each of the projects beside builds: by find_package, with the pair of files in its
 * own tree, and as a Meson project with trackmem as a subproject.
 */
#include <stdio.h>
#include <trackmem/domain.h>
#include <trackmem/text.h>

static TRACKMEM_DEFINE_DOMAIN(greetings, "greetings", NULL);

int main(void)
{
    struct trackmem_stats stats;
    char *greeting = NULL;
    int length = trackmem_asprintf_in(&greetings, &greeting, "Hello, %s!", "trackmem");

    if (length < 0)
        return 1;
    if (trackmem_domain_stats(&greetings, true, &stats) == TRACKMEM_OK)
        printf("%s takes %d bytes\n", greeting, (int)stats.live_bytes);
    else
        printf("%s is not accounted\n", greeting);
    trackmem_free(greeting);
    return 0;
}
