/* SPDX-License-Identifier: MIT */
/*
 * cli/run_slices.c: --where file: each rank reads its slice of the input itself, and writes its
 * slice of a map's results. No data passes through rank 0.
 *
 * All of this is collective: a rank keeps the line of what went wrong on it until all have come
 * together, and then all end alike. To the library the data are each rank's own (PLX_LOCAL).
 */
#define XXH_STATIC_LINKING_ONLY             /* the size of a hash's state */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "error.h"
#include "run.h"
#include "since.h"
#include "type.h"

/* Rank 0's word on the outputs that it began. */
typedef struct names {
    int64_t code;
    char file[PLX_OUTPUT_NAME], bytes[PLX_OUTPUT_NAME];
} names;

static double now_s(void)
{
    return (double)plx_cli_since_now() * 1e-9;
}

static bool maps(const plx_cli_work *work)
{
    return work->ask->pattern == PLX_MAP;
}

static size_t items(const plx_cli_work *work)
{
    return work->hi - work->lo;
}

/* The status that the command ends with this code for. */
static plx_status status_of(int code)
{
    for (int s = PLX_OK; s < PLX_STATUSES; s++)
        if (plx_status_exit((plx_status)s) == code)
            return (plx_status)s;
    return PLX_INTERNAL;
}

int plx_cli_slices_input(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    char line[PLX_CLI_HELD];
    work->n = ask->n;
    if (ask->input == NULL)
        return 0;
    plx_cli_error_hold(line, sizeof line);
    int code = plx_part_open(&work->sliced, ask->input);
    if (code == 0)
        code = plx_cli_work_fits(ask, &work->sliced.header, &work->n);
    plx_cli_error_hold(NULL, 0);
    plx_part_facts first = work->sliced.facts;
    int told = plx_cli_agree(work->team, code, line, NULL);
    if (told == 0)
        told = plx_cli_tell(work->team, 0, &first, sizeof first);
    if (told != 0)
        return told;
    plx_cli_error_hold(line, sizeof line);
    code = plx_part_same(&work->sliced, &first);
    plx_cli_error_hold(NULL, 0);
    return plx_cli_agree(work->team, code, line, NULL);
}

/* Where a rank's slices begin in the two outputs. */
static size_t place_in_file(const plx_cli_work *work, size_t item)
{
    const plx_kernel *kernel = work->ask->kernel;
    char header[PLX_NPY_HEADER_MAX];
    size_t values = work->n * (kernel->out_size / plx_cli_type_of(kernel->out_type)->size);
    return plx_npy_header(header, kernel->out_type, values) + item * kernel->out_size;
}

static void begin_outputs(plx_cli_work *work, names *told)
{
    const plx_cli_ask *ask = work->ask;
    int code = plx_cli_work_output(work);
    if (code == 0 && maps(work) && ask->output != NULL)
        code = plx_output_share(&work->file, place_in_file(work, work->n), told->file);
    if (code == 0 && maps(work) && ask->bytes != NULL)
        code = plx_output_share(&work->bytes, work->n * ask->kernel->out_size, told->bytes);
    told->code = code;
}

static int join_outputs(plx_cli_work *work, const names *told)
{
    const plx_cli_ask *ask = work->ask;
    int code = 0;
    if (ask->output != NULL)
        code = plx_output_join(&work->file, "-o", ask->output, told->file);
    if (code == 0 && ask->bytes != NULL)
        code = plx_output_join(&work->bytes, "--bytes", ask->bytes, told->bytes);
    return code;
}

int plx_cli_slices_output(plx_cli_work *work)
{
    char line[PLX_CLI_HELD];
    names told = {0};
    if (work->root)
        begin_outputs(work, &told);
    int code = plx_cli_tell(work->team, 0, &told, sizeof told);
    if (code != 0 || told.code != 0)
        return code != 0 ? code : (int)told.code;
    plx_cli_error_hold(line, sizeof line);
    if (!work->root && maps(work))
        code = join_outputs(work, &told);
    plx_cli_error_hold(NULL, 0);
    return plx_cli_agree(work->team, code, line, NULL);
}

/* One rank's reading or writing ended; how long the longest took. */
static plx_status settle(plx_cli_work *work, int code, const char *line, double begun_s,
                         double *longest_s)
{
    plx_cli_error_hold(NULL, 0);
    *longest_s = now_s() - begun_s;
    code = plx_cli_agree(work->team, code, line, longest_s);
    work->told = code != 0;
    return status_of(code);
}

plx_status plx_cli_slices_read(plx_cli_work *work, plx_cli_call *call)
{
    const size_t size = work->ask->kernel->in_size;
    char line[PLX_CLI_HELD];
    if (work->ask->input == NULL)
        return PLX_OK;
    plx_cli_error_hold(line, sizeof line);
    const double begun_s = now_s();
    int code = plx_part_read(&work->sliced, work->lo * size, items(work) * size, work->made);
    return settle(work, code, line, begun_s, &call->read_s);
}

plx_status plx_cli_slices_write(plx_cli_work *work, plx_cli_call *call)
{
    const size_t size = work->ask->kernel->out_size;
    char line[PLX_CLI_HELD];
    int code = 0;
    if (!maps(work) || (work->ask->output == NULL && work->ask->bytes == NULL))
        return PLX_OK;
    plx_cli_error_hold(line, sizeof line);
    const double begun_s = now_s();
    if (work->ask->output != NULL)
        code = plx_output_put(&work->file, work->share, items(work) * size,
                              place_in_file(work, work->lo));
    if (code == 0 && work->ask->bytes != NULL)
        code = plx_output_put(&work->bytes, work->share, items(work) * size, work->lo * size);
    return settle(work, code, line, begun_s, &call->write_s);
}

/* The state of the hash goes from rank to rank, through the slices in their order. */
plx_status plx_cli_slices_digest(plx_cli_work *work)
{
    const int ranks = plx_team_ranks(work->team), rank = plx_team_rank(work->team);
    XXH64_state_t state;
    int code = 0;
    XXH64_reset(&state, 0);
    for (int r = 0; r < ranks && code == 0; r++) {
        if (r == rank)
            XXH64_update(&state, work->share, items(work) * work->ask->kernel->out_size);
        code = plx_cli_tell(work->team, r, &state, sizeof state);
    }
    work->digest = XXH64_digest(&state);
    work->told = code != 0;
    return status_of(code);
}

/* Rank 0 shuts its own when it keeps them. */
static int sync_output(const plx_cli_work *work, plx_output *output)
{
    int code = plx_output_sync(output);
    return code == 0 && !work->root ? plx_output_shut(output) : code;
}

int plx_cli_slices_sync(plx_cli_work *work)
{
    char line[PLX_CLI_HELD];
    int code = 0;
    if (!maps(work) || (work->ask->output == NULL && work->ask->bytes == NULL) ||
        !plx_cli_work_has_result(work))
        return 0;
    plx_cli_error_hold(line, sizeof line);
    const double begun_s = now_s();
    if (work->ask->output != NULL)
        code = sync_output(work, &work->file);
    if (code == 0 && work->ask->bytes != NULL)
        code = sync_output(work, &work->bytes);
    plx_cli_error_hold(NULL, 0);
    work->sync_s = now_s() - begun_s;
    return plx_cli_agree(work->team, code, line, &work->sync_s);
}
