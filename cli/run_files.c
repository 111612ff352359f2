/* SPDX-License-Identifier: MIT */
/*
 * cli/run_files.c: a run's items and where its results go: files, or items made from the seed.
 *
 * Of several ranks only rank 0 comes here, but for what run_slices.c calls. What a file must be
 * hangs on the kernel: values of its type, lines if its items differ in length; results are values,
 * a table or a picture.
 */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "generate.h"
#include "picture.h"
#include "run.h"
#include "tsv.h"
#include "type.h"

/* All of a file, or the first -n of what it holds. */
static int count_items(const plx_cli_ask *ask, size_t items, size_t *n)
{
    *n = ask->n == PLX_CLI_UNTOLD ? items : ask->n;
    if (*n > items)
        return plx_cli_error(PLX_EXIT_USAGE, "-n '%zu': not allowed; '%s' holds %zu items", *n,
                             ask->input, items);
    return 0;
}

static int open_lines(const plx_cli_ask *ask, plx_file *text, plx_lines *lines, size_t *n)
{
    int code = plx_file_open(text, ask->input, "a text file, one item a line");
    if (code != 0)
        return code;
    plx_lines_begin(lines, text->bytes, text->size);
    return count_items(ask, lines->count, n);
}

int plx_cli_work_fits(const plx_cli_ask *ask, const plx_npy *header, size_t *n)
{
    const plx_kernel *kernel = ask->kernel;
    const plx_cli_type *has = plx_cli_type_of(header->type),
                       *takes = plx_cli_type_of(kernel->in_type);
    if (kernel->in_type != PLX_BYTES && has->type != takes->type)
        return plx_cli_error(PLX_EXIT_DATA, "-i '%s': holds %s; kernel '%s' takes %s", ask->input,
                             has->word, kernel->name, takes->word);
    size_t bytes = header->values * has->size, items = bytes / kernel->in_size;
    if (bytes % kernel->in_size != 0)
        return plx_cli_error(PLX_EXIT_DATA, "-i '%s': %zu bytes are no whole items of %zu",
                             ask->input, bytes, kernel->in_size);
    return count_items(ask, items, n);
}

static int open_values(const plx_cli_ask *ask, plx_npy_input *input, size_t *n)
{
    int code = plx_npy_open(input, ask->input);
    return code == 0 ? plx_cli_work_fits(ask, &input->header, n) : code;
}

static int open_input(const plx_cli_ask *ask, plx_cli_work *into)
{
    if (ask->kernel->in_size == PLX_VARIES)
        return open_lines(ask, &into->text, &into->lines, &into->n);
    return open_values(ask, &into->input, &into->n);
}

void plx_cli_work_drop_input(plx_cli_work *work)
{
    plx_npy_close(&work->input);
    plx_part_close(&work->sliced);
    plx_file_close(&work->text);
}

static int check_picture(const plx_cli_ask *ask, size_t n)
{
    const char *why = plx_picture_why_not(ask->kernel, ask->ctx, n);
    if (ask->streams)
        why = "a stream is never seen as a whole; map makes the same items";
    if (why != NULL)
        return plx_cli_error(PLX_EXIT_USAGE, "-o '%s': not allowed; kernel '%s' has no picture: %s",
                             ask->output, ask->kernel->name, why);
    return plx_output_check(ask->output, ask->force);
}

static int check_output(const plx_cli_ask *ask, size_t n)
{
    if (plx_picture_named(ask->output))
        return check_picture(ask, n);
    const plx_cli_type *type = plx_cli_type_of(ask->item_type);
    const char *no_table = plx_tsv_why_not(ask->kernel);
    if (ask->table && no_table != NULL)
        return plx_cli_error(PLX_EXIT_USAGE, "-o '%s': not allowed; kernel '%s' has no table: %s",
                             ask->output, ask->kernel->name, no_table);
    if (ask->table)
        return plx_output_check(ask->output, ask->force);
    if (type->descr == NULL || ask->item_size % type->size != 0)
        return plx_cli_error(
            PLX_EXIT_USAGE,
            "-o '%s': not allowed; the results of kernel '%s' have no type in .npy%s", ask->output,
            ask->kernel->name, no_table == NULL ? "; a name that ends in .tsv makes a table" : "");
    return plx_output_check(ask->output, ask->force);
}

