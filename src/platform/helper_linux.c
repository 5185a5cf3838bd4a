/*
 * platform/helper_linux.c: a text through the command `trackmem symbols`, as a process of its own.
 *
 * Called while a report is made, perhaps in a handler of a fault: nothing is allocated, no lock is
 * taken but the loader's. The text goes by a file without a name: nobody waits for a reader.
 */
#define _GNU_SOURCE
#include "platform/helper.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/platform.h"

#define PATH_BYTES 4096

/* Next to where we are: .../lib/libtrackmem.so and .../bin/trackmem; or the folder of a build. */
static bool find_beside(char *path)
{
    static const char *const places[] = { "/trackmem", "/tools/trackmem", "/../bin/trackmem",
                                          "/../../bin/trackmem" };
    Dl_info self;
    size_t folder;

    if (dladdr((const void *)(uintptr_t)tmi_platform_filter, &self) == 0 ||
        strrchr(self.dli_fname, '/') == NULL)
        return false;
    folder = (size_t)(strrchr(self.dli_fname, '/') - self.dli_fname);
    if (folder + 32 > PATH_BYTES)
        return false;
    memcpy(path, self.dli_fname, folder);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; ++i) {
        memcpy(path + folder, places[i], strlen(places[i]) + 1);
        if (access(path, X_OK) == 0)
            return true;
    }
    return false;
}

/* In a folder of PATH. */
static bool find_on_path(char *path)
{
    const char *folders = getenv("PATH");

    while (folders != NULL && *folders != '\0') {
        size_t length = strcspn(folders, ":");

        if (length != 0 && length + sizeof "/trackmem" <= PATH_BYTES) {
            memcpy(path, folders, length);
            memcpy(path + length, "/trackmem", sizeof "/trackmem");
            if (access(path, X_OK) == 0)
                return true;
        }
        folders += length + (folders[length] == ':');
    }
    return false;
}

/*
 * vfork: no handler of fork runs, nothing is copied, and the child touches nothing of ours.
 * posix_spawn would do the same, but glibc allocates the list of what it is to open.
 */
static bool run(int in, int out)
{
    char path[PATH_BYTES];
    char name[] = "trackmem";
    char command[] = "symbols";
    char *const arguments[] = { name, command, NULL };
    char *const environment[] = { NULL }; /* without TRACKMEM and LD_PRELOAD */
    int status = -1;
    pid_t child;
    pid_t ended;

    if (!find_beside(path) && !find_on_path(path))
        return false;
    child = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */
    if (child == 0) {
        if (dup2(in, 0) == 0 && dup2(out, 1) == 1)
            (void)execve(path, arguments, environment);
        _exit(127);
    }
    if (child < 0)
        return false;
    do
        ended = waitpid(child, &status, 0);
    while (ended < 0 && errno == EINTR);
    return ended < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

bool tmi_platform_filter(const char *text, size_t size, int fd)
{
    int saved_errno = errno;
    int file = -1;
    bool done = false;

    if (getauxval(AT_SECURE) == 0)
        file = memfd_create("trackmem report", MFD_CLOEXEC);
    if (file >= 0) {
        done = tmi_platform_write(file, text, size) && lseek(file, 0, SEEK_SET) == 0 &&
               run(file, fd);
        close(file);
    }
    errno = saved_errno;
    return done;
}
