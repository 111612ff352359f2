/* SPDX-License-Identifier: MIT */
/*
 * journal/writer.c: what callers of the writer do: put records in memory, and wait.
 *
 * An entry with its output is one unit: no other record comes between. A short unit is put under
 * the lock at once, so that it is kept whole until it is synced. A long one's pieces may go to disk
 * before it is whole: it waits until nothing else is kept, has the segment alone, and comes from
 * its first piece again if the segment fails.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal/commit.h"

enum { LONG = 1024 * 1024 }; /* bytes of a unit that is not kept whole */

/* ---- open and close ---- */

static void free_writer(plx_writer *w)
{
    if (w->plan.folder_fd >= 0)
        close(w->plan.folder_fd);
    free(w->plan.image);
    free(w->now.bytes);
    free(w->away.bytes);
    free(w->folder);
    free(w->subject);
    free(w);
}

static bool take_memory(plx_writer *w, const plx_writer_how *how)
{
    w->folder = strdup(how->folder);
    w->subject = strdup(how->subject);
    w->now.bytes = malloc(PLX_COMMIT_KEPT);
    w->away.bytes = malloc(PLX_COMMIT_KEPT);
    w->plan.image = malloc((size_t)plx_segment_start(how->subject));
    return w->folder && w->subject && w->now.bytes && w->away.bytes && w->plan.image;
}

static plx_status prepare(plx_writer *w, const plx_writer_how *how, char *why)
{
    w->how = *how;
    w->file.fd = -1;
    w->plan.folder_fd = -1;
    if (!take_memory(w, how)) {
        snprintf(why, PLX_JOURNAL_WHY, "%.300s: no memory for its writer", how->folder);
        return PLX_NO_MEMORY;
    }
    w->plan.folder = w->folder;
    w->plan.subject = w->subject;
    w->plan.session = how->session;
    w->plan.rank = how->rank;
    w->plan.folder_fd = plx_segment_open_folder(how->folder);
    if (w->plan.folder_fd >= 0)
        return PLX_OK;
    snprintf(why, PLX_JOURNAL_WHY, "%.300s: opening it failed: %s", how->folder, strerror(errno));
    return PLX_IO;
}

/* The thread handles no signal: it is not the one to be interrupted, and may write beyond a limit
   of the file's size. */
