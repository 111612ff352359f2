/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/merge.c: the list gives each key its place, the journal gives each key its result, and
 * rows put the one at the other.
 *
 * Three passes, none of which holds the results in memory: over the list, over the journal, over
 * the rows. A key's later entry takes the place of an earlier one simply by being put later.
 */
#include "merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../error.h"
#include "../picture.h"
#include "../tsv.h"
#include "../type.h"
#include "merge_write.h"

/* ---- before ---- */

static int refuse(const plx_batch_ask *ask, const char *why, const char *more)
{
    return plx_cli_error(PLX_EXIT_USAGE, "-o '%s': not allowed; %s%s", ask->output, why, more);
}

static int check_kernel(const plx_batch_ask *ask)
{
    const plx_kernel *kernel = ask->kernel;
    const plx_cli_type *type = plx_cli_type_of(kernel->out_type);
    const char *no_table = plx_tsv_why_not(kernel);
    if (plx_picture_named(ask->output))
        return refuse(ask, "a batch is never seen as a whole; `run map` makes pictures", "");
    if (plx_tsv_named(ask->output))
        return no_table == NULL ? 0 : refuse(ask, "the kernel has no table: ", no_table);
    if (type->descr != NULL && kernel->out_size % type->size == 0)
        return 0;
    return refuse(ask, "the kernel's results have no type in .npy",
                  no_table == NULL ? "; a name that ends in .tsv makes a table" : "");
}

static bool is_list(const plx_batch_ask *ask)
{
    struct stat list, output;
    return ask->items != NULL && stat(ask->items, &list) == 0 &&
           stat(ask->output, &output) == 0 && list.st_dev == output.st_dev &&
           list.st_ino == output.st_ino;
}

int plx_merge_check(const plx_batch_ask *ask)
{
    struct stat journal;
    if (ask->items != NULL && plx_items_once(ask->items))
        return refuse(ask, "items of stdin or a pipe come only once, and it needs them twice", "");
    if (is_list(ask))
        return refuse(ask, "ITEMS names the same file", "");
    const int code = ask->kernel != NULL ? check_kernel(ask) : 0;
    if (code != 0 || ask->force || stat(ask->journal, &journal) != 0)
        return code == 0 ? plx_output_check(ask->output, ask->force) : code;
    return plx_output_check_same(ask->output);
}

int plx_merge_check_new(const plx_batch_ask *ask)
{
    return ask->output != NULL && !ask->force ? plx_output_check(ask->output, false) : 0;
}

/* ---- the list ---- */

static int no_memory(const plx_batch_ask *ask)
{
    return plx_cli_error(PLX_EXIT_SYSTEM, "--journal '%s': no memory to put its results in order",
                         ask->journal);
}

static int read_list(plx_merge *merge, plx_items *items)
{
    plx_key key;
    const void *item;
    size_t size;
    int code;
    uint64_t index = 0;
    while (plx_items_next(items, &item, &size, &code)) {
        uint32_t *number = NULL;
        if (index < merge->n) /* each that was seen has its index */
            number = plx_batch_stream_key(merge->keys, item, size, UINT32_MAX, &key);
        if (number == NULL)
            return no_memory(merge->ask);
        *number = (uint32_t)++index;
    }
    return code;
}

/* ---- the journal ---- */

static plx_status put(plx_merge *merge, uint64_t index, const plx_entry *entry,
                      const plx_place *place)
{
    const plx_merge_row row = { .place = *place, .state = (uint64_t)entry->state };
    const void *bytes = merge->kernel == NULL ? &row : entry->result;
    const bool failed = entry->state == PLX_ITEM_BAD, again = plx_bits_have(merge->there, index);
    if (failed && merge->kernel != NULL)
        bytes = again ? merge->zeros : NULL;        /* a row that was never put is zeros */
    if (bytes != NULL && !plx_rows_put(&merge->rows, index, bytes))
        return PLX_IO;
    plx_bits_set(merge->failed, index, failed);
    plx_bits_set(merge->there, index, true);
    merge->count += !again;
    return PLX_OK;
}

/* An entry of no item of the list, or whose result is not of the kernel's size, is none. */
static plx_status take(void *user, const plx_entry *entry, const plx_place *place)
{
    plx_merge *merge = user;
    const uint32_t *number = plx_keys_find(merge->keys, entry->key);
    const bool sized = merge->kernel == NULL || entry->state == PLX_ITEM_BAD ||
                       entry->result_size == merge->kernel->out_size;
    if (number == NULL || *number == 0 || *number > merge->n || !sized)
        return PLX_OK;
    return put(merge, *number - 1, entry, place);
}

static int read_journal(plx_merge *merge)
{
    char why[PLX_JOURNAL_WHY] = "";
    plx_journal_report report;
    const plx_reading reading = { .entry = take, .user = merge };
    const plx_status status = plx_journal_read(merge->folder, &reading, &report, why);
    if (status == PLX_IO)
        return plx_merge_unordered(merge);
    return status == PLX_OK ? 0
                            : plx_cli_error(plx_status_exit(status), "--journal '%s': %s",
                                            merge->folder,
                                            *why != '\0' ? why : plx_status_text(status));
}

/* ---- all of it ---- */

static int begin(plx_merge *merge)
{
    const size_t size = merge->kernel == NULL ? sizeof(plx_merge_row) : merge->kernel->out_size;
    if (merge->n >= UINT32_MAX)
        return no_memory(merge->ask);
    merge->keys = plx_keys_open();
    merge->there = calloc(merge->n / 8 + 1, 1);
    merge->failed = calloc(merge->n / 8 + 1, 1);
    merge->zeros = calloc(size, 1);
    if (merge->keys == NULL || merge->there == NULL || merge->failed == NULL ||
        merge->zeros == NULL)
        return no_memory(merge->ask);
    return plx_rows_open(&merge->rows, merge->folder, size, merge->n)
               ? 0
               : plx_merge_unordered(merge);
}

static void end(plx_merge *merge)
{
    plx_keys_close(merge->keys);
    plx_rows_close(&merge->rows);
    free(merge->there);
    free(merge->failed);
    free(merge->zeros);
}

static int gather(plx_merge *merge, plx_items *items)
{
    int code = begin(merge);
    if (code == 0)
        code = read_list(merge, items);
    if (code == 0)
        code = read_journal(merge);
    plx_keys_close(merge->keys);                    /* the largest of all; writing needs none */
    merge->keys = NULL;
    return code;
}

int plx_merge_output(const plx_batch_ask *ask, plx_items *items, const char *folder, uint64_t n,
                     uint64_t *digest, bool *complete)
{
    plx_merge merge = { .ask = ask, .kernel = ask->kernel, .folder = folder, .n = n };
    *digest = 0;
    *complete = plx_items_rewind(items);
    if (!*complete || (ask->output == NULL && ask->kernel == NULL))
        return 0;
    int code = gather(&merge, items);
    *complete = code == 0 && merge.count == n;
    if (*complete)
        code = plx_merge_write(&merge, digest);
    else if (code == 0 && ask->output != NULL)
        plx_cli_note("-o '%s': left as it is; %llu of %llu items have no final state",
                     ask->output, (unsigned long long)(n - merge.count), (unsigned long long)n);
    end(&merge);
    return code;
}
