/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/batch.h: inside `parallax batch`: what was asked, and one batch from its start to its
 * end.
 *
 * The items are a stream of plx_batch() under any model. What travels is each item with its key and
 * index; what runs it is a kernel of ours around the user's (task.c), which also runs commands. The
 * process that ran an item records it; rank 0 leaves out what is recorded already, prints, and
 * merges. ask.c and ask_together.c read the command line, dry.c shows what would be run; batch.c
 * and finish.c go through the steps; ready.c makes what a process needs; journal.c and subject.c
 * join and leave the journal; stream.c has source and sink, done.c what stands between, pace.c what
 * a drain does to waits, show.c what commands wrote; tell.c and json.c print; merge.c writes -o.
 *
 * Words: an item's *index* is its place in the list, its *position* its place among those that are
 * handed out in this session.
 */
#ifndef PLX_CLI_BATCH_H
#define PLX_CLI_BATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../agree.h"
#include "../json.h"
#include "../launch.h"
#include "../options.h"
#include "../output.h"
#include "../policy.h"
#include "helper.h"
#include "items.h"
#include "journal/journal.h"
#include "plx/object.h"
#include "plx/plx.h"
#include "words.h"

typedef enum plx_resume { PLX_RESUME_AUTO, PLX_RESUME_NEVER, PLX_RESUME_FAILED } plx_resume;

/** The command line, read. Zero: not told, unless said otherwise. */
typedef struct plx_batch_ask {
    const char *kernel_name, *command;  /* one of them */
    const char *items;                  /* a file, "-", or NULL: -n alone */
    const char *model_name, *journal, *output, *resume_name, *durability_name, *deadline;
    uint64_t n, seed, started, max_fails;   /* n: PLX_ITEMS_ALL: not told */
    size_t batch, in_flight, failures, idle;
    int threads, ranks;
    plx_cli_texts params;
    plx_cli_policy policy;
    double grace_s;                     /* negative: not told */
    bool nul, shell, keep_order, isolate, take_over, dry_run, json, force, oversubscribe;

    const plx_kernel *kernel;
    plx_object *object;                 /* of the user's kernel */
    plx_model_info model;
    plx_resume resume;
    plx_durability durability;
    bool across, single;                /* runs across ranks; one thread a process */
    bool helped;                        /* items run in the helper's processes */
    char *subject;                      /* see subject.c */
    plx_words *words;                   /* of the command */
    _Alignas(64) unsigned char ctx[PLX_CTX_MAX];
} plx_batch_ask;

/** What of an item travels before its bytes. A multiple of 16 bytes. */
typedef struct plx_batch_head {
    uint64_t index, size;
    plx_key key;
    uint32_t reserved;
} plx_batch_head;

/** What came of it, before the kernel's out item. State PLX_ITEM_NONE: not run. */
typedef struct plx_batch_out {
    int32_t state, code, signal, tries, rank, reserved;
    double elapsed_s;
    plx_place place;                    /* in the journal */
    uint64_t reserved2;
} plx_batch_out;

/** What this process knows of an item between source and sink. */
typedef struct plx_batch_note {
    size_t position;
    const void *item;                   /* holds until done, on rank 0 until sink */
    plx_batch_head head;
    int32_t tries, code, signal;
    bool unknown;                       /* not begun, or nobody knows how it ended */
    bool failed;                        /* the last try, in time */
    char why[108];                      /* then: why; of a fallback that was late too */
    double elapsed_s;                   /* of the last try, as these */
    int file[2];                        /* what it wrote; -1: none */
    uint64_t output[2];
    plx_item_state state;               /* it ended so and is yet to be shown; none: it is not */
} plx_batch_note;

/** Items by what became of them; in one process, then of all ranks. Crosses ranks. */
typedef struct plx_batch_counts {
    uint64_t ok, failed, fallback, entries, segments, lost;
    double sync_median_s, sync_p99_s;   /* the longest of all ranks; negative: none was made */
} plx_batch_counts;