static int start_thread(plx_writer *w)
{
    sigset_t all, before;
    pthread_condattr_t attr;
    sigfillset(&all);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->done, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->work, &attr);
    pthread_condattr_destroy(&attr);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int error = pthread_create(&w->thread, NULL, plx_commit_run, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static void stop_thread(plx_writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->quit = true;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
}

static plx_status begin(plx_writer *w, char *why)
{
    int error = start_thread(w);
    if (error != 0) {
        snprintf(why, PLX_JOURNAL_WHY, "%.300s: its writer's thread: %s", w->folder,
                 strerror(error));
        return PLX_SYSTEM;
    }
    pthread_mutex_lock(&w->lock);
    while (!w->begun)
        pthread_cond_wait(&w->done, &w->lock);
    plx_status status = w->status;
    pthread_mutex_unlock(&w->lock);
    if (status == PLX_OK)
        return PLX_OK;
    stop_thread(w);
    snprintf(why, PLX_JOURNAL_WHY, "%s", w->why);
    return status;
}

plx_status plx_writer_open(plx_writer **writer, const plx_writer_how *how,
                           char why[PLX_JOURNAL_WHY])
{
    *writer = NULL;
    if (strlen(how->subject) >= PLX_SUBJECT_MAX) {
        snprintf(why, PLX_JOURNAL_WHY, "a subject of %zu bytes: at most %d", strlen(how->subject),
                 PLX_SUBJECT_MAX - 1);
        return PLX_TOO_BIG;
    }
    plx_writer *w = calloc(1, sizeof *w);
    if (w == NULL) {
        snprintf(why, PLX_JOURNAL_WHY, "%.300s: no memory for its writer", how->folder);
        return PLX_NO_MEMORY;
    }
    plx_status status = prepare(w, how, why);
    if (status == PLX_OK)
        status = begin(w, why);
    if (status == PLX_OK)
        *writer = w;
    else
        free_writer(w);
    return status;
}

plx_status plx_writer_close(plx_writer *w, plx_writer_report *report, char why[PLX_JOURNAL_WHY])
{
    plx_writer_sync(w);
    stop_thread(w);
    w->report.syncs = w->laps.count;
    w->report.sync_median_s = plx_laps_part(&w->laps, 0.5);
    w->report.sync_p99_s = plx_laps_part(&w->laps, 0.99);
    if (report)
        *report = w->report;
    plx_status status = w->status == PLX_OK && w->has_why ? PLX_IO : w->status;
    if (status != PLX_OK)
        snprintf(why, PLX_JOURNAL_WHY, "%s", w->why);
    free_writer(w);
    return status;
}

const char *plx_writer_why(const plx_writer *writer)
{
    plx_writer *w = (plx_writer *)(uintptr_t)writer; /* its lock is no part of what it is */
    pthread_mutex_lock(&w->lock);
    bool has = w->has_why;
    pthread_mutex_unlock(&w->lock);
    return has ? w->why : "";
}

/* ---- waiting, with the lock held ---- */

static void hurry(plx_writer *w)
{
    w->hurry = true;
    pthread_cond_signal(&w->work);
}

/* Until so many entries are safe: synced, or written if that is all that was asked for; or until a
   long entry was lost with its segment, which its caller looks for. */
static plx_status wait_safe(plx_writer *w, size_t goal)
{
    const size_t *safe = w->how.durability == PLX_DURABLE_NONE ? &w->written : &w->synced;
    uint32_t generation = w->generation;
    while (*safe < goal && w->status == PLX_OK && w->generation == generation) {
        hurry(w);
        pthread_cond_wait(&w->done, &w->lock);
    }
    return *safe >= goal ? PLX_OK : w->status;
}

/* On a full disk what was taken ahead is used up to its last bytes, which are the END's. */
static bool has_room(const plx_writer *w, size_t bytes)
{
    size_t reserve = w->full ? plx_record_bytes(sizeof(plx_end_record)) : PLX_COMMIT_RESERVE;
    return w->spot.offset + bytes + reserve <= w->room;
}

/* Until so many bytes may be put. mine: by whom has the turn. */
static plx_status wait_for_place(plx_writer *w, size_t bytes, bool mine)
{
    while (w->status == PLX_OK) {
        bool free_now = !w->moving && (mine || !w->turn);
        bool kept = w->now.size + w->away.size + bytes <= PLX_COMMIT_KEPT;
        if (free_now && kept && has_room(w, bytes))
            return PLX_OK;
        if (free_now && kept && w->full)
            return PLX_IO;
        if (free_now && kept && w->need < w->spot.offset + bytes + PLX_COMMIT_RESERVE) {
            w->need = w->spot.offset + bytes + PLX_COMMIT_RESERVE;
            pthread_cond_signal(&w->work);
        } else if (!kept) {
            hurry(w);
        }
        pthread_cond_wait(&w->done, &w->lock);
    }
    return w->status;
}

/* ---- putting, with the lock held ---- */

/* What was put behind `from` of now belongs to the segment. */
static void accept(plx_writer *w, size_t from, size_t entries)
{
    if (from == 0)
        w->first_at = plx_commit_clock_s();
    plx_record_seal_all(w->now.bytes + from, w->now.size - from, &w->spot);
    w->now.entries += entries;
    w->put += entries;
    if (from == 0 || w->now.entries >= PLX_COMMIT_GROUP || w->now.size >= PLX_COMMIT_KEPT / 2)
        pthread_cond_signal(&w->work);
}

/* One piece of an output: size bytes of a file from an offset. */
static bool put_piece(plx_writer *w, const plx_output_head *head, int file, uint64_t offset,
                      size_t size)
{
    unsigned char *to = plx_record_begin(w->now.bytes + w->now.size, PLX_KIND_OUTPUT,
                                         sizeof *head + size);
    memcpy(to, head, sizeof *head);
    to += sizeof *head;
    for (size_t got = 0; got < size;) {
        ssize_t n = pread(file, to + got, size - got, (off_t)(offset + got));
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        got += n > 0 ? (size_t)n : 0;
    }
    w->now.size += plx_record_bytes(sizeof *head + size);
    return true;
}

static void put_entry(plx_writer *w, const plx_entry *entry)
{
    size_t payload = plx_record_entry_payload(entry);
    plx_record_entry_put(plx_record_begin(w->now.bytes + w->now.size, PLX_KIND_ENTRY, payload),
                         entry);
    w->now.size += plx_record_bytes(payload);
}

enum { MOST = PLX_OUTPUT_PIECE - sizeof(plx_output_head) };

static size_t piece_of(uint64_t left)
{
    return left < MOST ? (size_t)left : (size_t)MOST;
}

/* All of an entry's output that has its place in now. */
static bool put_output(plx_writer *w, const plx_entry *entry, const int *files)
{
    for (int stream = 0; stream < 2; stream++) {
        plx_output_head head = {.key = entry->key, .stream = stream};
        for (uint64_t done = 0, size; done < entry->output[stream]; done += size) {
            size = piece_of(entry->output[stream] - done);
            if (!put_piece(w, &head, files[stream], done, (size_t)size))
                return false;
        }
    }
    return true;
}

static plx_status put_short(plx_writer *w, const plx_entry *entry, const int *files, size_t bytes,
                            plx_place *place)
{
    plx_status status = wait_for_place(w, bytes, false);
    if (status != PLX_OK)
        return status;
    size_t from = w->now.size;
    if (!put_output(w, entry, files)) {
        w->now.size = from;
        return PLX_NO_INPUT;
    }
    put_entry(w, entry);
    place->part = w->part;
    place->offset = w->spot.offset;
    accept(w, from, 1);
    return w->how.durability == PLX_DURABLE_ITEM ? wait_safe(w, w->put) : PLX_OK;
}

/* Piece after piece, as far as the generation it was begun in lasts. */
static plx_status put_pieces(plx_writer *w, const plx_entry *entry, const int *files,
                             uint32_t generation)
{
    for (int stream = 0; stream < 2; stream++) {
        plx_output_head head = {.key = entry->key, .stream = stream};
        for (uint64_t done = 0, size; done < entry->output[stream]; done += size) {
            size = piece_of(entry->output[stream] - done);
            plx_status status =
                wait_for_place(w, plx_record_bytes(sizeof head + (size_t)size), true);
            if (status != PLX_OK || w->generation != generation)
                return status;
            size_t from = w->now.size;
            if (!put_piece(w, &head, files[stream], done, (size_t)size))
                return PLX_NO_INPUT;
            accept(w, from, 0);
        }
    }
    return wait_for_place(w, plx_record_bytes(plx_record_entry_payload(entry)), true);
}

/* From the first piece until it is safe, in one segment. */
static plx_status put_whole(plx_writer *w, const plx_entry *entry, const int *files,
                            plx_place *place)
{
    for (;;) {
        plx_status status = wait_for_place(w, 0, true);
        uint32_t generation = w->generation;
        place->part = w->part;
        place->offset = w->spot.offset;
        if (status == PLX_OK)
            status = put_pieces(w, entry, files, generation);
        if (status == PLX_OK && w->generation == generation) {
            size_t from = w->now.size;
            put_entry(w, entry);
            accept(w, from, 1);
            status = wait_safe(w, w->put);
        }
        if (status != PLX_OK || w->generation == generation)
            return status;
    }
}

/* Pieces without an entry must not stand before another entry: to another segment. */
static void give_up(plx_writer *w)
{
    w->renew = true;
    pthread_cond_signal(&w->work);
    while (w->renew && w->status == PLX_OK)
        pthread_cond_wait(&w->done, &w->lock);
}

static plx_status put_long(plx_writer *w, const plx_entry *entry, const int *files,
                           plx_place *place)
{
    plx_status status = wait_for_place(w, 0, false);
    if (status != PLX_OK)
        return status;
    w->turn = true;
    while (w->now.size + w->away.size > 0 && w->status == PLX_OK) {
        hurry(w);
        pthread_cond_wait(&w->done, &w->lock);
    }
    w->alone = true;
    status = w->status == PLX_OK ? put_whole(w, entry, files, place) : w->status;
    if (status == PLX_NO_INPUT)
        give_up(w);
    w->turn = w->alone = false;
    pthread_cond_broadcast(&w->done);
    return status;
}

/* ---- what callers see ---- */

static uint64_t unit_bytes(const plx_entry *entry)
{
    uint64_t bytes = plx_record_bytes(plx_record_entry_payload(entry));
    for (int stream = 0; stream < 2; stream++) {
        uint64_t pieces = entry->output[stream] / MOST, rest = entry->output[stream] % MOST;
        bytes += pieces * plx_record_bytes(sizeof(plx_output_head) + (size_t)MOST);
        bytes += rest > 0 ? plx_record_bytes(sizeof(plx_output_head) + (size_t)rest) : 0;
    }
    return bytes;
}

plx_status plx_writer_put(plx_writer *w, const plx_entry *entry, const int files[2],
                          plx_place *place)
{
    plx_entry put = *entry;
    for (int stream = 0; stream < 2; stream++)
        if (files == NULL || files[stream] < 0)
            put.output[stream] = 0;
    if (put.item_size > PLX_ITEM_MAX || put.result_size > PLX_RESULT_MAX)
        return PLX_TOO_BIG;
    *place = (plx_place){.session = w->how.session, .rank = w->how.rank,
                         .output = {put.output[0], put.output[1]}};
    uint64_t bytes = unit_bytes(&put);
    pthread_mutex_lock(&w->lock);
    plx_status status = bytes > LONG ? put_long(w, &put, files, place)
                                     : put_short(w, &put, files, (size_t)bytes, place);
    pthread_mutex_unlock(&w->lock);
    return status;
}

plx_status plx_writer_sync(plx_writer *w)
{
    pthread_mutex_lock(&w->lock);
    size_t goal = w->put;
    if (w->sync_goal < goal)
        w->sync_goal = goal;
    pthread_cond_signal(&w->work);
    while (!plx_commit_is_synced(w, goal) && (w->status == PLX_OK || w->status == PLX_STOPPED))
        pthread_cond_wait(&w->done, &w->lock);
    plx_status status = plx_commit_is_synced(w, goal) ? PLX_OK : w->status;
    pthread_mutex_unlock(&w->lock);
    return status;
}
