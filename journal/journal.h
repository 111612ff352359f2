/* SPDX-License-Identifier: MIT */
/*
 * journal/journal.h: what became of each item of a batch, on disk: written once, read after
 * anything.
 *
 * A journal is a folder of segments. Each process that writes has a segment of its own, which it
 * creates and nobody else ever writes: so no lock is needed, on a network file system either. An
 * entry is one item's final state, under a key that is made of the item's content; it counts once
 * it and its output stand in a segment whole, which checksums tell. Reading believes no length,
 * passes over what is damaged, and never fails for it: what was lost there is run again.
 *
 * Source   group commit: Gray and Reuter, Transaction Processing, 1993, 9.4.7
 */
#ifndef PLX_JOURNAL_H
#define PLX_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plx/status.h"

enum {
    PLX_JOURNAL_WHY = 400,              /* room for one line that says what went wrong */
    PLX_SUBJECT_MAX = 65536,            /* bytes of a subject, NUL included */
    PLX_ITEM_MAX = 131071,              /* bytes of an item: what one argument may be */
    PLX_RESULT_MAX = 65536,             /* bytes of a result */
    PLX_HOST_MAX = 64
};

/* ---- keys.c: items by content ---- */

/** 96 bits of XXH3 over an item's bytes: among 10^7 items two meet once in 10^15 batches. */
typedef struct plx_key {
    uint32_t word[3];
} plx_key;

plx_key plx_key_of(const void *item, size_t size);

/** The key of the same item's k-th repetition, k >= 1; k = 0 is a key that no item has. */
plx_key plx_key_again(plx_key, uint32_t k);

/** A number for each key: 16 bytes an entry, at most 0.85 full, grown piece by piece. */
typedef struct plx_keys plx_keys;

plx_keys *plx_keys_open(void);          /* NULL: no memory */
void plx_keys_close(plx_keys *);        /* NULL is fine */

/** Its number, 0 if it is new; NULL: it is not there (add: no memory). Holds until the next add. */
uint32_t *plx_keys_find(const plx_keys *, plx_key);
uint32_t *plx_keys_add(plx_keys *, plx_key);
size_t plx_keys_count(const plx_keys *);

/* ---- entries ---- */

/** How an item ended. Values stand in files. */
typedef enum plx_item_state {
    PLX_ITEM_NONE, PLX_ITEM_OK, PLX_ITEM_BAD, PLX_ITEM_FALLBACK     /* "ok", "failed", "fallback" */
} plx_item_state;

/** "ok" …; NULL for none and what is unknown. */
const char *plx_item_state_name(plx_item_state);

/** One item's final state. Pointers are the caller's, or (reading) hold during the call. */
typedef struct plx_entry {
    plx_key key;
    plx_item_state state;
    int32_t code;                       /* 0, or why it failed: the kernel's, or the exit code */
    int32_t signal;                     /* that ended it; 0: none */
    int32_t tries;
    double elapsed_s;                   /* of the last try */
    double ended_s;                     /* seconds since 1970 */
    const void *item;
    size_t item_size;
    const void *result;                 /* one out item of the kernel, or the fallback */
    size_t result_size;
    const char *why;                    /* of a failure or fallback, else ""; 107 bytes are kept */
    uint64_t output[2];                 /* bytes of what a command wrote: stdout, stderr */
} plx_entry;

/** Where an entry stands. Plain bytes: crosses ranks. */
typedef struct plx_place {
    uint32_t session;
    int32_t rank;
    uint32_t part;                      /* of that rank's segments in the session */
    uint32_t reserved;
    uint64_t offset;                    /* of its first piece of output, or of the entry */
    uint64_t output[2];                 /* as in the entry */
} plx_place;

/* ---- writer.c, put.c, loop.c, commit.c: one process's segments ---- */

