/* SPDX-License-Identifier: MIT */
/*
 * cli/run_place.c: --where, --bind and --oversubscribe: whose memory the data are in, which cores
 * the ranks run on.
 *
 * All are for the mpi models, where there is something to choose; elsewhere they are refused, so
 * that no comparison believes that it varied what it did not.
 */
#include <string.h>

#include "error.h"
#include "place.h"
#include "run.h"

static const struct {
    const char *name;
    plx_where where;
    bool filed;
} wheres[] = {{"root", PLX_ROOT, false}, {"local", PLX_LOCAL, false}, {"file", PLX_LOCAL, true}};
enum { WHERES = sizeof wheres / sizeof *wheres };
static const char *const binds[] = {
    [PLX_CLI_BIND_DEFAULT] = "default", [PLX_CLI_BIND_CORE] = "core", [PLX_CLI_BIND_NONE] = "none"};

const char *plx_cli_where_name(const plx_cli_ask *ask)
{
    size_t i = 0;
    while (wheres[i].where != ask->where || wheres[i].filed != ask->filed)
        i++;
    return wheres[i].name;
}

const char *plx_cli_bind_name(plx_cli_bind bind)
{
    return binds[bind];
}

static int find_where(plx_cli_ask *ask)
{
    for (size_t i = 0; i < WHERES; i++) {
        if (strcmp(ask->where_name, wheres[i].name) != 0)
            continue;
        ask->where = wheres[i].where;
        ask->filed = wheres[i].filed;
        return 0;
    }
    return plx_cli_error(PLX_EXIT_USAGE, "--where '%s': not allowed; it takes root, local or file",
                         ask->where_name);
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

static int check_oversubscribe(const plx_cli_ask *ask)
{
    if (!ask->across)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "--oversubscribe: not allowed; model '%s' is one process",
                             ask->model.name);
    if (plx_cli_where().launched && ask->started == 0)
        return plx_cli_error(PLX_EXIT_USAGE, "--oversubscribe: not allowed under a launcher, which "
                                             "takes its own option");
    return 0;
}

int plx_cli_ask_for_place(plx_cli_ask *ask)
{
    int code = ask->oversubscribe ? check_oversubscribe(ask) : 0;
    if (code == 0 && ask->where_name != NULL)
        code = find_where(ask);
    if (code == 0 && ask->bind_name != NULL)
        code = find_bind(ask->bind_name, &ask->bind);
    if (code == 0 && ask->bind_name != NULL)
        code = check_bind(ask);
    if (code == 0 && ask->where == PLX_LOCAL && !ask->across)
        code =
            plx_cli_error(PLX_EXIT_USAGE, "--where '%s': not allowed; model '%s' is one process",
                          ask->where_name, ask->model.name);
    return code;
}
