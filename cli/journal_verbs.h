/* SPDX-License-Identifier: MIT */
/* cli/journal_verbs.h: what `parallax journal` can do with a folder, and what its verbs share. */
#ifndef PLX_CLI_JOURNAL_VERBS_H
#define PLX_CLI_JOURNAL_VERBS_H

#include <stdbool.h>

#include "journal/journal.h"

/** Each prints on stdout, and returns the exit code after printing the line of an error. */
int plx_journal_stat(const char *folder, bool json);
int plx_journal_verify(const char *folder, bool json);
int plx_journal_export(const char *folder, bool json);

/** The same with about so many bytes of memory for the places of entries. */
int plx_journal_export_within(const char *folder, bool json, size_t bytes);

/**
 * Read a journal. 0, or after printing the line: 66 (no folder, no journal in it), 78 (of a newer
 * version), 71.
 */
int plx_journal_read_all(const char *folder, const plx_reading *, plx_journal_report *);

#endif
