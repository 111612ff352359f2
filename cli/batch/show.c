/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/show.c: what commands wrote, on our stdout and stderr: each item's whole.
 *
 * In one process it is shown as an item ends, or in the list's order; across ranks in that order by
 * rank 0, which reads what other ranks' commands wrote from the journal. That has it a moment after
 * the item has ended, so items wait in a queue; what never got its turn is shown at the end. What
 * an isolated kernel wrote is no result and goes to stderr.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../error.h"
#include "../signals.h"
#include "../whole.h"
#include "batch.h"

enum { LATER_MAX = 65536, PIECE = 65536 };

void plx_batch_note_drop(plx_batch_note *note)
{
    for (int stream = 0; stream < 2; stream++) {
        if (note->file[stream] >= 0)
            close(note->file[stream]);
        note->file[stream] = -1;
    }
}

static plx_status put(void *user, const void *bytes, size_t size)
{
    return plx_whole_write(*(const int *)user, bytes, size) ? PLX_OK : PLX_IO;
}

static bool copy(int from, uint64_t size, int to)
{
    char piece[PIECE];
    uint64_t at = 0;
    while (at < size) {
        const ssize_t got = pread(from, piece, sizeof piece, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return true; /* somebody has cut it */
        if (!plx_whole_write(to, piece, (size_t)got))
            return false;
        at += (uint64_t)got;
    }
    return true;
}

/* The first time that stdout cannot be written ends the batch; stderr has nobody to tell. */
static void note_failure(plx_batch_run *run, int stream, bool good)
{
    int none = 0;
    const int why = errno;
    if (good || stream != 0 || !atomic_compare_exchange_strong(&run->show_errno, &none, why))
        return;
    plx_cli_signals_ask("stdout", PLX_DRAIN);
}

static int target_of(const plx_batch_run *run, int stream)
{
    return stream == 0 && run->ask->command != NULL ? STDOUT_FILENO : STDERR_FILENO;
}

static bool is_quiet(const plx_batch_run *run, int stream)
{
    return stream == 0 && run->ask->command != NULL &&
           (run->ask->json || atomic_load(&run->show_errno) != 0);
}

static void show_fallback(plx_batch_run *run)
{
    const char *text = run->ask->policy.fallback;
    int to = STDOUT_FILENO;
    if (run->ask->command == NULL || is_quiet(run, 0))
        return;
    const bool good = put(&to, text, strlen(text)) == PLX_OK && put(&to, "\n", 1) == PLX_OK;
    note_failure(run, 0, good);
}

void plx_batch_show(plx_batch_run *run, plx_batch_note *note, plx_item_state state)
{
    flockfile(stdout);
    if (state == PLX_ITEM_FALLBACK)
        show_fallback(run);
    for (int stream = 0; stream < 2; stream++)
        if (note->file[stream] >= 0 && !is_quiet(run, stream))
            note_failure(run, stream,
                         copy(note->file[stream], note->output[stream], target_of(run, stream)));
    funlockfile(stdout);
    note->state = PLX_ITEM_NONE;
    plx_batch_note_drop(note);
}

static void mark(plx_batch_run *run, plx_key key)
{
    uint32_t *number = run->keys != NULL ? plx_keys_find(run->keys, key) : NULL;
    if (number != NULL)
        *number |= PLX_MARK_SHOWN;
}

/* NO_INPUT: the journal does not have it yet. NO_MEMORY. Else it was shown as far as can be. */
static plx_status show_place(plx_batch_run *run, const plx_place *place, plx_item_state state)
{
    plx_status status = PLX_OK;
    if (run->finder == NULL)
        run->finder = plx_finder_open(run->ask->journal);
    if (run->finder == NULL)
        return PLX_NO_MEMORY;
    for (int stream = 0; stream < 2 && status == PLX_OK; stream++) {
        int to = target_of(run, stream);
        if (place->output[stream] == 0 || is_quiet(run, stream))
            continue;
        status = plx_finder_output(run->finder, place, stream, put, &to);
        note_failure(run, stream, status != PLX_IO);
    }
    if (status == PLX_NO_INPUT || status == PLX_NO_MEMORY)
        return status;
    if (state == PLX_ITEM_FALLBACK)
        show_fallback(run);
    return PLX_OK;
}

/* What is first in the queue, as far as the journal has it. */
static void show_later(plx_batch_run *run, bool last)
{
    while (run->later_n > 0) {
        const plx_batch_shown *first = &run->later[run->later_first];
        if (show_place(run, &first->out.place, (plx_item_state)first->out.state) == PLX_OK)
            mark(run, first->key);
        else if (!last && run->later_n < LATER_MAX)
            return;
        else
            run->missed = true;
        run->later_first = (run->later_first + 1) % run->later_cap;
        run->later_n--;
    }
}

static bool grow(plx_batch_run *run)
{
    const size_t cap = run->later_cap > 0 ? 2 * run->later_cap : 64;
    plx_batch_shown *more = malloc(cap * sizeof *more);
    for (size_t i = 0; more != NULL && i < run->later_n; i++)
        more[i] = run->later[(run->later_first + i) % run->later_cap];
    if (more == NULL)
        return false;
    free(run->later);
    run->later = more;
    run->later_first = 0;
    run->later_cap = cap;
    return true;
}

/* Without memory it is shown at the end. */
static void show_in_turn(plx_batch_run *run, const plx_batch_note *note, const plx_batch_out *out)
{
    if (run->later_n < run->later_cap || grow(run))
        run->later[(run->later_first + run->later_n++) % run->later_cap] =
            (plx_batch_shown){ note->head.key, *out };
    else
        run->missed = true;
    show_later(run, false);
}

void plx_batch_show_sunk(plx_batch_run *run, plx_batch_note *note, const plx_batch_out *out)
{
    if (run->ask->command == NULL || !(run->ask->keep_order || run->ask->across))
        return;
    if (out->rank != run->rank || run->later_n > 0) {
        plx_batch_note_drop(note);
        show_in_turn(run, note, out);
        return;
    }
    plx_batch_show(run, note, (plx_item_state)out->state);
    if (run->ask->across)
        mark(run, note->head.key);
}

static plx_status show_entry(void *user, const plx_entry *entry, const plx_place *place)
{
    plx_batch_run *run = user;
    const uint32_t *number = plx_keys_find(run->keys, entry->key);
    if (place->session != run->plan.session || (number != NULL && (*number & PLX_MARK_SHOWN) != 0))
        return PLX_OK;
    const plx_status status = show_place(run, place, entry->state);
    if (status == PLX_OK)
        mark(run, entry->key); /* one may stand in a segment that failed, and in the next */
    return status;
}

/* In one process: what ended but was never sunk. */
static void show_unsunk(plx_batch_run *run)
{
    for (size_t position = run->sunk; position < run->handed; position++) {
        plx_batch_note *note = plx_batch_note_of(run, position);
        if (note->position == position && note->state != PLX_ITEM_NONE)
            plx_batch_show(run, note, note->state);
    }
}

void plx_batch_show_rest(plx_batch_run *run)
{
    char why[PLX_JOURNAL_WHY];
    plx_journal_report report;
    const plx_reading reading = { .entry = show_entry, .user = run };
    if (run->ask->command == NULL || !run->root)
        return;
    if (!run->ask->across)
        show_unsunk(run);
    show_later(run, true);
    if (run->ask->across && (run->missed || run->sunk < run->handed))
        run->shown = plx_journal_read(run->ask->journal, &reading, &report, why);
}

int plx_batch_show_close(plx_batch_run *run)
{
    plx_finder_close(run->finder);
    free(run->later);
    run->finder = NULL;
    run->later = NULL;
    const int why = atomic_load(&run->show_errno);
    if (why != 0)
        return plx_cli_error(PLX_EXIT_WRITE, "writing to stdout failed: %s", strerror(why));
    return run->shown == PLX_OK ? 0
                                : plx_cli_error(plx_status_exit(run->shown),
                                                "batch: not all that commands wrote was shown: %s; "
                                                "`parallax journal export` has it",
                                                plx_status_text(run->shown));
}
