/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/batch.h: inside `parallax batch`: what was asked, and one batch from its start to its
 * end.
 *
 * The items are a stream of plx_batch() under any model. What travels is each item with its key and
 * index; what runs it is a kernel of ours around the user's (task.c), which also runs commands. The
 * process that ran an item records it; rank 0 leaves out what is recorded already, prints, and
 * merges. ask.c and ask_together.c read the command line; batch.c goes through the steps; ready.c
 * makes what a process needs; journal.c joins and leaves the journal; stream.c has source, done and
 * sink; subject.c says what the batch is; tell.c and json.c print; merge.c writes -o.
 */
#ifndef PLX_CLI_BATCH_H
#define PLX_CLI_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    uint64_t n, seed, started, max_fails;
    size_t batch, in_flight, failures, idle;
    int threads, ranks;
    plx_cli_texts params;
    plx_cli_policy policy;
    double grace_s;
    bool nul, shell, keep_order, isolate, take_over, dry_run, json, force, oversubscribe;

    const plx_kernel *kernel;
    plx_object *object;                 /* of the user's kernel */
    plx_model_info model;
    plx_resume resume;
    plx_durability durability;
    bool across, single;                /* runs across ranks; one thread a process */
    bool helped;                        /* items run in the helper's processes */
    _Alignas(64) unsigned char ctx[PLX_CTX_MAX];
} plx_batch_ask;

#endif
