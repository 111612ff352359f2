/* SPDX-License-Identifier: MIT */
/*
 * cli/kernel_file.c: a user's kernel from its path.
 *
 * Under ranks only rank 0 compiles and reads, and every rank ends the same way. A compiled object
 * is needed no longer than until it is loaded.
 */
#define _POSIX_C_SOURCE 200809L
#include "kernel_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "error.h"

static bool ends_in(const char *path, const char *end)
{
    const size_t length = strlen(path), tail = strlen(end);
    return length > tail && strcmp(path + length - tail, end) == 0;
}

bool plx_cli_kernel_is_file(const char *word)
{
    return strchr(word, '/') != NULL;
}

bool plx_cli_kernel_is_source(const char *path)
{
    return ends_in(path, ".c");
}

int plx_cli_kernel_load(const char *path, const char *shown, plx_team *team, plx_object **object)
{
    char why[108];
    plx_status status = plx_object_open(team, path, object, why, sizeof why);
    if (status == PLX_OK)
        return 0;
    return plx_cli_error(plx_status_exit(status), "kernel '%s': %s", shown, why);
}

/* Rank 0's exit code, on every rank. The statuses that stand for it have the same codes. */
static int agree(plx_team *team, int code)
{
    static const plx_status statuses[] = {PLX_BAD_KERNEL, PLX_NO_INPUT, PLX_UNSUPPORTED,
                                          PLX_SYSTEM};
    plx_status mine = PLX_OK;
    for (size_t i = 0; code != 0 && i < sizeof statuses / sizeof *statuses; i++)
        if (plx_status_exit(statuses[i]) == code)
            mine = statuses[i];
    return plx_status_exit(plx_agree(team, mine));
}

/* What is compiled is gone by its name before any of it can run and end us; it is left by ours. */
static int hold(plx_cli_object *built, char path[40])
{
    int file = built->path[0] ? open(built->path, O_RDONLY | O_CLOEXEC) : -1;
    snprintf(path, 40, "/proc/self/fd/%d", file);
    plx_cli_build_drop(built);
    return file;
}

int plx_cli_kernel_open(const char *path, plx_team *team, plx_object **object)
{
    plx_cli_object built = {"", ""};
    *object = NULL;
    if (!plx_cli_kernel_is_source(path) && !ends_in(path, ".so"))
        return plx_cli_error(PLX_EXIT_USAGE, "kernel '%s': a file must end in .c or .so", path);
    if (!plx_cli_kernel_is_source(path))
        return plx_cli_kernel_load(path, path, team, object);
    int code = !team || plx_team_rank(team) == 0 ? plx_cli_build(path, &built) : 0;
    if (team)
        code = agree(team, code);
    char held[40];
    int file = hold(&built, held);
    if (code == 0)
        code = plx_cli_kernel_load(held, path, team, object);
    if (file >= 0)
        close(file);
    return code;
}