/** What rank 0 knows and the others need. Crosses ranks. */
typedef struct plx_batch_plan {
    int32_t code;                       /* not 0: the batch ends here, with this exit code */
    uint32_t session;
    uint64_t n;                         /* items in all; 0: not known */
    uint64_t batch, in_flight, longest;
    bool any;                           /* there is something to run */
    double left_s;                      /* until the deadline; negative: none */
} plx_batch_plan;

/** A key's number on rank 0: its state in the journal, and marks of this session. */
enum { PLX_MARK_STATE = 3, PLX_MARK_SEEN = 4, PLX_MARK_SHOWN = 8 };

/** What a command on another rank wrote, until the journal has it. */
typedef struct plx_batch_shown {
    plx_key key;
    plx_batch_out out;
} plx_batch_shown;

/** One batch in one process. Zeroed at first. */
typedef struct plx_batch_run {
    const plx_batch_ask *ask;
    plx_team *team;
    bool root;
    int rank;
    double open_s, launch_s, elapsed_s, limit_s, limit_at_s;
    plx_batch_plan plan;
    plx_kernel user, kernel;            /* the user's, of today's size; ours around it */
    plx_helper *helper;
    plx_batch_note *notes;              /* by position % notes_n */
    size_t notes_n;
    plx_batch_out *fallback;            /* a whole out item */
    plx_policy policy;
    plx_status status;
    plx_report report;
    plx_failure core_failure;           /* the room that a report needs */

    /* rank 0: the list */
    plx_items *items;
    plx_keys *keys;                     /* state and marks of what was seen; NULL: no journal */
    uint64_t index, handed, before, before_failed;
    size_t sunk;
    bool listed;                        /* the list was gone through to its end */
    int items_code;                     /* what reading it failed with */
    void *held;                         /* the first item to run, until the source gives it */
    plx_batch_head held_head;
    bool is_held;
    plx_failure *failures;              /* of the first --failures positions; item: the index */
    char **texts;                       /* their items */
    int32_t *signals;
    size_t failures_n;
    uint64_t others_ended;              /* on other ranks, as sunk */

    /* the journal, and printing */
    plx_owner *owner;
    plx_writer *writer;
    plx_journal_report journal;
    int closed;                         /* the exit code of closing it, of all ranks */
    char line[PLX_CLI_HELD];            /* of rank 0: the first fault's, until all is told */
    uint64_t digest;                    /* of -o */
    bool merged;
    plx_finder *finder;
    plx_batch_shown *later;             /* a queue, in the order of the list */
    size_t later_first, later_n, later_cap;
    bool missed;                        /* something was not shown in its turn */
    plx_status shown;                   /* the last pass over what was not */
    bool resumed;                       /* the journal held entries */
    atomic_int show_errno;              /* stdout cannot be written: why */

    /* any thread */
    atomic_ullong ok, failed, fallen;
    atomic_ullong others_failed;        /* on other ranks, as sunk */
    atomic_int running;                 /* items, in this process */
    atomic_bool lost;                   /* the helper is gone */
    atomic_int broken;                  /* a plx_status of the writer */
    plx_batch_counts counts;            /* of all ranks, at the end */
} plx_batch_run;

/* ask.c, ask_together.c. Codes: 0, PLX_CLI_DONE, or an exit code after printing the line. */
int plx_batch_ask_read(plx_batch_ask *, int argc, char **argv);
int plx_batch_ask_for_kernel(plx_batch_ask *);      /* what hangs on the kernel, once it is known */
int plx_batch_ask_together(const plx_batch_ask *);
plx_items_how plx_batch_items_how(const plx_batch_ask *);

/* subject.c */
char *plx_batch_subject(const plx_batch_ask *); /* one line of JSON, to be freed; NULL: memory */
/** True: they are about the same. Else what changed, in words. */
bool plx_batch_subject_same(const char *now, const char *then, char words[PLX_JOURNAL_WHY]);