int plx_cli_work_check_files(const plx_cli_ask *ask)
{
    plx_cli_work work = { .n = ask->n };
    int code = ask->input != NULL ? open_input(ask, &work) : 0;
    if (code == 0 && ask->output != NULL)
        code = check_output(ask, work.n);
    if (code == 0 && ask->bytes != NULL)
        code = plx_output_check_for("--bytes", ask->bytes, ask->force);
    if (code == 0 && ask->trace != NULL)
        code = plx_output_check_for("--trace", ask->trace, ask->force);
    plx_cli_work_drop_input(&work);
    return code;
}

/* A stream takes its lines as they are asked for; all others have them before. */
static int load_lines(plx_cli_work *work)
{
    int code = 0;
    if (work->ask->streams)
        return 0;
    work->made = plx_cli_work_room(work->lines.bytes, 1, &code);
    work->at = code == 0 ? plx_cli_work_room(work->n + 1, sizeof *work->at, &code) : NULL;
    if (code != 0)
        return code;
    work->in = work->made;
    size_t taken =
        plx_lines_take(&work->lines, work->n, work->made, work->lines.bytes, work->at);
    return taken == work->n ? 0 : plx_file_changed(work->ask->input);
}

/* A stream makes its items as they are asked for, a rank its own share (run_share.c); all others
   have them before. */
static int make_input(plx_cli_work *work)
{
    const plx_kernel *kernel = work->ask->kernel;
    int code = 0;
    if (kernel->in_size == 0 || work->ask->streams || work->ask->where == PLX_LOCAL)
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

int plx_cli_work_input(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    if (ask->input != NULL) {
        int code = open_input(ask, work);
        work->in = work->input.values;
        return code == 0 && ask->kernel->in_size == PLX_VARIES ? load_lines(work) : code;
    }
    work->n = ask->n;
    int code = check_generator(ask->kernel);
    return code == 0 ? make_input(work) : code;
}

static int begin_output(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    int code = check_output(ask, work->n);
    if (code != 0)
        return code;
    if (plx_picture_named(ask->output))
        return plx_output_begin(&work->file, ask->output, ask->force);
    if (ask->table) {
        code = plx_output_begin(&work->file, ask->output, ask->force);
        return code == 0 ? plx_tsv_head(&work->file, ask->kernel) : code;
    }
    size_t values = ask->item_size / plx_cli_type_of(ask->item_type)->size;
    return plx_output_open(&work->file, ask->output, ask->force, ask->item_type,
                           work->n * values);
}

int plx_cli_work_output(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    int code = ask->output != NULL ? begin_output(work) : 0;
    if (code == 0 && ask->bytes != NULL)
        code = plx_output_begin_for(&work->bytes, "--bytes", ask->bytes, ask->force);
    if (code == 0 && ask->trace != NULL)
        code = plx_output_begin_for(&work->trace, "--trace", ask->trace, ask->force);
    return code;
}

static int write_items(plx_cli_work *work, size_t first, size_t n, const void *out,
                       const plx_failure *failed, size_t failures)
{
    const plx_kernel *kernel = work->ask->kernel;
    if (plx_picture_named(work->ask->output))
        return plx_picture_write(&work->file, kernel, work->ask->ctx, out);
    if (work->ask->table)
        return plx_tsv_rows(&work->file, kernel, first, n, out, failed, failures);
    return plx_output_write(&work->file, out, n * work->ask->item_size);
}

int plx_cli_work_write(plx_cli_work *work, size_t first, size_t n, const void *out,
                       const plx_failure *failed, size_t failures)
{
    const plx_cli_ask *ask = work->ask;
    int code = 0;
    if (ask->output != NULL)
        code = write_items(work, first, n, out, failed, failures);
    if (code == 0 && ask->bytes != NULL)
        code = plx_output_write(&work->bytes, out,
                                ask->folds ? ask->kernel->acc_size : n * ask->item_size);
    return code;
}

/* All are written before the first is moved into its place. A stream has written what it made, the
   ranks their slices. */
int plx_cli_work_keep(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    int code = 0;
    bool result = plx_cli_work_has_result(work);
    bool written = ask->streams || (ask->filed && ask->pattern == PLX_MAP);
    if (result && !written)
        code = plx_cli_work_write(work, 0, work->n, work->out, work->job.failures,
                                  work->calls[work->median].report.failures);
    if (code == 0 && ask->trace != NULL && plx_cli_work_ran(work))
        code = plx_cli_work_trace(work);
    if (code == 0 && result && ask->output != NULL)
        code = plx_output_keep(&work->file);
    if (code == 0 && result && ask->bytes != NULL)
        code = plx_output_keep(&work->bytes);
    if (code == 0 && ask->trace != NULL && plx_cli_work_ran(work))
        code = plx_output_keep(&work->trace);
    return code;
}
