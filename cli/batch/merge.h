/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/merge.h: the output of a whole batch (-o), in item order, made from its journal.
 *
 * Results stand in the journal in the order in which they ended; here each goes to the place of its
 * item. The bytes hang on the list and the results alone: not on sessions, ranks or damage.
 */
#ifndef PLX_CLI_BATCH_MERGE_H
#define PLX_CLI_BATCH_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"

/**
 * Before any work: could -o be written? 0, or after printing the line: 64 (items from stdin or a
 * pipe come only once; -o is the list; a picture; results that have no type in .npy and no table)
 * or 73. With a journal that is there, a file may be too: an earlier start may have written it.
 */
int plx_merge_check(const plx_batch_ask *);

/** Once the journal is known to hold no entry: no file may be there. 0, or 73 after printing. */
int plx_merge_check_new(const plx_batch_ask *);

/**
 * Once the writers have closed the journal: put the n items' results in order, into -o if one is
 * named, and *digest: XXH64 of the kernel's results (0 for commands).
 *
 * A kernel's output is what `run` writes: .npy or .tsv; of failed items zeros, or an empty row. A
 * command's is the stdout of each item, failed or not, one after the other; of one that got the
 * fallback that text and a newline.
 *
 * Without --force a file that is there stays: that is fine if its bytes are the same, else 73.
 *
 * An item without a final state: *complete is false, nothing is written, a note says how many; the
 * return value is 0. The same without a word if the items come only once and there is no -o.
 *
 * Errors   after printing the line: 65, 66 (the list or the journal changed meanwhile), 71, 73, 74
 */
int plx_merge_output(const plx_batch_ask *, plx_items *, const char *folder, uint64_t n,
                     uint64_t *digest, bool *complete);

#endif
