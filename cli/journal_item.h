/* SPDX-License-Identifier: MIT */
/*
 * cli/journal_item.h: an entry of a journal as JSON, its item and result told as the journal's
 * subject says they are made.
 */
#ifndef PLX_CLI_JOURNAL_ITEM_H
#define PLX_CLI_JOURNAL_ITEM_H

#include "journal/journal.h"
#include "json.h"

/** What a subject says. What it does not say, or not well, is shown as bytes. */
typedef struct plx_journal_shape plx_journal_shape;

plx_journal_shape *plx_journal_shape_read(const char *subject);     /* NULL: no memory */
void plx_journal_shape_free(plx_journal_shape *);                   /* NULL is fine */

/**
 * {"item", "key", "state", "code", "signal", "tries", "elapsed_s", "result", "why", "ended",
 * "item_hex"}, for a command "result_bytes" too. item_hex: all bytes of an item that is a text, but
 * no UTF-8, so that "item" cannot say them; else null. output: the first bytes of what a command
 * wrote; NULL: a kernel's.
 */
json_t *plx_journal_item_json(const plx_journal_shape *, const plx_entry *, const void *output,
                              size_t output_size);

/** True: its items are a command's. */
bool plx_journal_shape_is_command(const plx_journal_shape *);

/** "2026-01-31T12:00:00.250Z"; "" for what is no time. */
enum { PLX_JOURNAL_TIME = 40 };
void plx_journal_time(double since_1970_s, char text[PLX_JOURNAL_TIME]);

#endif
