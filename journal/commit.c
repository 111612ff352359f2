/* SPDX-License-Identifier: MIT */
/*
 * journal/commit.c: see journal/commit.h. What brings records to disk, and room for more.
 *
 * When the file fails, all that is kept goes to a new one; when that fails too, or the disk is
 * full, the user is told.
 */
#define _POSIX_C_SOURCE 200809L

#include "journal/commit.h"

#include <stdio.h>
#include <string.h>

/* ---- what is said ---- */

/* With the lock held: nothing more can be recorded. The first reason counts. */
static void note(plx_writer *w, const char *why)
{
    if (!w->has_why)
        snprintf(w->why, sizeof w->why, "%s", why);
    w->has_why = true;
    pthread_cond_broadcast(&w->done);
}

static void tell_user(plx_writer *w)
{
    if (!w->told && w->how.broken)
        w->how.broken(w->how.user);
    w->told = true;
}

void plx_commit_break(plx_writer *w, plx_status status, const char *why)
{
    pthread_mutex_lock(&w->lock);
    w->status = status;
    note(w, why);
    pthread_mutex_unlock(&w->lock);
    tell_user(w);
}

/* ---- one batch to disk ---- */

bool plx_commit_is_synced(const plx_writer *w, size_t goal)
{
    return w->synced >= (goal < w->put ? goal : w->put);
}

static plx_status sync_file(plx_writer *w, char *why)
{
    double begun = plx_thread_clock_s();
    plx_status status = plx_segment_sync(&w->file, why);
    if (status == PLX_OK)
        plx_laps_add(&w->laps, plx_thread_clock_s() - begun);
    return status;
}

/* All that is kept becomes one batch, which nobody adds to; less a long entry, whose caller has
   it still. */
static void gather(plx_writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->moving = true;
    w->renew = false;
    if (w->alone) {
        w->generation++;
        w->put -= w->now.entries + w->away.entries;
        w->now.size = w->away.size = 0;
        w->now.entries = w->away.entries = 0;
    }
    memcpy(w->away.bytes + w->away.size, w->now.bytes, w->now.size);
    w->away.size += w->now.size;
    w->away.entries += w->now.entries;
    w->now.size = w->now.entries = 0;
    pthread_mutex_unlock(&w->lock);
}

static void go_on(plx_writer *w, const plx_record_spot *spot, uint32_t part)
{
    pthread_mutex_lock(&w->lock);
    w->spot = *spot;
    w->part = part;
    w->room = w->file.room;
    w->need = 0;
    w->moving = false;
    w->report.segments++;
    w->report.bytes += w->file.start;
    pthread_cond_broadcast(&w->done);
    pthread_mutex_unlock(&w->lock);
}

/* To a new segment: what is kept is written there, checked for its new place, and synced. */
plx_status plx_commit_move(plx_writer *w, char *why)
{
    plx_segment_abandon(&w->file);
    gather(w);
    uint32_t part = w->report.segments > 0 ? w->part + 1 : 0;
    plx_status status = plx_segment_create(&w->file, &w->plan, &part,
                                           w->away.size + PLX_COMMIT_RESERVE, why);
    plx_record_spot spot = {.salt = w->file.salt, .offset = w->file.start};
    if (status == PLX_OK && w->away.size > 0) {
        plx_record_seal_all(w->away.bytes, w->away.size, &spot);
        status = plx_segment_write(&w->file, w->away.bytes, w->away.size, w->file.start, why);
        if (status == PLX_OK)
            status = sync_file(w, why);
    }
    w->here = 0;
    if (status == PLX_OK)
        go_on(w, &spot, part);
    return status;
}

static void settle(plx_writer *w, bool synced)
{
    pthread_mutex_lock(&w->lock);
    w->report.bytes += w->away.size;
    w->report.entries += w->away.entries;
    w->written += w->away.entries;
    w->here += w->away.entries;
    if (synced)
        w->synced = w->written;
    w->away.size = w->away.entries = 0;
    pthread_cond_broadcast(&w->done);
    pthread_mutex_unlock(&w->lock);
}

