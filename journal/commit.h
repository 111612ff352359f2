/* SPDX-License-Identifier: MIT */
/*
 * journal/commit.h: inside the writer: what its callers put in memory and its thread brings to
 * disk.
 *
 * Callers append records to `now`; the thread takes them all as `away`, writes and syncs them, and
 * only then forgets them. So both together are what stands on no disk for certain, and can be
 * written anew to another segment. All calls of the system are the thread's. A caller accepts only
 * what the segment has room for, the last entries' reserve left aside.
 */
#ifndef PLX_JOURNAL_COMMIT_H
#define PLX_JOURNAL_COMMIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journal/journal.h"
#include "journal/laps.h"
#include "journal/record.h"
#include "journal/segment.h"
#include "journal/thread.h"

enum {
    PLX_COMMIT_KEPT = 4 * 1024 * 1024,  /* most bytes of now and away together */
    PLX_COMMIT_RESERVE = 64 * 1024,     /* of room, beyond what is accepted */
    PLX_COMMIT_GROUP = 1000             /* entries that do not wait for more */
};

/** Records that follow one another in a segment. */
typedef struct plx_commit_batch {
    unsigned char *bytes;               /* PLX_COMMIT_KEPT of them */
    size_t size, entries;
} plx_commit_batch;

/** Everything below `lock` is guarded by it; what is above is set once or the thread's alone. */
struct plx_writer {
    plx_writer_how how;
    plx_segment_plan plan;
    char *folder, *subject;
    pthread_t thread;
    plx_segment_file file;
    plx_laps laps;
    size_t here;                        /* entries in this segment */
    double look_at;                     /* when the owner is looked at */
    bool told;                          /* broken() was called */

    pthread_mutex_t lock;
    pthread_cond_t work;                /* the thread's: something is to be done */
    pthread_cond_t done;                /* the callers': something has been done */
    plx_commit_batch now, away;
    plx_record_spot spot;               /* of the next record */
    uint64_t room;                      /* of the file */
    uint64_t need;                      /* that somebody waits for */
    double first_at;                    /* when the first of now was put */
    uint32_t part;
    uint32_t generation;                /* goes up when records are lost to a long entry's caller */
    bool begun, quit;                   /* the first segment is tried; nothing comes any more */
    bool hurry;                         /* somebody waits for now */
    bool turn;                          /* one caller has the segment for its long entry */
    bool alone;                         /* now and away hold nothing but that */
    bool moving;                        /* to another segment: nothing may be put */
    bool renew;                         /* a long entry was given up: to another segment */
    bool full;                          /* no more room */
    plx_status status;                  /* not OK: nothing is taken any more */
    size_t put, synced, written;        /* entries */
    size_t sync_goal;                   /* so many are to be synced, whatever the durability */
    plx_writer_report report;
    bool has_why;
    char why[PLX_JOURNAL_WHY];          /* once it is there it stays */
};

/** With the lock held: what is asked for, or all there is, is synced. */
bool plx_commit_is_synced(const plx_writer *, size_t goal);

/* What follows is the thread's (journal/loop.h). A failure goes to the next segment, or breaks the
   writer. */

/** Nothing is recorded any more: why, to all who wait and to the user. */
void plx_commit_break(plx_writer *, plx_status, const char *why);

/** To a new segment with all that is kept, the first too. Not OK: why. */
plx_status plx_commit_move(plx_writer *, char *why);

/** One batch: what was put, to this segment. */
void plx_commit_write(plx_writer *);

/** This segment can take no more: what is kept goes to a new one. */
void plx_commit_renew(plx_writer *);

/** Room for more than is accepted. On a full disk the user is told: what is there is used up. */
void plx_commit_take_room(plx_writer *);

/** The segment's last record. */
void plx_commit_end(plx_writer *);

#endif
