/* SPDX-License-Identifier: MIT */
/*
 * cli/run_place.c: --where and --bind: whose memory the data are in, which cores the ranks run on.
 *
 * Both are for the mpi models, where there is something to choose; elsewhere they are refused, so
 * that no comparison believes that it varied what it did not.
 */
#include <string.h>

#include "error.h"
#include "place.h"
#include "run.h"

static const char *const wheres[] = {[PLX_ROOT] = "root", [PLX_LOCAL] = "local"};
static const char *const binds[] = {
    [PLX_CLI_BIND_DEFAULT] = "default", [PLX_CLI_BIND_CORE] = "core", [PLX_CLI_BIND_NONE] = "none"};

const char *plx_cli_where_name(plx_where where)
{
    return wheres[where];
}

const char *plx_cli_bind_name(plx_cli_bind bind)
{
    return binds[bind];
}

static int find_where(const char *text, plx_where *where)
{
    *where = strcmp(text, wheres[PLX_LOCAL]) == 0 ? PLX_LOCAL : PLX_ROOT;
    if (strcmp(text, wheres[*where]) == 0)
        return 0;
    return plx_cli_error(PLX_EXIT_USAGE, "--where '%s': not allowed; it takes root or local", text);
}

static int find_bind(const char *text, plx_cli_bind *bind)
{
    *bind = strcmp(text, binds[PLX_CLI_BIND_CORE]) == 0 ? PLX_CLI_BIND_CORE : PLX_CLI_BIND_NONE;
    if (strcmp(text, binds[*bind]) == 0)
        return 0;
    return plx_cli_error(PLX_EXIT_USAGE, "--bind '%s': not allowed; it takes core or none", text);
}

/* --started comes from the process that became mpirun, and with it the binding asked for. */
static int check_bind(const plx_cli_ask *ask)
{
    if (!ask->across)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "--bind '%s': not allowed; model '%s' is one process, and only ranks "
                             "are bound",
                             ask->bind_name, ask->model.name);
    if (plx_cli_where().launched && ask->started == 0)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "--bind '%s': not allowed under a launcher, which binds the ranks "
                             "itself",
                             ask->bind_name);
    return 0;
}

int plx_cli_ask_for_place(plx_cli_ask *ask)
{
    int code = 0;
    if (ask->where_name != NULL)
        code = find_where(ask->where_name, &ask->where);
    if (code == 0 && ask->bind_name != NULL)
        code = find_bind(ask->bind_name, &ask->bind);
    if (code == 0 && ask->bind_name != NULL)
        code = check_bind(ask);
    if (code == 0 && ask->where == PLX_LOCAL && !ask->across)
        code =
            plx_cli_error(PLX_EXIT_USAGE, "--where 'local': not allowed; model '%s' is one process",
                          ask->model.name);
    return code;
}
