/* SPDX-License-Identifier: MIT */
/*
 * journal/put.c: what callers of the writer do: put records in memory, and wait.
 *
 * An entry with its output is one unit: no other record comes between. A short unit is put under
 * the lock at once, so that it is kept whole until it is synced. A long one's pieces may go to disk
 * before it is whole: it waits until nothing else is kept, has the segment alone, and comes from
 * its first piece again if the segment fails.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "journal/commit.h"

enum { LONG = 1024 * 1024 }; /* bytes of a unit that is not kept whole */

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
        w->first_at = plx_thread_clock_s();
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