/** When an entry is durable: in 50 ms or 1,000 entries; as put returns; when the system likes. */
typedef enum plx_durability {
    PLX_DURABLE_GROUP, PLX_DURABLE_ITEM, PLX_DURABLE_NONE
} plx_durability;

typedef struct plx_owner plx_owner;
typedef struct plx_writer plx_writer;

typedef struct plx_writer_how {
    const char *folder;                 /* that is there */
    const char *subject;                /* what the journal is about: one line of JSON */
    uint32_t session;                   /* the same on all ranks, above all before */
    int rank;
    plx_durability durability;
    plx_owner *owner;                   /* looked at every 15 s while it is open; or NULL */
    /* called once, by any thread, when nothing more can be recorded; may be NULL */
    void (*broken)(void *user);
    void *user;
} plx_writer_how;

typedef struct plx_writer_report {
    size_t entries, segments, syncs;
    uint64_t bytes;
    double sync_median_s, sync_p99_s;   /* negative: no sync was made */
} plx_writer_report;

/**
 * Create a segment: exclusively, header and folder synced, room for the last entries taken ahead. A
 * thread of the writer's own commits groups, and ends its work if the journal has another owner.
 *
 * Errors   *writer is NULL; why says it in one line; PLX_IO (74), PLX_NO_MEMORY, PLX_SYSTEM,
 *          PLX_TOO_BIG (the subject)
 */
plx_status plx_writer_open(plx_writer **, const plx_writer_how *, char why[PLX_JOURNAL_WHY]);

/**
 * Put an entry; from any thread. files: what the command wrote, read from their beginning, each
 * entry->output[i] bytes (-1, or 0 bytes: none); they become pieces before the entry. Blocks while
 * more waits to be synced than is kept in memory (4 MiB); an entry of long output is then put anew
 * if its segment fails.
 *
 * A sync or write that fails is never tried again on that segment: what it held since its last good
 * sync is written to a new one. If that fails too the writer is broken: nothing is taken any more,
 * what was acknowledged stays. On a full disk broken() is called at once, and entries are taken as
 * long as the room lasts that was taken ahead.
 *
 * A place is stale once its segment has failed: nothing stands there then, or the same entry, and
 * the journal has it elsewhere.
 *
 * Errors   PLX_IO (broken, or the room is used up), PLX_STOPPED (the journal was taken over by
 *          another), PLX_TOO_BIG, PLX_NO_INPUT (a file holds less than was told: nothing was put)
 */
plx_status plx_writer_put(plx_writer *, const plx_entry *, const int files[2], plx_place *);

/** What was put until now is durable (whatever the durability). Errors as put. */
plx_status plx_writer_sync(plx_writer *);

/** Why the writer is broken, one line; "" if it is not. */
const char *plx_writer_why(const plx_writer *);

/**
 * Sync, mark the end, close, sync the folder. report may be NULL. The writer is gone either way.
 * Not PLX_OK: it was broken before, or something fails now; then why says what.
 */
plx_status plx_writer_close(plx_writer *, plx_writer_report *, char why[PLX_JOURNAL_WHY]);

/* ---- owner.c, owner_keep.c: who may write ---- */

/**
 * Make the folder if it is not there (its parent must be), and become its owner, until it is given
 * back: a thread of its own renews its lease every 15 s.
 *
 * One owner at a time: a file owner.N made by link(), N above all others; the highest counts. An
 * owner on this host and boot whose process is gone (pid and start time) is taken over at once, one
 * on another host once its lease of 60 s has passed by the file system's own clock, or if
 * take_over. So is one whose other processes (those of unfinished segments) still live on this
 * host: for these we wait up to 5 s, since a launcher is ending them.
 *
 * Errors   *owner is NULL; why says it in one line. PLX_TIMED_OUT (75): in use, by whom, until
 *          when; PLX_IO (74); PLX_NO_INPUT (66): a path that is no folder; PLX_BAD_JOB: its parent
 *          is missing, or nothing may be made in it (the command says 73); PLX_NO_MEMORY,
 *          PLX_SYSTEM (no thread)
 */
