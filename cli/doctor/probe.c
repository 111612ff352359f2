/* SPDX-License-Identifier: MIT */
/*
 * cli/doctor/probe.c: MPI is tried by this same program as `doctor -m mpi --inside --json`, whose
 * alarm ends it if MPI hangs. What it prints but the object is not ours to show.
 */
#define _POSIX_C_SOURCE 200809L
#include "probe.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool start(int to, int from, pid_t *child)
{
    static char *const words[] = {"parallax", "doctor", "-m", "mpi", "--inside", "--json", NULL};
    posix_spawn_file_actions_t files;
    if (posix_spawn_file_actions_init(&files) != 0)
        return false;
    bool good =
        posix_spawn_file_actions_addclose(&files, from) == 0 &&
        posix_spawn_file_actions_adddup2(&files, to, STDOUT_FILENO) == 0 &&
        posix_spawn_file_actions_addclose(&files, to) == 0 &&
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0 &&
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
        posix_spawn(child, "/proc/self/exe", &files, NULL, words, environ) == 0;
    posix_spawn_file_actions_destroy(&files);
    return good;
}

static bool take(const json_t *answer, plx_doctor_facts *facts)
{
    const char *library, *level;
    if (json_unpack((json_t *)answer, "{s:{s:s,s:s}}", "mpi", "library", &library, "thread_level",
                    &level) != 0)
        return false;
    snprintf(facts->library, sizeof facts->library, "%s", library);
    snprintf(facts->level, sizeof facts->level, "%s", level);
    return true;
}

bool plx_doctor_probe(plx_doctor_facts *facts)
{
    int ends[2];
    pid_t child;
    if (pipe(ends) != 0)
        return false;
    bool good = start(ends[1], ends[0], &child);
    close(ends[1]);
    FILE *from = fdopen(ends[0], "r");
    if (from == NULL)
        close(ends[0]);
    json_t *answer = good && from ? json_loadf(from, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
    if (from != NULL)
        fclose(from);
    if (good)
        waitpid(child, NULL, 0);
    good = answer != NULL && take(answer, facts);
    json_decref(answer);
    return good;
}
