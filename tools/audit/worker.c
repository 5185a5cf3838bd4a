/*
 * audit/worker.c: see worker.h.
 *
 * The child writes records to a pipe: a letter, a number, and two strings with their NUL.
 *
 *     P index  -        -         a path begins
 *     O under  member   format    an object of it begins; under: its names begin with '_'
 *     R count  function symbol    a reference of the object
 *     F 0      member   what      something could not be read
 *
 * When the child dies, the last P says by which path; another child goes on behind it.
 */
#include "audit/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <trackmem/text.h>
#include <trackmem/trackmem.h>

#include "audit/objects.h"
#include "cli/complain.h"
#include "cli/terminal.h"

/* An object that takes longer is damaged; the largest we know take a second. */
#define MOST_SECONDS 60

/* How the child ends when nobody reads what it says. */
#define ORPHAN 3

/* ---- the child ---- */

struct child {
    FILE *pipe;
    bool underscored; /* of the object being read */
};

static void send(FILE *pipe, char kind, size_t number, const char *one, const char *other)
{
    uint64_t wide = number;

    if (fputc(kind, pipe) == EOF || fwrite(&wide, sizeof(wide), 1, pipe) != 1 ||
        fwrite(one, strlen(one) + 1, 1, pipe) != 1 ||
        fwrite(other, strlen(other) + 1, 1, pipe) != 1)
        _exit(ORPHAN);
}

static void on_object(void *user, const char *member, const char *format, bool underscored)
{
    struct child *child = user;

    (void)alarm(MOST_SECONDS);
    child->underscored = underscored;
    send(child->pipe, 'O', underscored, member, format);
}

static bool on_wants(void *user, const char *symbol)
{
    const struct child *child = user;
    char bare[512];
    const char *mend;

    return tmt_allocator_find(symbol, child->underscored, bare, sizeof(bare), &mend) !=
           TMT_GROUP_NONE;
}

static void on_reference(void *user, const char *function, const char *symbol, size_t count)
{
    const struct child *child = user;

    send(child->pipe, 'R', count, function, symbol);
}

static void on_failure(void *user, const char *member, const char *what)
{
    const struct child *child = user;

    send(child->pipe, 'F', 0, member, what);
}

static void run_child(int to_parent, const struct tmt_path *paths, size_t first, size_t count)
{
    struct child child = { fdopen(to_parent, "w"), false };
    struct tmt_object_events events = { &child, on_object, on_wants, on_reference, on_failure };
    struct rlimit none = { 0, 0 };
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (child.pipe == NULL)
        _exit(ORPHAN);
    /* It may well die: leave no core, and keep the last words of the object library to itself. */
    (void)setrlimit(RLIMIT_CORE, &none);
    if (nowhere >= 0)
        (void)dup2(nowhere, STDERR_FILENO);
    for (size_t i = first; i < count; i++) {
        send(child.pipe, 'P', i, "", "");
        (void)fflush(child.pipe); /* what kills it must be known */
        (void)alarm(MOST_SECONDS);
        tmt_objects_read(paths[i].path, paths[i].named, &events);
    }
    (void)alarm(0);
    _exit(fclose(child.pipe) == 0 ? 0 : ORPHAN);
}

/* ---- the parent ---- */

struct parent {
    struct tmt_audit *audit;
    const struct tmt_path *paths;
    size_t count;
    size_t at;                 /* the path being read */
    struct tmt_object *object; /* the last of it, or NULL */
    char *one, *other;         /* the strings of a record; room for each below */
    size_t one_room, other_room;
};

static bool take_string(FILE *pipe, char **string, size_t *room)
{
    size_t length = 0;
    int byte;

    do {
        char *grown = tmt_grow(*string, length, room, 1);

        byte = fgetc(pipe);
        if (grown == NULL || byte == EOF)
            return false;
        *string = grown;
        (*string)[length++] = (char)byte;
    } while (byte != '\0');
    return true;
}

/* One record; false: the pipe or our memory has ended. */
static bool take(struct parent *parent, FILE *pipe, bool *enough_memory)
{
    struct tmt_audit *audit = parent->audit;
    uint64_t number;
    int kind = fgetc(pipe);

    if (kind == EOF || fread(&number, sizeof(number), 1, pipe) != 1 ||
        !take_string(pipe, &parent->one, &parent->one_room) ||
        !take_string(pipe, &parent->other, &parent->other_room))
        return false;
    switch (kind) {
    case 'P':
        parent->at = number;
        parent->object = NULL;
        break;
    case 'O':
        parent->object = tmt_audit_add_object(audit, parent->paths[parent->at].path, parent->one,
                                              parent->other, number != 0);
        *enough_memory = parent->object != NULL;
        tmt_progress("reading objects:", audit->object_count, 0);
        break;
    case 'R':
        *enough_memory = parent->object != NULL &&
                         tmt_audit_add_reference(parent->object, parent->one, parent->other,
                                                 number);
        break;
    default:
        *enough_memory = tmt_audit_add_failure(audit, parent->paths[parent->at].path, parent->one,
                                               parent->other);
    }
    return *enough_memory;
}

/* How a child ended is a failure of the path it was at. */
static bool note_death(struct parent *parent, int status)
{
    char what[128];

    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        (void)snprintf(what, sizeof(what), "damaged: still unread after %d s", MOST_SECONDS);
    else if (WIFSIGNALED(status))
        (void)snprintf(what, sizeof(what), "damaged: the object library gave up on it (%s)",
                       strsignal(WTERMSIG(status)));
    else
        (void)snprintf(what, sizeof(what), "damaged: the object library gave up on it (exit %d)",
                       WEXITSTATUS(status));
    return tmt_audit_add_failure(parent->audit, parent->paths[parent->at].path, "", what);
}

/* Reads from parent->at on, until the child ends. */
static bool run(struct parent *parent, int *status)
{
    int ends[2];
    bool enough_memory = true;
    FILE *pipe_in;
    pid_t child;

    (void)fflush(NULL); /* or the child might write it again */
    if (pipe(ends) != 0) {
        tmt_complain("could not make a pipe: %s", strerror(errno));
        return false;
    }
    child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        run_child(ends[1], parent->paths, parent->at, parent->count);
    }
    (void)close(ends[1]);
    pipe_in = child < 0 ? NULL : fdopen(ends[0], "r");
    if (pipe_in == NULL) {
        tmt_complain("could not start a process: %s", strerror(errno));
        (void)close(ends[0]);
        return false;
    }
    while (take(parent, pipe_in, &enough_memory))
        ;
    (void)fclose(pipe_in);
    while (waitpid(child, status, 0) < 0 && errno == EINTR)
        ;
    if (!enough_memory)
        tmt_complain("out of memory");
    return enough_memory;
}

bool tmt_worker_read(struct tmt_audit *audit, const struct tmt_path *paths, size_t count)
{
    struct parent parent = { .audit = audit, .paths = paths, .count = count };
    bool good = true;

    while (good && parent.at < count) {
        int status = 0;

        good = run(&parent, &status);
        if (good && status == 0)
            break;
        good = good && note_death(&parent, status);
        parent.at++;
    }
    tmt_progress_end();
    trackmem_free(parent.one);
    trackmem_free(parent.other);
    return good;
}
