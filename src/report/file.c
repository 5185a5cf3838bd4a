/*
 * report/file.c: the files that options name. Takes no lock, allocates nothing.
 */
#include "base/text.h"
#include "platform/platform.h"
#include "report/report.h"

bool tmi_report_name_file(const char *path, char *name, size_t size)
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
    return !text.cut;
}

int tmi_report_create_file(const char *path, char *name, size_t size)
{
    return tmi_report_name_file(path, name, size) ? tmi_platform_create_file(name) : -1;
}

static bool write_error(const char *bytes, size_t size, void *user)
{
    (void)user;
    return tmi_platform_write(2, bytes, size);
}

void tmi_report_leave_file(const char *what, const char *name, int error)
{
    const char *why = tmi_platform_error_words(error);
    char line[256];
    struct tmi_text message;

    tmi_text_init_stream(&message, line, sizeof line, write_error, NULL);
    tmi_text_add(&message, "trackmem: ");
    tmi_text_add(&message, what);
    tmi_text_add(&message, " the report file '");
    tmi_text_add_visible(&message, name);
    tmi_text_add(&message, "' (option out=)");
    if (why != NULL) {
        tmi_text_add(&message, ": ");
        tmi_text_add(&message, why);
    }
    tmi_text_add(&message, "; reports go to standard error\n");
    tmi_text_finish(&message);
}
