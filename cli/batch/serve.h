/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/serve.h: inside the helper: what the tool and the process that starts commands share.
 *
 * A question and its answer go over a channel's socket, the files that a command wrote with the
 * answer. What must be known even when a process is killed stands in a slot, memory that the tool,
 * the process and what it starts have in common. Invariant: a channel has one question at a time;
 * a word to stop that comes after the answer left means nothing.
 */
#ifndef PLX_CLI_BATCH_SERVE_H
#define PLX_CLI_BATCH_SERVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "helper.h"

enum { PLX_SERVE_RUN = 1, PLX_SERVE_STOP, PLX_SERVE_WHY = 108, PLX_SERVE_LINE = 200 };

/** Tool to process; then size bytes of item. The answer is a plx_helper_end. */
typedef struct plx_serve_ask {
    uint64_t index, size;
    double timeout_s;
    int64_t kind;
} plx_serve_ask;

/** One channel's part of the common memory; its out item follows. */
typedef struct plx_serve_slot {
    atomic_int group;               /* the process group that runs; 0: none */
    int error;                      /* why it became no command: errno; 0: it did */
    bool done, failed;              /* the kernel returned; it failed its item */
    int code;
    char why[PLX_SERVE_WHY];
} plx_serve_slot;

enum { PLX_SERVE_NEW, PLX_SERVE_PREPARED, PLX_SERVE_REFUSED };

/** The common memory begins with it. */
typedef struct plx_serve_common {
    atomic_int prepared;            /* one of the three above */
    char why[PLX_SERVE_LINE];
} plx_serve_common;

struct plx_helper {
    int channels;
    const plx_words *words;
    plx_kernel kernel;              /* what its own size leaves out is zero */
    const void *ctx;
    size_t n;
    int *ours, *its;                /* both ends of each channel; -1: closed */
    atomic_bool *busy;              /* a run has this channel */
    atomic_bool gone;
    pid_t launcher, tool, pid;      /* launcher: 0: none */
    plx_serve_common *common;
    size_t common_size, stride;     /* bytes: in all, from slot to slot */
    void *shared, *scratch;         /* the prepared kernel's, in the process alone */
    const char *folder;             /* where output files are */
    char *path;                     /* of the program that is run, once it was found */
};

static inline plx_serve_slot *plx_serve_slot_at(const plx_helper *helper, int channel)
{
    unsigned char *bytes = (unsigned char *)helper->common;
    return (plx_serve_slot *)(void *)(bytes + helper->stride * ((size_t)channel + 1));
}

/** Where the kernel's out item of a slot is: on a cache line of its own. */
static inline void *plx_serve_out(plx_serve_slot *slot)
{
    return (unsigned char *)slot + (sizeof *slot + 63) / 64 * 64;
}

/** Seconds of a clock that never steps. */
double plx_serve_now(void);

/** The process's life, from its fork to its end. */
_Noreturn void plx_serve_run(plx_helper *);

/** The life of the process that has one channel. */
_Noreturn void plx_lane_run(plx_helper *, int channel);

/* ---- settle.c: how these processes begin and end ---- */

/** Set what is done with each signal that the process takes no notice of. */
void plx_settle_signals(void (*handler)(int));

/** What came from the tool and is not needed is closed; a session of its own. */
void plx_settle_down(plx_helper *);

/** What its children leave behind becomes its own. */
void plx_settle_heir(void);

/** Reap who ended; true: there is no child left. */
bool plx_settle_reap(void);

/** Kill and reap all that is left of our children and theirs. */
void plx_settle_up(void);

/* ---- spool.c: files for what a command writes ---- */

/** The folder for them: TMPDIR, or /tmp. */
const char *plx_spool_folder(void);

/** A new file without a name; -1 and errno. */
int plx_spool_open(const char *folder);

/* ---- spawn.c, child.c: what runs ---- */

/** One item that is to run. */
typedef struct plx_serve_order {
    const plx_serve_ask *ask;
    const void *item;               /* aligned for anything */
    plx_serve_slot *slot;
    int file[2];                    /* its stdout and stderr */
} plx_serve_order;

/** Start a command: its process, or -1 and why it could not be started: errno, a phrase. */
pid_t plx_spawn_command(plx_helper *, const plx_serve_order *, char why[PLX_SERVE_WHY]);

/** Start the kernel on one item. As above. */
pid_t plx_child_start(plx_helper *, const plx_serve_order *, char why[PLX_SERVE_WHY]);

/** Prepare the kernel, as the common memory then says; false: it refused. */
bool plx_child_prepare(plx_helper *);
void plx_child_release(plx_helper *);

/** In the new process: a group of its own that dies with its parent, signals as they come. */
bool plx_spawn_settle(pid_t parent, const plx_serve_order *);

#endif
