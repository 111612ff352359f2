/* SPDX-License-Identifier: MIT */
/*
 * cli/run_work.c: what a call needs before it can be made, and where its output goes afterwards.
 *
 * Rank 0 alone touches files. What it found, the exit code included, reaches the other ranks as the
 * result of a small reduce, so that all end in the same way and one of them says why.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "generate.h"
#include "run.h"
#include "since.h"
#include "type.h"

enum { TASKS_DEFAULT = 64 };

/* What rank 0 knows and the others need. */
typedef struct head {
    uint64_t code, n;
} head;

static void take_head(const plx_block *block, void *acc)
{
    if (block->hi > block->lo)
        *(head *)acc = *(const head *)block->in;
}

static void join_heads(void *left, const void *right, const void *ctx)
{
    const head *other = right;
    (void)ctx;
    ((head *)left)->code |= other->code;
    ((head *)left)->n |= other->n;
}

static const plx_kernel head_kernel = {
    .size = sizeof(plx_kernel),
    .name = "head",
    .about = "rank 0's word to all",
    .in_size = sizeof(head),
    .acc_size = sizeof(head),
    .flags = PLX_EXACT,
    .item_ns = 1,
    .fold = take_head,
    .combine = join_heads,
};

/* The same code on every rank: rank 0's, else that of a rank that ran out of memory. *n becomes
   rank 0's. */
static int stay_together(const plx_cli_work *work, int code, size_t *n)
{
    if (plx_team_ranks(work->team) == 1)
        return code;
    head mine = { (uint64_t)code, *n }, all = { 0, 0 };
    plx_report report;
    plx_job job = { .kernel = &head_kernel, .n = 1, .in = &mine, .out = &all };
    plx_status told = plx_reduce(work->team, &job, &report);
    plx_status worst = plx_agree(work->team, code == 0 ? told : PLX_NO_MEMORY);
    *n = (size_t)all.n;
    if (all.code != 0 || worst == PLX_OK)
        return (int)all.code;
    return plx_cli_error(plx_status_exit(worst), "a rank cannot begin: %s", plx_status_text(worst));
}

static size_t memory_size(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? (size_t)pages * (size_t)page : SIZE_MAX;
}

void *plx_cli_work_room(size_t n, size_t size, int *code)
{
    void *room = NULL;
    if (size != 0 && n > (SIZE_MAX / 2) / size) {
        *code = plx_cli_error(PLX_EXIT_DATA,
                              "-n '%zu': too many: %zu bytes each cannot be addressed", n, size);
        return NULL;
    }
    /* Linux promises memory that it does not have and later kills whoever believed it. */
    size_t bytes = n * size;
    if (bytes <= memory_size() && posix_memalign(&room, 64, bytes + 64) == 0)
        return room;
    *code = plx_cli_error(PLX_EXIT_SYSTEM, "-n '%zu': no memory for as many: %zu bytes needed", n,
                          bytes);
    return NULL;
}

static int open_input(const plx_cli_ask *ask, plx_npy_input *input, size_t *n)
{
    const plx_kernel *kernel = ask->kernel;
    int code = plx_npy_open(input, ask->input);
    if (code != 0)
        return code;
    const plx_cli_type *has = plx_cli_type_of(input->header.type),
                       *takes = plx_cli_type_of(kernel->in_type);
    if (kernel->in_type != PLX_BYTES && has->type != takes->type)
        return plx_cli_error(PLX_EXIT_DATA, "-i '%s': holds %s; kernel '%s' takes %s", ask->input,
                             has->word, kernel->name, takes->word);
    size_t bytes = input->header.values * has->size, items = bytes / kernel->in_size;
    if (bytes % kernel->in_size != 0)
        return plx_cli_error(PLX_EXIT_DATA, "-i '%s': %zu bytes are no whole items of %zu",
                             ask->input, bytes, kernel->in_size);
    *n = ask->n == PLX_CLI_UNTOLD ? items : ask->n;
    if (*n > items)
        return plx_cli_error(PLX_EXIT_USAGE, "-n '%zu': not allowed; '%s' holds %zu items", *n,
                             ask->input, items);
    return 0;
}

static int check_output(const plx_cli_ask *ask)
{
    const plx_cli_type *type = plx_cli_type_of(ask->kernel->out_type);
    if (type->descr == NULL || ask->kernel->out_size % type->size != 0)
        return plx_cli_error(
            PLX_EXIT_USAGE, "-o '%s': not allowed; the results of kernel '%s' have no type in .npy",
            ask->output, ask->kernel->name);
    return plx_output_check(ask->output, ask->force);
}