/* same.c: collective; 0, or 78 on every rank after printing */
int plx_batch_same(const plx_batch_run *);

/* dry.c: --dry-run. 0, or an exit code after printing */
int plx_batch_dry(plx_batch_ask *);

/* ready.c. Codes: 0, or an exit code after printing the line. */
int plx_batch_ready_before(plx_batch_run *);        /* before threads and MPI: items, helper */
int plx_batch_ready_team(plx_batch_run *);
void plx_batch_ready_sizes(plx_batch_run *);        /* rank 0: the plan's */
int plx_batch_ready(plx_batch_run *);               /* each rank, by the plan */
void plx_batch_ready_close(plx_batch_run *);

/* journal.c. On rank 0; codes as above */
int plx_batch_journal_read(plx_batch_run *);        /* what it holds; 78, 73 */
int plx_batch_journal_join(plx_batch_run *);        /* as its owner */
int plx_batch_journal_open(plx_batch_run *);        /* each rank: its own writer */
int plx_batch_journal_close(plx_batch_run *);       /* each rank */

/* stream.c, on rank 0 */
/**
 * The key of the list's next item: of its content or, if that came before, of its next repetition;
 * and the key's number, in which a bit of seen says that it came. NULL: no memory.
 */
uint32_t *plx_batch_stream_key(plx_keys *, const void *item, size_t size, uint32_t seen, plx_key *);
/** The next item to run; false: there is none, or items_code says why. */
bool plx_batch_stream_next(plx_batch_run *, const void **item, plx_batch_head *);
int plx_batch_stream_begin(plx_batch_run *);        /* is there anything to run? 0, or a code */
void plx_batch_stream_rest(plx_batch_run *);        /* after a stop: count what is left */
plx_status plx_batch_source(void *run, size_t want, void *items, size_t *at, size_t *got);
plx_status plx_batch_sink(void *run, size_t first, size_t n, const void *out,
                          const plx_failure *failed, size_t failures);

/* task.c: the kernel that runs items; one batch at a time in a process */
plx_kernel plx_batch_task(plx_batch_run *);
plx_batch_note *plx_batch_note_of(plx_batch_run *, size_t position);

/* done.c: any thread */
plx_status plx_batch_done(void *run, size_t first, size_t n, void *out, const plx_failure *failed,
                          size_t failures);
void plx_batch_broken(void *run);                   /* nothing more can be recorded */

/* pace.c: any thread */
bool plx_batch_drains(void);                        /* nothing new is to begin */
const plx_clock *plx_batch_clock(plx_batch_run *);  /* on which a drain's waits take no time */
void plx_batch_progress_begin(plx_batch_run *);
bool plx_batch_leapt(void);                         /* it has, once at least */
void plx_batch_begin(plx_batch_run *);              /* an item runs in this process */
void plx_batch_end(plx_batch_run *);

/* show.c */
void plx_batch_show(plx_batch_run *, plx_batch_note *, plx_item_state);   /* and close its files */
/** Rank 0, in the order of the list: what an item wrote, on whatever rank. */
void plx_batch_show_sunk(plx_batch_run *, plx_batch_note *, const plx_batch_out *);
void plx_batch_show_rest(plx_batch_run *);          /* when all have ended */
int plx_batch_show_close(plx_batch_run *);          /* 0, or after printing: why not all */
void plx_batch_note_drop(plx_batch_note *);         /* close its files */

/* finish.c: collective; 0, or an exit code after printing, the same on all */
int plx_batch_counts_all(plx_batch_run *);
int plx_batch_finish(plx_batch_run *);

/* tell.c, json.c: rank 0. stopper: NULL: it came to its end */
const char *plx_batch_stopper(const plx_batch_run *);
uint64_t plx_batch_left(const plx_batch_run *);     /* items not run; UINT64_MAX: not known */
void plx_batch_tell(const plx_batch_run *);
int plx_batch_json(const plx_batch_run *);          /* 0 or 71 */

#endif
