/*
 * audit/paths.c: see paths.h. A queue instead of recursion: folders found wait in the list itself.
 */
#include "audit/paths.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <trackmem/text.h>
#include <trackmem/trackmem.h>

#include "base/sort.h"
#include "cli/complain.h"

/* Takes the path over; NULL is memory that ran out. */
static bool add(struct tmt_paths *list, char *path, bool named)
{
    struct tmt_path *paths = path == NULL
                                 ? NULL
                                 : tmt_grow(list->paths, list->count, &list->room, sizeof(*paths));

    if (paths == NULL) {
        trackmem_free(path);
        return false;
    }
    list->paths = paths;
    paths[list->count].path = path;
    paths[list->count].named = named;
    list->count++;
    return true;
}

static bool add_entries(struct tmt_paths *files, struct tmt_paths *folders, const char *folder,
                        DIR *open)
{
    size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] == '/' ? "" : "/";
    const struct dirent *entry;

    while ((entry = readdir(open)) != NULL) {
        struct stat status;
        char *path = NULL;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (trackmem_asprintf(&path, "%s%s%s", folder, slash, entry->d_name) < 0)
            return false;
        if (lstat(path, &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))) {
            if (!add(S_ISDIR(status.st_mode) ? folders : files, path, false))
                return false;
        } else {
            trackmem_free(path);
        }
    }
    return true;
}

static bool walk(struct tmt_paths *files, struct tmt_audit *audit, const char *folder)
{
    struct tmt_paths folders = { 0 };
    bool good = add(&folders, trackmem_strdup(folder), true);

    for (size_t i = 0; good && i < folders.count; i++) {
        DIR *open = opendir(folders.paths[i].path);

        if (open == NULL) {
            good = tmt_audit_add_failure(audit, folders.paths[i].path, "", strerror(errno));
            continue;
        }
        good = add_entries(files, &folders, folders.paths[i].path, open);
        (void)closedir(open);
    }
    tmt_paths_finish(&folders);
    return good;
}

static bool path_before(const void *a, const void *b, const void *user)
{
    (void)user;
    return strcmp(((const struct tmt_path *)a)->path, ((const struct tmt_path *)b)->path) < 0;
}

/* A file that was named and lies in a folder that was named too is read once. */
static void drop_doubles(struct tmt_paths *paths)
{
    size_t kept = 0;

    for (size_t i = 0; i < paths->count; i++) {
        if (kept > 0 && strcmp(paths->paths[kept - 1].path, paths->paths[i].path) == 0) {
            paths->paths[kept - 1].named |= paths->paths[i].named;
            trackmem_free(paths->paths[i].path);
        } else {
            paths->paths[kept++] = paths->paths[i];
        }
    }
    paths->count = kept;
}

bool tmt_paths_collect(struct tmt_paths *paths, struct tmt_audit *audit, char *const *named,
                       size_t count)
{
    bool good = true;

    memset(paths, 0, sizeof(*paths));
    for (size_t i = 0; good && i < count; i++) {
        struct stat status;

        if (stat(named[i], &status) != 0)
            good = tmt_audit_add_failure(audit, named[i], "", strerror(errno));
        else if (S_ISDIR(status.st_mode))
            good = walk(paths, audit, named[i]);
        else if (S_ISREG(status.st_mode))
            good = add(paths, trackmem_strdup(named[i]), true);
        else
            good = tmt_audit_add_failure(audit, named[i], "", "neither a file nor a folder");
    }
    tmi_sort(paths->paths, paths->count, sizeof(*paths->paths), path_before, NULL);
    drop_doubles(paths);
    if (!good)
        tmt_complain("out of memory");
    return good;
}

void tmt_paths_finish(struct tmt_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        trackmem_free(paths->paths[i].path);
    trackmem_free(paths->paths);
    memset(paths, 0, sizeof(*paths));
}
