/*
 * platform/maps_linux.c: see maps_linux.h. Reads /proc/self/maps without stdio, which would
 * allocate.
 */
#define _GNU_SOURCE
#include "platform/maps_linux.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static uintptr_t parse_hex(const char **text)
{
    uintptr_t value = 0;

    for (;; ++*text) {
        unsigned digit = (unsigned)(**text - '0');

        if (digit > 9)
            digit = (unsigned)(**text - 'a') + 10;
        if (digit > 15 || (digit > 9 && **text < 'a'))
            return value;
        value = value << 4 | digit;
    }
}

static void skip_word(const char **text)
{
    *text += strcspn(*text, " ");
    *text += strspn(*text, " ");
}

/* "start-end rw-p offset dev inode   path". */
static struct tmi_map parse(const char *text)
{
    struct tmi_map map = { .start = parse_hex(&text), .path = "" };

    text += *text == '-';
    map.end = parse_hex(&text);
    text += *text == ' ';
    if (strlen(text) < sizeof map.rights)
        return map;
    memcpy(map.rights, text, sizeof map.rights);
    skip_word(&text);
    map.offset = parse_hex(&text);
    skip_word(&text);
    skip_word(&text); /* the device */
    map.of_file = *text != '0';
    skip_word(&text);
    map.path = text;
    return map;
}

bool tmi_maps_visit(bool (*fn)(const struct tmi_map *map, void *user), void *user)
{
    char part[1024];
    char line[512]; /* its beginning */
    size_t length = 0;
    ssize_t got = 0;
    bool goes_on = true;
    int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

    while (fd >= 0 && goes_on && (got = read(fd, part, sizeof part)) > 0) {
        for (ssize_t i = 0; i < got && goes_on; ++i) {
            if (part[i] == '\n') {
                struct tmi_map map;

                line[length] = '\0';
                length = 0;
                map = parse(line);
                goes_on = fn(&map, user);
            } else if (length + 1 < sizeof line) {
                line[length++] = part[i];
            }
        }
    }
    if (fd >= 0)
        (void)close(fd);
    return fd >= 0 && (!goes_on || got == 0);
}

struct search {
    uintptr_t address;
    struct tmi_mapped mapped;
};

/* A file's mappings stand one after the other, its beginning first. */
static bool match(const struct tmi_map *map, void *user)
{
    struct search *search = user;
    struct tmi_mapped *mapped = &search->mapped;
    bool goes_on = search->address < map->start || search->address >= map->end;

    if (map->offset == 0 && map->of_file && map->rights[0] == 'r') {
        mapped->head = (const char *)map->start;
        mapped->head_bytes = map->end - map->start;
    } else if (strncmp(mapped->path, map->path, sizeof mapped->path - 1) != 0) {
        mapped->head = NULL;
    }
    strncpy(mapped->path, map->path, sizeof mapped->path - 1);
    mapped->path_is_cut = strlen(map->path) >= sizeof mapped->path;
    if (goes_on)
        return true;
    mapped->found = true;
    mapped->readable = map->rights[0] == 'r';
    mapped->start = map->start;
    mapped->end = map->end;
    mapped->offset = map->offset;
    return false;
}

void tmi_maps_strip_deleted(char *path)
{
    static const char mark[] = " (deleted)";
    size_t length = strlen(path);

    if (length < sizeof mark || strcmp(path + length + 1 - sizeof mark, mark) != 0)
        return;
    if (access(path, F_OK) != 0) /* else it is the name's own */
        path[length + 1 - sizeof mark] = '\0';
}

struct tmi_mapped tmi_mapped_at(const void *address)
{
    struct search search = { .address = (uintptr_t)address };

    (void)tmi_maps_visit(match, &search);
    return search.mapped;
}
