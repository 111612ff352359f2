/* SPDX-License-Identifier: MIT */
/*
 * cli/run_together.c: which options of `parallax run` go with which pattern, kernel and each other.
 *
 * An option that would have no effect here is an error, so that nobody believes that it had one.
 */
#include <string.h>

#include "error.h"
#include "picture.h"
#include "run.h"

int plx_cli_refuse(const char *option, const plx_cli_ask *ask, const char *why)
{
    return plx_cli_error(PLX_EXIT_USAGE, "%s: not allowed with pattern '%s' and kernel '%s': %s",
                         option, plx_pattern_name(ask->pattern), ask->kernel->name, why);
}

static int check_same(const char *option, const char *file, const char *other_option,
                      const char *other)
{
    if (file == NULL || other == NULL || strcmp(file, other) != 0)
        return 0;
    return plx_cli_error(PLX_EXIT_USAGE, "%s '%s': not allowed; %s names the same file", option,
                         file, other_option);
}

/* Slices are cut at places that can be computed: items of one length, in a .npy file. */
static int check_filed(const plx_cli_ask *ask)
{
    if (ask->pattern != PLX_MAP && ask->pattern != PLX_REDUCE)
        return plx_cli_refuse("--where", ask, "file is for map and reduce");
    if (ask->kernel->in_size == PLX_VARIES)
        return plx_cli_refuse("--where", ask,
                              "items that differ in length cannot be cut into slices");
    if (ask->kernel->in_size != 0 && ask->input == NULL)
        return plx_cli_error(PLX_EXIT_USAGE, "-i: missing; with --where 'file' each rank reads its "
                                             "slice of a .npy file");
    if (ask->output != NULL && (ask->table || plx_picture_named(ask->output)))
        return plx_cli_refuse("--where", ask,
                              "tables and pictures are written as a whole, by rank 0");
    return 0;
}

/* What --where, --bytes and --trace go with. */
static int check_told(const plx_cli_ask *ask)
{
    if (ask->filed && check_filed(ask) != 0)
        return PLX_EXIT_USAGE;
    if (ask->where == PLX_LOCAL && ask->pattern != PLX_MAP && ask->pattern != PLX_REDUCE)
        return plx_cli_refuse("--where", ask, "local is for map and reduce");
    if (ask->where == PLX_LOCAL && ask->input != NULL && !ask->filed)
        return plx_cli_refuse("--where", ask,
                              "the file of -i is rank 0's, so its items are not local");
    if (ask->bytes != NULL && ask->repeat != 0 && ask->streams)
        return plx_cli_refuse("--bytes", ask,
                              "a stream is written once; it does not go with --repeat");
    int code = check_same("--bytes", ask->bytes, "-o", ask->output);
    if (code == 0)
        code = check_same("--trace", ask->trace, "-o", ask->output);
    return code == 0 ? check_same("--trace", ask->trace, "--bytes", ask->bytes) : code;
}

/* What comes out of a scan is accumulators: one that is a single value makes an array. */
static int check_scan_output(const plx_cli_ask *ask)
{
    if (ask->table || plx_picture_named(ask->output))
        return plx_cli_refuse("-o", ask, "a scan's results go into .npy");
    if (ask->item_type == PLX_BYTES)
        return plx_cli_refuse("-o", ask, "its accumulator is no single value that .npy files know");
    return 0;
}

/* Options that only mean something here or there are not passed over in silence. */
int plx_cli_ask_together(const plx_cli_ask *ask)
{
    if (ask->tasks != 0 && !ask->in_tasks)
        return plx_cli_refuse("--tasks", ask, "it is for fan, task and priority");
    if (ask->batch != 0 && !ask->streams)
        return plx_cli_refuse("--batch", ask, "it is for batch and pipeline");
    if (ask->in_flight != 0 && !ask->streams)
        return plx_cli_refuse("--in-flight", ask, "it is for batch and pipeline");
    if (ask->exclusive && ask->pattern != PLX_SCAN)
        return plx_cli_refuse("--exclusive", ask, "it is for scan");
    if (ask->output != NULL && ask->pattern == PLX_SCAN && check_scan_output(ask) != 0)
        return PLX_EXIT_USAGE;
    if (ask->output != NULL && ask->folds)
        return plx_cli_refuse("-o", ask, "the result is no array; it is printed");
    if (ask->output != NULL && ask->repeat != 0)
        return plx_cli_refuse("-o", ask, "it does not go with --repeat");
    if (ask->input != NULL && ask->kernel->in_size == 0)
        return plx_cli_refuse("-i", ask, "the kernel takes no input; it counts items from 0");
    if (ask->table && ask->in_tasks)
        return plx_cli_refuse("-o", ask, "a table tells which item failed, not which task");
    if (ask->kernel->in_size == PLX_VARIES && ask->in_tasks && ask->across)
        return plx_cli_refuse("-m", ask,
                              "items that differ in length are rank 0's; map takes them");
    if (ask->kernel->in_size == PLX_VARIES && ask->input == NULL)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "-i: missing; kernel '%s' takes a text file, one item a line",
                             ask->kernel->name);
    if (ask->input == NULL && ask->n == PLX_CLI_UNTOLD)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "-n: missing; it takes the number of items, such as 1000 or 1e9");
    return check_told(ask);
}
