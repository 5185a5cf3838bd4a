/*
 * platform/helper_linux.c: a text through the command `trackmem symbols`, as a process of its own,
 * or through the library that does the same.
 *
 * The process is called while a report is made, perhaps in a handler of a fault: nothing is
 * allocated, no lock is taken but the loader's. Both texts go by files without names: nobody waits
 * for a reader, and what a helper said that was ended halfway is thrown away.
 */
#define _GNU_SOURCE
#include "platform/helper.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/resolver.h"
#include "platform/platform.h"

#define PATH_BYTES 4096
/* Enough for the debug information of a large program from a cold disk. */
#define LONGEST_WAIT_S 10
#define PAUSE_NS       1000000

/* Where they may stand beside our file: this library's or, if it is static, the program's. */
static const char *const command_places[] = { "/trackmem", "/tools/trackmem", "/../bin/trackmem",
                                              "/../../bin/trackmem", NULL };
static const char *const resolver_places[] = { "/" TMI_RESOLVER_FILE, "/tools/" TMI_RESOLVER_FILE,
                                               "/../lib/" TMI_RESOLVER_FILE, NULL };

static tmi_resolver_fn *resolver; /* atomic: stored with release, read with acquire */

/* Next to where we are: .../lib/libtrackmem.so and .../bin/trackmem; or the folder of a build. */
static bool find_beside(char *path, const char *const *places)
{
    Dl_info self;
    size_t folder;

    if (dladdr((const void *)(uintptr_t)tmi_platform_filter, &self) == 0 ||
        strrchr(self.dli_fname, '/') == NULL)
        return false;
    folder = (size_t)(strrchr(self.dli_fname, '/') - self.dli_fname);
    if (folder + 64 > PATH_BYTES)
        return false;
    memcpy(path, self.dli_fname, folder);
    for (; *places != NULL; ++places) {
        memcpy(path + folder, *places, strlen(*places) + 1);
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

/* Seconds, on a clock that only goes forward. */
static time_t now(void)
{
    struct timespec time = { 0, 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

/* Waits for the child's end, or ends it. True: it ended well, or was waited for by another. */
static bool await(pid_t child)
{
    const struct timespec pause = { 0, PAUSE_NS };
    time_t limit = now() + LONGEST_WAIT_S;
    int status = -1;
    pid_t ended;

    while ((ended = waitpid(child, &status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
        if (now() > limit) {
            (void)kill(child, SIGKILL);
            while (waitpid(child, &status, 0) < 0 && errno == EINTR)
                continue;
            return false;
        }
        (void)nanosleep(&pause, NULL);
    }
    return ended < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
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
    pid_t child;

    if (!find_beside(path, command_places) && !find_on_path(path))
        return false;
    child = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */
    if (child == 0) {
        if (dup2(in, 0) == 0 && dup2(out, 1) == 1)
            (void)execve(path, arguments, environment);
        _exit(127);
    }
    return child > 0 && await(child);
}

/* False: there was nothing. */
static bool copy(int from, tmi_text_flush_fn *write, void *user)
{
    char bytes[4096];
    bool any = false;
    bool goes_on = true;
    ssize_t got;

    if (lseek(from, 0, SEEK_SET) != 0)
        return false;
    while (goes_on && (got = read(from, bytes, sizeof bytes)) > 0) {
        goes_on = write(bytes, (size_t)got, user);
        any = true;
    }
    return any;
}

static int unnamed_file(void)
{
    return memfd_create("trackmem report", MFD_CLOEXEC);
}

bool tmi_platform_filter(const char *text, size_t size, tmi_text_flush_fn *write, void *user)
{
    int saved_errno = errno;
    int in = -1;
    int out = -1;
    bool done = false;

    if (getauxval(AT_SECURE) == 0) {
        in = unnamed_file();
        out = unnamed_file();
    }
    if (in >= 0 && out >= 0)
        done = tmi_platform_write(in, text, size) && lseek(in, 0, SEEK_SET) == 0 && run(in, out) &&
               copy(out, write, user);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    errno = saved_errno;
    return done;
}

bool tmi_platform_load_resolver(void)
{
    int saved_errno = errno;
    char path[PATH_BYTES];
    void *library;

    if (getauxval(AT_SECURE) == 0 && tmi_load_acquire(&resolver) == NULL) {
        library = dlopen(find_beside(path, resolver_places) ? path : TMI_RESOLVER_FILE,
                         RTLD_NOW | RTLD_LOCAL);
        if (library != NULL)
            tmi_store_release(&resolver,
                              (tmi_resolver_fn *)(uintptr_t)dlsym(library, TMI_RESOLVER_FUNCTION));
    }
    errno = saved_errno;
    return tmi_load_acquire(&resolver) != NULL;
}

bool tmi_platform_resolve(const char *text, tmi_text_flush_fn *write, void *user)
{
    tmi_resolver_fn *resolve = tmi_load_acquire(&resolver);

    if (resolve == NULL)
        return false;
    (void)resolve(text, write, user); /* which knows what it could not take */
    return true;
}
