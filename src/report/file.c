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

static bool write_error(const char *bytes, size_t size, void *user)
{
    (void)user;
    return tmi_platform_write(2, bytes, size);
}

void tmi_report_leave_file(const char *what, const char *name)
{
    char line[256];
    struct tmi_text message;

    tmi_text_init_stream(&message, line, sizeof line, write_error, NULL);
    tmi_text_add(&message, "trackmem: ");
    tmi_text_add(&message, what);
    tmi_text_add(&message, " the report file '");
    tmi_text_add_visible(&message, name);
    tmi_text_add(&message, "' (option out=); reports go to standard error\n");
    tmi_text_finish(&message);
}