plx_status plx_owner_take(plx_owner **, const char *folder, bool take_over,
                          char why[PLX_JOURNAL_WHY]);

/** False: somebody else is the owner now. */
bool plx_owner_holds(const plx_owner *);
void plx_owner_give(plx_owner *);       /* released: the next one need not wait. NULL is fine */

/** Who was the owner last. */
typedef struct plx_owner_seen {
    bool held;                          /* not given back */
    bool here, alive;                   /* of this host and boot; its process is still there */
    int64_t pid;
    char host[PLX_HOST_MAX];
} plx_owner_seen;

/** False: nobody ever was, or it cannot be read. */
bool plx_owner_look(const char *folder, plx_owner_seen *);

/* ---- reader.c ---- */

/** What one segment says of itself. */
typedef struct plx_segment {
    const char *name;                   /* in the folder */
    uint32_t session, part;
    int32_t rank;
    bool readable;                      /* one of its two headers is whole */
    bool newer;                         /* of a format that this version does not know */
    bool ended;                         /* closed as it should be */
    const char *subject;                /* NULL if not readable */
    char host[PLX_HOST_MAX], boot[40];  /* of its writer */
    int64_t pid, pid_start;
    double begun_s;                     /* seconds since 1970 */
    uint64_t bytes, damaged;            /* of the file; that are no whole record (trailing zeros are
                                           room, not damage) */
    uint64_t damaged_at;                /* where the first damaged stretch begins */
    size_t entries, holes;              /* whole ones; damaged stretches */
} plx_segment;

typedef struct plx_journal_report {
    size_t segments, unreadable, newer, unended;
    size_t sessions;                    /* the highest number */
    size_t entries;                     /* whole ones, also those that a later one replaces */
    size_t holes;
    uint64_t bytes, damaged;
} plx_journal_report;

typedef struct plx_reading {
    /* each whole entry with its output, by session, rank, part, offset: the last one of a key is
       its final state. Not PLX_OK ends the reading with it. Either may be NULL */
    plx_status (*entry)(void *user, const plx_entry *, const plx_place *);
    /* each segment, before its entries (entries, holes, damaged: 0) and after them (told: true) */
    plx_status (*segment)(void *user, const plx_segment *, bool told);
    void *user;
} plx_reading;

/**
 * Read a journal, in constant memory. A folder that is not there or holds no segment has none. A
 * segment whose header is not that of its name is unreadable: the same one never counts twice.
 *
 * Errors   why says it in one line ("" if a callback ended it). PLX_NO_INPUT (66): the folder or a
 *          segment may not be read; PLX_SYSTEM: no more files can be opened; PLX_NO_MEMORY; what a
 *          callback returns. Never for damage: that is counted
 */
plx_status plx_journal_read(const char *folder, const plx_reading *, plx_journal_report *,
                            char why[PLX_JOURNAL_WHY]);

/* ---- finder.c ---- */

/** Finds entries by their place, in any order; keeps segments open. For one thread at a time. */
typedef struct plx_finder plx_finder;

plx_finder *plx_finder_open(const char *folder);    /* NULL: no memory */
void plx_finder_close(plx_finder *);                /* NULL is fine */

/**
 * The entry at a place; its pointers hold until the next call.
 *
 * Errors   PLX_NO_INPUT: it does not stand there whole (yet); PLX_NO_MEMORY
 */
plx_status plx_finder_entry(plx_finder *, const plx_place *, plx_entry *);

/**
 * Give what a command wrote (stream 0 or 1) piece by piece, as put takes it, whole or nothing: it
 * is checked first.
 *
 * Errors   as above; what put returns
 */
plx_status plx_finder_output(plx_finder *, const plx_place *, int stream,
                             plx_status (*put)(void *user, const void *bytes, size_t size),
                             void *user);

#endif
