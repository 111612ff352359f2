/* SPDX-License-Identifier: MIT */
/*
 * compare/spawn.c: fork and exec, with the outputs in pipes and the environment changed.
 *
 * The child leads a process group of its own, so that whatever it starts can be ended with it. If
 * we die without a word, the kernel sends it a TERM.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Whether a change names that entry: "NAME" or "NAME=new" beside "NAME=old". */
static bool names(const char *change, const char *entry)
{
    size_t size = strcspn(change, "=");
    return strncmp(change, entry, size) == 0 && entry[size] == '=';
}

/* Our environment with the changes made, the words still ours; NULL without memory. */
static char **change_environment(const char *const *changes)
{
    size_t count = 0, used = 0, added = 0;
    while (environ && environ[count])
        count++;
    while (changes && changes[added])
        added++;
    char **made = malloc((count + added + 1) * sizeof *made);
    if (!made)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        bool kept = true;
        for (size_t c = 0; c < added; c++)
            kept = kept && !names(changes[c], environ[i]);
        if (kept)
            made[used++] = environ[i];
    }
    for (size_t c = 0; c < added; c++)
        if (strchr(changes[c], '='))
            made[used++] = (char *)(uintptr_t)changes[c]; /* exec reads words only */
    made[used] = NULL;
    return made;
}

/* In the child: only async-signal-safe calls. */
static void become(char *const argv[], char **words, const int out[2], const int err[2], int report,
                   pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(127);
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    environ = words;
    execvp(argv[0], argv);
    int why = errno;
    ssize_t written = write(report, &why, sizeof why);
    _exit(written < 0 ? 126 : 127);
}

/* A pipe whose ends no later child inherits and whose numbers lie above the standard ones. */
static int make_pipe(int ends[2])
{
    int raw[2];
    if (pipe(raw) != 0)
        return -1;
    for (int i = 0; i < 2; i++)
        ends[i] = fcntl(raw[i], F_DUPFD_CLOEXEC, 3);
    close(raw[0]);
    close(raw[1]);
    return ends[0] < 0 || ends[1] < 0 ? -1 : 0;
}

void plx_spawn_shut(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

/* exec's success closes the report pipe. */
int plx_spawn_start(plx_spawn *spawned, const plx_launch_what *what)
{
    char **words = change_environment(what->environment);
    int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}}, why = words ? 0 : ENOMEM;
    for (int i = 0; i < 3 && why == 0; i++)
        why = make_pipe(pipes[i]) == 0 ? 0 : errno;
    pid_t parent = getpid();
    spawned->pid = why ? -1 : fork();
    if (spawned->pid == 0)
        become(what->argv, words, pipes[PLX_SPAWN_OUT], pipes[PLX_SPAWN_ERR], pipes[2][1],
               parent);
    if (spawned->pid < 0 && why == 0)
        why = errno;
    for (int i = 0; i < 3; i++)
        plx_spawn_shut(&pipes[i][1]);
    if (spawned->pid > 0) {
        setpgid(spawned->pid, spawned->pid); /* whoever is first: both do it */
        ssize_t got;
        while ((got = read(pipes[2][0], &why, sizeof why)) < 0 && errno == EINTR)
            continue;
        if (got == (ssize_t)sizeof why)
            waitpid(spawned->pid, NULL, 0);
    }
    free(words);
    plx_spawn_shut(&pipes[2][0]);
    spawned->pipe[PLX_SPAWN_OUT] = pipes[PLX_SPAWN_OUT][0];
    spawned->pipe[PLX_SPAWN_ERR] = pipes[PLX_SPAWN_ERR][0];
    return why;
}
