/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/stream.c: the list as a stream, on rank 0: what is to run goes in, what became of it
 * comes out.
 *
 * An item is known by the key of its content; content that comes again has a key of its own for
 * each repetition. A key's number has its state in the journal and marks of what this session saw.
 * The first item to run is looked for beforehand, so that a batch that is done starts nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "../signals.h"
#include "batch.h"

static int no_memory(void)
{
    return plx_cli_error(PLX_EXIT_SYSTEM, "no memory for the keys of the items");
}

/* Repetitions are counted under a key that no item has. */
uint32_t *plx_batch_stream_key(plx_keys *keys, const void *item, size_t size, uint32_t seen,
                               plx_key *key)
{
    *key = plx_key_of(item, size);
    uint32_t *number = plx_keys_add(keys, *key);
    if (number == NULL || (*number & seen) == 0)
        return number;
    uint32_t *count = plx_keys_add(keys, plx_key_again(*key, 0));
    if (count == NULL)
        return NULL;
    *key = plx_key_again(*key, ++*count);
    return plx_keys_add(keys, *key);
}

static bool is_retried(const plx_batch_run *run, uint32_t state)
{
    return run->ask->resume == PLX_RESUME_FAILED &&
           (state == PLX_ITEM_BAD || state == PLX_ITEM_FALLBACK);
}

/* True: it is to be run. Else it counts as done before, or *code says why none is. */
static bool wants(plx_batch_run *run, const void *item, size_t size, plx_key *key, int *code)
{
    *key = (plx_key){ { 0 } };
    if (run->keys == NULL)
        return true;
    uint32_t *mark = plx_batch_stream_key(run->keys, item, size, PLX_MARK_SEEN, key);
    if (mark == NULL) {
        *code = no_memory();
        return false;
    }
    const uint32_t state = *mark & PLX_MARK_STATE;
    *mark |= PLX_MARK_SEEN;
    if (state == PLX_ITEM_NONE || is_retried(run, state))
        return true;
    run->before++;
    run->before_failed += state == PLX_ITEM_BAD;
    return false;
}

bool plx_batch_stream_next(plx_batch_run *run, const void **item, plx_batch_head *head)
{
    size_t size = 0;
    while (run->items_code == 0 && plx_items_next(run->items, item, &size, &run->items_code)) {
        *head = (plx_batch_head){ .index = run->index++, .size = size };
        if (wants(run, *item, size, &head->key, &run->items_code))
            return true;
    }
    run->listed = run->items_code == 0 && !plx_items_cut(run->items);
    if (run->listed)
        run->plan.n = run->index;
    return false;
}

int plx_batch_stream_begin(plx_batch_run *run)
{
    const void *item;
    run->plan.any = plx_batch_stream_next(run, &item, &run->held_head);
    if (!run->plan.any)
        return run->items_code;
    run->held = malloc((size_t)run->held_head.size + 1);
    if (run->held == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "no memory for an item of %zu bytes",
                             (size_t)run->held_head.size);
    memcpy(run->held, item, (size_t)run->held_head.size);
    run->is_held = true;
    return 0;
}

/* Whoever is told to end at once does not count. */
void plx_batch_stream_rest(plx_batch_run *run)
{
    const void *item;
    plx_batch_head head;
    if (run->items == NULL || plx_items_count(run->items) == PLX_ITEMS_ALL)
        return;
    while (plx_stop_asked(plx_cli_signals_stop()) != PLX_QUIT)
        if (!plx_batch_stream_next(run, &item, &head))
            return;
}

static bool take_next(plx_batch_run *run, const void **item, plx_batch_head *head)
{
    if (!run->is_held)
        return plx_batch_stream_next(run, item, head);
    run->is_held = false;
    *item = run->held;
    *head = run->held_head;
    return true;
}

static void put_item(plx_batch_run *run, const plx_batch_head *head, const void *item, char *to)
{
    plx_batch_note *note = plx_batch_note_of(run, (size_t)run->handed);
    memcpy(to, head, sizeof *head);
    memcpy(to + sizeof *head, item, (size_t)head->size);
    *note = (plx_batch_note){ .position = (size_t)run->handed++, .item = to + sizeof *head,
                              .head = *head, .file = { -1, -1 } };
}

/* A list that cannot be read any more ends here: what was handed out comes to its end. */
plx_status plx_batch_source(void *user, size_t want, void *items, size_t *at, size_t *got)
{
    plx_batch_run *run = user;
    const void *item;
    plx_batch_head head;
    char *to = items;
    *got = 0;
    while (*got < want && !plx_batch_drains() && take_next(run, &item, &head)) {
        put_item(run, &head, item, to);
        to += at != NULL ? sizeof head + head.size : run->kernel.in_size;
        ++*got;
        if (at != NULL)
            at[*got] = (size_t)(to - (char *)items);
    }
    return PLX_OK;
}

static char *copy_text(const plx_batch_note *note)
{
    enum { MOST = 200 };
    const size_t size = note->head.size < MOST ? (size_t)note->head.size : MOST;
    char *text = malloc(size + 1);
    if (text == NULL)
        return NULL;
    memcpy(text, note->item, size);
    text[size] = '\0';
    return text;
}

static void list_failure(plx_batch_run *run, const plx_batch_note *note, const plx_batch_out *out,
                         const plx_failure *failure)
{
    if (run->failures_n == run->ask->failures)
        return;
    const size_t k = run->failures_n++;
    run->failures[k] = *failure;
    run->failures[k].item = (size_t)note->head.index;
    run->failures[k].rank = out->rank;
    run->texts[k] = copy_text(note);
    run->signals[k] = out->signal;
}

static void sink_item(plx_batch_run *run, plx_batch_note *note, const plx_batch_out *out,
                      const plx_failure *failure)
{
    if (failure != NULL && out->state == PLX_ITEM_BAD)
        list_failure(run, note, out, failure);
    run->others_ended += out->rank != run->rank && out->state != PLX_ITEM_NONE;
    if (out->state == PLX_ITEM_BAD && out->rank != run->rank) {
        const uint64_t others = atomic_fetch_add(&run->others_failed, 1) + 1;
        if (run->ask->max_fails > 0 && atomic_load(&run->failed) + others >= run->ask->max_fails)
            plx_cli_signals_ask("--max-fails", PLX_DRAIN);
    }
    if (out->state != PLX_ITEM_NONE)
        plx_batch_show_sunk(run, note, out);
}

plx_status plx_batch_sink(void *user, size_t first, size_t n, const void *out,
                          const plx_failure *failed, size_t failures)
{
    plx_batch_run *run = user;
    for (size_t i = 0, f = 0; i < n; i++) {
        const plx_batch_out *made = (const void *)((const char *)out + i * run->kernel.out_size);
        const plx_failure *failure = NULL;
        if (f < failures && failed[f].item == first + i)
            failure = &failed[f++];
        sink_item(run, plx_batch_note_of(run, first + i), made, failure);
    }
    run->sunk = first + n;
    return PLX_OK;
}
