/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/done.c: a batch that has run, in the process that ran it: each item is judged, recorded
 * and, where nobody waits for its turn, shown.
 *
 * Recorded first: what is shown but not recorded would run, and be shown, again. An item that could
 * not be recorded counts as not run.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../signals.h"
#include "batch.h"

void plx_batch_broken(void *user)
{
    plx_batch_run *run = user;
    int none = 0;
    atomic_compare_exchange_strong(&run->broken, &none, PLX_IO);
    plx_cli_signals_ask("a journal that cannot be written", PLX_DRAIN);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void describe(const plx_batch_run *run, const plx_batch_note *note, const plx_batch_out *out,
                     const char *why, plx_entry *entry)
{
    const char *text = run->ask->command != NULL ? run->ask->policy.fallback : NULL;
    const bool fell = out->state == PLX_ITEM_FALLBACK;
    *entry = (plx_entry){
        .key = note->head.key,
        .state = (plx_item_state)out->state,
        .code = out->code,
        .signal = out->signal,
        .tries = out->tries,
        .elapsed_s = out->elapsed_s,
        .ended_s = seconds_now(),
        .item = note->item,
        .item_size = (size_t)note->head.size,
        .why = why,
        .output = { note->output[0], note->output[1] },
    };
    if (run->user.out_size != 0 && out->state != PLX_ITEM_BAD) {
        entry->result = out + 1;
        entry->result_size = run->user.out_size;
    } else if (fell && text != NULL) {
        entry->result = text;
        entry->result_size = strlen(text);
    }
}

/* PLX_OK, or what ends the call. */
static plx_status record(plx_batch_run *run, plx_batch_note *note, plx_batch_out *out,
                         const char *why)
{
    plx_entry entry;
    if (run->writer == NULL)
        return PLX_OK;
    describe(run, note, out, why, &entry);
    plx_status status = plx_writer_put(run->writer, &entry, note->file, &out->place);
    if (status == PLX_OK)
        return PLX_OK;
    out->state = PLX_ITEM_NONE;
    if (status != PLX_IO && status != PLX_STOPPED)
        return status;
    int none = 0;
    atomic_compare_exchange_strong(&run->broken, &none, (int)status);
    plx_cli_signals_ask("a journal that cannot be written", PLX_DRAIN);
    return PLX_OK;
}

static void count(plx_batch_run *run, const plx_batch_out *out)
{
    if (out->state == PLX_ITEM_OK)
        atomic_fetch_add(&run->ok, 1);
    if (out->state == PLX_ITEM_FALLBACK)
        atomic_fetch_add(&run->fallen, 1);
    if (out->state != PLX_ITEM_BAD)
        return;
    const uint64_t failed = atomic_fetch_add(&run->failed, 1) + 1, most = run->ask->max_fails;
    if (most > 0 && failed + atomic_load(&run->others_failed) >= most)
        plx_cli_signals_ask("--max-fails", PLX_DRAIN);
}

/* What a command wrote stays open for the sink where that shows it. */
static bool shows_later(const plx_batch_run *run)
{
    return run->root && run->ask->command != NULL && (run->ask->keep_order || run->ask->across);
}

/* Across ranks rank 0 shows what commands wrote, on whatever rank. */
static bool shows_elsewhere(const plx_batch_run *run)
{
    return !run->root && run->ask->command != NULL;
}

/* The fallback stands for it. */
static void drop_stdout(plx_batch_note *note)
{
    if (note->file[0] >= 0)
        close(note->file[0]);
    note->file[0] = -1;
    note->output[0] = 0;
}

/* It ended in time, but a drain's leap came before the core looked at the clock. */
static bool was_leapt_over(const plx_batch_run *run, const plx_batch_note *note,
                           const plx_batch_out *out, const plx_failure *failure)
{
    const bool late = failure != NULL ? failure->code == PLX_CODE_TIMED_OUT
                                      : out->state == PLX_ITEM_FALLBACK;
    return late && plx_batch_leapt() && note->elapsed_s < run->ask->policy.timeout_s;
}

/* Why it fell back: what its last try said, unless that was late, which the core says of failures
   in the same words. */
static void note_late(const plx_batch_run *run, plx_batch_note *note)
{
    const double timeout_s = run->ask->policy.timeout_s;
    if (!(timeout_s > 0) || (note->failed && note->elapsed_s <= timeout_s))
        return;
    note->code = PLX_CODE_TIMED_OUT;
    snprintf(note->why, sizeof note->why, "took %.4g s, the time-out is %g s", note->elapsed_s,
             timeout_s);
}

static plx_status end_item(plx_batch_run *run, plx_batch_note *note, plx_batch_out *out,
                           const plx_failure *failure)
{
    if (note->unknown || was_leapt_over(run, note, out, failure))
        out->state = PLX_ITEM_NONE;
    else if (failure != NULL)
        out->state = PLX_ITEM_BAD;
    if (out->state == PLX_ITEM_FALLBACK)
        note_late(run, note);
    out->rank = run->rank;
    out->tries = failure != NULL ? failure->tries : note->tries;
    out->code = failure != NULL ? failure->code : note->code;
    out->signal = note->signal;
    out->elapsed_s = note->elapsed_s;
    if (out->state == PLX_ITEM_FALLBACK)
        drop_stdout(note);
    plx_status status = out->state == PLX_ITEM_NONE
                            ? PLX_OK
                            : record(run, note, out, failure != NULL ? failure->why : note->why);
    count(run, out);
    if (out->state == PLX_ITEM_NONE || shows_elsewhere(run))
        plx_batch_note_drop(note);
    else
        note->state = (plx_item_state)out->state;
    if (note->state != PLX_ITEM_NONE && !shows_later(run))
        plx_batch_show(run, note, note->state);
    return status;
}

plx_status plx_batch_done(void *user, size_t first, size_t n, void *out, const plx_failure *failed,
                          size_t failures)
{
    plx_batch_run *run = user;
    plx_status worst = PLX_OK;
    for (size_t i = 0, f = 0; i < n; i++) {
        plx_batch_out *made = (void *)((char *)out + i * run->kernel.out_size);
        const plx_failure *failure = NULL;
        if (f < failures && failed[f].item == first + i)
            failure = &failed[f++];
        plx_status status = end_item(run, plx_batch_note_of(run, first + i), made, failure);
        worst = status > worst ? status : worst;
    }
    return worst;
}
