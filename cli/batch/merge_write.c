/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/merge_write.c: rows into the output, some at a time.
 *
 * Nothing is seen of the output before all of it is written, synced and moved to its name.
 */
#include "merge_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "../error.h"
#include "../tsv.h"
#include "../type.h"

enum { AT_ONCE = 65536, FEWEST = 16 };      /* bytes of rows; rows at least */

int plx_merge_unordered(const plx_merge *merge)
{
    return plx_cli_error(errno == ENOMEM ? PLX_EXIT_SYSTEM : PLX_EXIT_WRITE,
                         "--journal '%s': its results cannot be put in order: %s", merge->folder,
                         strerror(errno));
}

/* Some rows, read: items [first, first + n). */
typedef struct some {
    uint64_t first;
    size_t n, room;
    unsigned char *bytes;
    plx_failure *failed;                    /* of a table */
} some;

static int write_table(const plx_merge *merge, plx_output *output, some *s)
{
    size_t failures = 0;
    for (uint64_t i = s->first; i < s->first + s->n; i++)
        if (plx_bits_have(merge->failed, i))
            s->failed[failures++].item = i;
    return plx_tsv_rows(output, merge->kernel, s->first, s->n, s->bytes, s->failed, failures);
}

static int write_results(const plx_merge *merge, plx_output *output, some *s)
{
    const char *path = merge->ask->output;
    if (path == NULL)
        return 0;
    if (plx_tsv_named(path))
        return write_table(merge, output, s);
    return plx_output_write(output, s->bytes, s->n * merge->rows.size);
}

/* The finder cannot give it. */
static int lost(const plx_merge *merge, plx_status status, uint64_t index)
{
    if (status == PLX_NO_MEMORY)
        return plx_cli_error(PLX_EXIT_SYSTEM, "no memory to write the results");
    return plx_cli_error(PLX_EXIT_INPUT,
                         "--journal '%s': what item %llu wrote does not stand there any more",
                         merge->folder, (unsigned long long)index);
}

/* The fallback: a text, and a newline as most commands write it. */
static int write_fallback(const plx_merge *merge, plx_output *output, const plx_place *place,
                          uint64_t index)
{
    plx_entry entry;
    const plx_status status = plx_finder_entry(merge->finder, place, &entry);
    if (status != PLX_OK)
        return lost(merge, status, index);
    const int code = plx_output_write(output, entry.result, entry.result_size);
    return code == 0 ? plx_output_write(output, "\n", 1) : code;
}

/* What failed is printed already. */
static plx_status put_piece(void *output, const void *bytes, size_t size)
{
    return plx_output_write(output, bytes, size) == 0 ? PLX_OK : PLX_IO;
}

static int write_stdouts(const plx_merge *merge, plx_output *output, const some *s)
{
    int code = 0;
    for (size_t i = 0; code == 0 && i < s->n; i++) {
        plx_merge_row row;
        memcpy(&row, s->bytes + i * sizeof row, sizeof row);
        plx_status status = PLX_OK;
        if (row.state == PLX_ITEM_FALLBACK)
            code = write_fallback(merge, output, &row.place, s->first + i);
        else if (row.place.output[0] > 0)
            status = plx_finder_output(merge->finder, &row.place, 0, put_piece, output);
        if (status != PLX_OK)
            code = status == PLX_IO ? PLX_EXIT_WRITE : lost(merge, status, s->first + i);
    }
    return code;
}

static int write_all(plx_merge *merge, plx_output *output, some *s, XXH64_state_t *hash)
{
    int code = 0;
    for (s->first = 0; code == 0 && s->first < merge->n; s->first += s->n) {
        const uint64_t left = merge->n - s->first;
        s->n = left < s->room ? (size_t)left : s->room;
        if (!plx_rows_read(&merge->rows, s->first, s->n, s->bytes))
            return plx_merge_unordered(merge);
        if (merge->kernel == NULL) {
            code = write_stdouts(merge, output, s);
        } else {
            XXH64_update(hash, s->bytes, s->n * merge->rows.size);
            code = write_results(merge, output, s);
        }
    }
    return code;
}

static int open_output(const plx_merge *merge, plx_output *output)
{
    const plx_batch_ask *ask = merge->ask;
    if (ask->output == NULL)
        return 0;
    const int code = ask->force ? plx_output_begin(output, ask->output, true)
                                : plx_output_begin_same(output, ask->output);
    if (code != 0 || merge->kernel == NULL)
        return code;
    if (plx_tsv_named(ask->output))
        return plx_tsv_head(output, merge->kernel);
    const plx_type type = merge->kernel->out_type;
    const size_t values = merge->kernel->out_size / plx_cli_type_of(type)->size;
    return plx_output_head(output, type, merge->n * values);
}

int plx_merge_write(plx_merge *merge, uint64_t *digest)
{
    some s = { .room = AT_ONCE / merge->rows.size > FEWEST ? AT_ONCE / merge->rows.size : FEWEST };
    plx_output output = { 0 };
    XXH64_state_t *hash = XXH64_createState();
    s.bytes = malloc(s.room * merge->rows.size);
    s.failed = calloc(s.room, sizeof *s.failed);
    int code = 0;
    if (merge->kernel == NULL)
        merge->finder = plx_finder_open(merge->folder);
    if (hash == NULL || s.bytes == NULL || s.failed == NULL ||
        (merge->kernel == NULL && merge->finder == NULL))
        code = plx_cli_error(PLX_EXIT_SYSTEM, "no memory to write the results");
    if (code == 0)
        code = open_output(merge, &output);
    if (code == 0) {
        XXH64_reset(hash, 0);
        code = write_all(merge, &output, &s, hash);
        *digest = merge->kernel != NULL ? XXH64_digest(hash) : 0;
    }
    if (code == 0 && merge->ask->output != NULL)
        code = plx_output_keep(&output);
    plx_output_drop(&output);
    plx_finder_close(merge->finder);
    XXH64_freeState(hash);
    free(s.bytes);
    free(s.failed);
    return code;
}
