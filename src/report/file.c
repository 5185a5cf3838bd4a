/*
 * report/file.c: the files that options name. Takes no lock, allocates nothing.
 */
#include "base/text.h"
#include "platform/platform.h"
#include "report/report.h"

int tmi_report_create_file(const char *path, char *name, size_t size)
{
    struct tmi_text text;

    tmi_text_init(&text, name, size);
    for (; *path != '\0'; ++path) {
        if (path[0] == '%' && path[1] == 'p') {
            tmi_text_add_unsigned(&text, tmi_platform_process_id());
            ++path;
        } else {
            tmi_text_add_char(&text, *path);
        }
    }
    return text.cut ? -1 : tmi_platform_create_file(name);
}