int plx_cli_work_check_files(const plx_cli_ask *ask)
{
    plx_npy_input input = { 0 };
    size_t n;
    int code = ask->input != NULL ? open_input(ask, &input, &n) : 0;
    if (code == 0 && ask->output != NULL)
        code = check_output(ask);
    plx_npy_close(&input);
    return code;
}

/* A batch makes its items as they are asked for; all others have them before. */
static int make_input(plx_cli_work *work)
{
    const plx_kernel *kernel = work->ask->kernel;
    int code = 0;
    if (kernel->in_size == 0 || work->ask->pattern == PLX_BATCH)
        return 0;
    work->made = plx_cli_work_room(work->n, kernel->in_size, &code);
    if (work->made == NULL)
        return code;
    size_t values = work->n * (kernel->in_size / plx_cli_type_of(kernel->in_type)->size);
    plx_generate_values(kernel->in_type, work->ask->seed, 0, values, work->made);
    work->in = work->made;
    return 0;
}

static int check_generator(const plx_kernel *kernel)
{
    size_t size = plx_cli_type_of(kernel->in_type)->size;
    if (kernel->in_size == 0 || (size != 0 && kernel->in_size % size == 0))
        return 0;
    return plx_cli_error(PLX_EXIT_USAGE, "kernel '%s': its input cannot be made; give it with -i",
                         kernel->name);
}

static int open_root_input(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    if (ask->input != NULL) {
        int code = open_input(ask, &work->input, &work->n);
        work->in = work->input.values;
        return code;
    }
    work->n = ask->n;
    int code = check_generator(ask->kernel);
    return code == 0 ? make_input(work) : code;
}

static int open_root_output(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    if (ask->output == NULL)
        return 0;
    int code = check_output(ask);
    if (code != 0)
        return code;
    size_t values = ask->kernel->out_size / plx_cli_type_of(ask->kernel->out_type)->size;
    return plx_output_open(&work->file, ask->output, ask->force, ask->kernel->out_type,
                           work->n * values);
}

static int open_team(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    uint64_t before = plx_cli_since_now();
    plx_status status = plx_open(ask->model.name, ask->single ? 1 : ask->threads, &work->team);
    work->open_s = (double)(plx_cli_since_now() - before) * 1e-9;
    if (status != PLX_OK)
        return plx_cli_error(plx_status_exit(status), "model '%s': cannot be opened: %s",
                             ask->model.name, plx_status_text(status));
    work->root = plx_team_rank(work->team) == 0;
    return 0;
}

static void fill_job(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    work->tasks = ask->tasks != 0 ? ask->tasks : TASKS_DEFAULT;
    if (work->tasks > work->n)
        work->tasks = work->n;
    work->job.kernel = ask->kernel;
    work->job.n = work->n;
    work->job.in = work->in;
    work->job.ctx = ask->ctx;
    work->job.grain = ask->grain;
    work->job.schedule = ask->schedule;
    work->job.batch = ask->batch;
    work->job.in_flight = ask->in_flight;
    work->job.keep_going = ask->keep_going;
}

int plx_cli_work_open(plx_cli_work *work, const plx_cli_ask *ask)
{
    *work = (plx_cli_work){ .ask = ask, .launch_s = plx_cli_since_launch(ask->started) };
    int code = open_team(work);
    if (code != 0)
        return code;
    code = stay_together(work, work->root ? open_root_input(work) : 0, &work->n);
    if (code != 0)
        return code;
    fill_job(work);
    code = plx_cli_call_prepare(work);
    if (code == 0 && work->root)
        code = open_root_output(work);
    return stay_together(work, code, &work->n);
}

bool plx_cli_work_has_result(const plx_cli_work *work)
{
    return work->status == PLX_OK || (work->status == PLX_ITEM_FAILED && work->ask->keep_going);
}

int plx_cli_work_finish(plx_cli_work *work)
{
    int code = 0;
    size_t ignored = 0;
    if (work->ask->output == NULL)
        return 0;
    if (work->root && plx_cli_work_has_result(work)) {
        if (work->ask->pattern != PLX_BATCH)
            code = plx_output_write(&work->file, work->out, work->n * work->ask->kernel->out_size);
        if (code == 0)
            code = plx_output_keep(&work->file);
    }
    return stay_together(work, code, &ignored);
}

void plx_cli_work_close(plx_cli_work *work)
{
    plx_output_drop(&work->file);
    plx_cli_call_close(work);
    plx_npy_close(&work->input);
    free(work->made);
    plx_close(work->team);
}