/* What is put goes away; offset: where it will stand. */
static bool take_batch(plx_writer *w, uint64_t *offset)
{
    pthread_mutex_lock(&w->lock);
    plx_commit_batch batch = w->now;
    w->now = w->away;
    w->away = batch;
    w->hurry = false;
    *offset = w->spot.offset - w->away.size;
    bool sync = w->how.durability != PLX_DURABLE_NONE ||
                !plx_commit_is_synced(w, w->sync_goal);
    pthread_mutex_unlock(&w->lock);
    return sync;
}

/* Without durability more may stand in a file than is kept. It can be left only if a first sync of
   it succeeds; else what it held is lost, as it is if somebody removed the file. */
static plx_status leave(plx_writer *w, bool sync_failed, char *why)
{
    if (plx_segment_is_removed(&w->file))
        return PLX_IO;
    if (w->written > w->synced && (sync_failed || sync_file(w, why) != PLX_OK))
        return PLX_IO;
    return plx_commit_move(w, why);
}

void plx_commit_write(plx_writer *w)
{
    char why[PLX_JOURNAL_WHY];
    uint64_t offset;
    bool sync = take_batch(w, &offset), sync_failed = false;
    plx_status status = plx_segment_write(&w->file, w->away.bytes, w->away.size, offset, why);
    if (status == PLX_OK && sync) {
        status = sync_file(w, why);
        sync_failed = status != PLX_OK;
    }
    if (status != PLX_OK) {
        status = leave(w, sync_failed, why);
        sync = true;
    }
    if (status == PLX_OK)
        settle(w, sync);
    else
        plx_commit_break(w, status, why);
}

void plx_commit_renew(plx_writer *w)
{
    char why[PLX_JOURNAL_WHY];
    plx_status status = leave(w, false, why);
    if (status == PLX_OK)
        settle(w, true);
    else
        plx_commit_break(w, status, why);
}

/* ---- room ---- */

/* There is always room for more than is accepted: in the end for as much as is kept, so that nobody
   waits for it while the disk syncs. */
void plx_commit_take_room(plx_writer *w)
{
    char why[PLX_JOURNAL_WHY];
    pthread_mutex_lock(&w->lock);
    uint64_t upto = w->spot.offset + PLX_COMMIT_RESERVE + w->file.step / 2;
    if (upto < w->need)
        upto = w->need;
    bool idle = w->full || upto <= w->room;
    pthread_mutex_unlock(&w->lock);
    if (idle)
        return;
    bool full;
    plx_status status = plx_segment_take_room(&w->file, upto, &full, why);
    pthread_mutex_lock(&w->lock);
    w->room = w->file.room;
    w->full = full;
    w->renew = w->renew || (status != PLX_OK && !full);
    if (full)
        note(w, why);
    pthread_cond_broadcast(&w->done);
    pthread_mutex_unlock(&w->lock);
    if (full)
        tell_user(w);
}

/* ---- the end ---- */

/* Its records are synced: what fails from here on loses nothing, but is told. */
void plx_commit_end(plx_writer *w)
{
    char why[PLX_JOURNAL_WHY];
    _Alignas(8) unsigned char record[sizeof(plx_record) + sizeof(plx_end_record)];
    plx_end_record end = {.entries = w->here};
    memcpy(plx_record_begin(record, PLX_KIND_END, sizeof end), &end, sizeof end);
    uint64_t offset = w->spot.offset;
    size_t size = plx_record_seal(record, &w->spot);
    plx_status status = plx_segment_write(&w->file, record, size, offset, why);
    if (status == PLX_OK)
        status = plx_segment_finish(&w->file, w->plan.folder_fd, offset + size, why);
    w->report.bytes += size;
    if (status != PLX_OK) {
        plx_segment_abandon(&w->file);
        plx_commit_break(w, status, why);
    }
}
