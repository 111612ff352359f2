/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/spawn.c: one command becomes a process.
 *
 * The new process borrows our memory until it is the command, as after vfork but on a stack of its
 * own: so nothing is copied, and it does nothing but a few system calls. Signals need no care: ours
 * are caught, and what is caught is reset by exec. Why exec failed is told through the slot, never
 * guessed from an exit code.
 *
 * Source   POSIX.1-2017, exec: PATH, and what is no program (ENOEXEC) is run by sh
 */
#define _GNU_SOURCE                         /* clone, environ */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve.h"

enum { STACK = 65536 };

bool plx_spawn_settle(pid_t parent, const plx_serve_order *order)
{
    sigset_t none;
    sigemptyset(&none);
    atomic_store(&order->slot->group, (int)getpid());
    if (setpgid(0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 ||
        dup2(order->file[0], STDOUT_FILENO) < 0 || dup2(order->file[1], STDERR_FILENO) < 0 ||
        sigprocmask(SIG_SETMASK, &none, NULL) != 0)
        return false;
    errno = ESRCH;
    return getppid() == parent;             /* else it died before it was to be told of */
}

/* What the new process needs to know. */
typedef struct spawning {
    pid_t parent;
    const plx_serve_order *order;
    const char *path;
    char **argv;
} spawning;

static int become(void *arg)
{
    const spawning *new = arg;
    if (plx_spawn_settle(new->parent, new->order))
        execve(new->path, new->argv, environ);
    new->order->slot->error = errno;
    _exit(127);
}

/* We go on when it has become the command or ended, so one stack is enough for all. */
static pid_t start(const plx_serve_order *order, const char *path, char **argv)
{
    static _Alignas(64) unsigned char stack[STACK];
    spawning new = { .parent = getpid(), .order = order, .path = path, .argv = argv };
    order->slot->error = 0;
    const pid_t pid = clone(become, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, &new);
    if (pid < 0)
        order->slot->error = errno;
    return pid;
}

/* Whether it could be run; errno says why not. */
static bool is_program(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0)
        return false;
    const bool file = S_ISREG(about.st_mode);
    if (!file)
        errno = EACCES;
    return file && access(path, X_OK) == 0;
}

/* The first program of that name in PATH, malloc'ed; NULL and errno. */
static char *look_in_path(const char *name)
{
    const char *from = getenv("PATH");
    int error = ENOENT;
    if (from == NULL)
        from = "/bin:/usr/bin";
    for (bool more = true; more;) {
        const size_t length = strcspn(from, ":"), size = length + strlen(name) + 3;
        char *path = malloc(size);
        if (path == NULL)
            return NULL;
        snprintf(path, size, "%.*s%s%s", (int)length, from, length > 0 ? "/" : "./", name);
        if (is_program(path))
            return path;
        if (errno == EACCES)
            error = EACCES;
        free(path);
        more = from[length] == ':';
        from += length + more;
    }
    errno = error;
    return NULL;
}

static char *find(const char *name)
{
    if (*name != '\0')
        return strchr(name, '/') != NULL ? strdup(name) : look_in_path(name);
    errno = ENOENT;
    return NULL;
}

/* What is no program is a script: sh PATH ARGUMENTS, as execvp does it. */
static pid_t start_script(const plx_serve_order *order, char *path, char **argv)
{
    size_t n = 1;
    while (argv[n - 1] != NULL)
        n++;
    char **words = malloc((n + 1) * sizeof *words), sh[] = "/bin/sh";
    if (words == NULL) {
        order->slot->error = ENOMEM;
        return -1;
    }
    words[0] = sh;
    words[1] = path;
    memcpy(words + 2, argv + 1, (n - 1) * sizeof *words);
    const pid_t pid = start(order, sh, words);
    free(words);
    return pid;
}

static pid_t start_at(const plx_serve_order *order, char *path, char **argv)
{
    const pid_t pid = start(order, path, argv);
    return pid >= 0 && order->slot->error == ENOEXEC ? start_script(order, path, argv) : pid;
}

/* A program that is always the same is looked for once, and again when it is gone from there. */
static pid_t start_found(plx_helper *helper, const plx_serve_order *order, char **argv)
{
    const bool fixed = plx_words_program(helper->words) != NULL;
    for (bool fresh = false;; fresh = true) {
        if (helper->path == NULL) {
            fresh = true;
            helper->path = find(argv[0]);
        }
        if (helper->path == NULL) {
            order->slot->error = errno;
            return -1;
        }
        const pid_t pid = start_at(order, helper->path, argv);
        const bool bad = order->slot->error == ENOENT || order->slot->error == EACCES;
        if (!fixed || bad) {
            free(helper->path);
            helper->path = NULL;
        }
        if (!bad || fresh)
            return pid;
    }
}

static void say_why(const char *program, int error, char why[PLX_SERVE_WHY])
{
    if (error == ENOENT)
        snprintf(why, PLX_SERVE_WHY, "%.60s: not found", program);
    else
        snprintf(why, PLX_SERVE_WHY, "%.40s: cannot be started: %s", program, strerror(error));
}

pid_t plx_spawn_command(plx_helper *helper, const plx_serve_order *order, char why[PLX_SERVE_WHY])
{
    plx_filled filled;
    if (!plx_words_fill(helper->words, order->item, order->ask->size, order->ask->index + 1,
                        &filled)) {
        const int error = errno;
        snprintf(why, PLX_SERVE_WHY, "cannot be started: %s", strerror(error));
        errno = error;
        return -1;
    }
    const pid_t pid = start_found(helper, order, filled.argv);
    const int error = order->slot->error;
    if (error != 0)
        say_why(filled.argv[0], error, why);
    plx_filled_free(&filled);
    errno = error;
    return error == 0 ? pid : -1;
}
