/* SPDX-License-Identifier: MIT */
/*
 * cli/option_rows.h: rows of options that several commands take alike, for their tables.
 *
 * AT is the command's own macro that tells where a field stands in its struct; the fields have the
 * same names in all of them.
 */
#ifndef PLX_CLI_OPTION_ROWS_H
#define PLX_CLI_OPTION_ROWS_H

#include "number.h"
#include "options.h"
#include "policy.h"

enum { PLX_ROWS_THREADS_MAX = 65536, PLX_ROWS_FAILURES = 10, PLX_ROWS_MANY = 1000000 };

/* ---- run and batch */

#define PLX_ROWS_PLACE(AT)                                                                         \
    {"workers", 'w', "N", "threads in each process (default: the cores)", plx_cli_set_int,         \
     AT(threads), 1, PLX_ROWS_THREADS_MAX, false},                                                 \
    {"ranks", 0, "R", "processes, for the mpi models (default: cores / threads)", plx_cli_set_int, \
     AT(ranks), 1, PLX_ROWS_THREADS_MAX, false},                                                   \
    {"oversubscribe", 0, NULL, "let more ranks than cores share them", plx_cli_set_flag,           \
     AT(oversubscribe), 0, 0, false}

#define PLX_ROWS_TRIES(AT)                                                                         \
    {"retries", 0, "N", "tries of an item after the first", plx_cli_set_int, AT(policy.retries),   \
     0, PLX_ROWS_MANY, false},                                                                     \
    {"backoff", 0, "T[,F[,M[,J]]]",                                                                \
     "wait T before the second try, then F (2) times as long, at most M, less up to J of it",      \
     plx_cli_set_backoff, AT(policy.backoff), 0, 0, false},                                        \
    {"retry-codes", 0, "A,B,...", "only failures of these codes are tried again (-1: timed out)",  \
     plx_cli_set_codes, AT(policy.codes), 0, 0, false}

#define PLX_ROWS_RATE(AT)                                                                          \
    {"rate", 0, "R[,BURST]", "begin at most R items a second, BURST (1) at once",                  \
     plx_cli_set_rate, AT(policy.rate), 0, 0, false}

#define PLX_ROWS_FAILS(AT)                                                                         \
    {"failures", 0, "K", "how many failures to list (default 10)", plx_cli_set_size, AT(failures), \
     0, PLX_ROWS_MANY, false}

#define PLX_ROWS_PROGRESS(AT)                                                                      \
    {"progress", 0, NULL, "show how far it is: a bar on a terminal, else a line every 10 s",       \
     plx_cli_set_flag, AT(policy.progress), 0, 0, false}

#define PLX_ROWS_STARTED(AT)                                                                       \
    {"started", 0, "NS", NULL, plx_cli_set_u64, AT(started), 1, PLX_CLI_COUNT_MAX, false}

/* ---- all that take a kernel; at: where the parameters stand */

#define PLX_ROWS_PARAM(at)                                                                         \
    {"param", 'P', "KEY=VALUE", "a parameter of the kernel; may be given more than once",          \
     plx_cli_set_texts, at, 0, 0, true}

/* ---- compare and advise, which launch other processes */

#define PLX_ROWS_WORK(AT)                                                                          \
    {"pattern", 'p', "PATTERN", "default: reduce if the kernel folds, else map", plx_cli_set_text, \
     AT(plan.pattern), 0, 0, false},                                                               \
    {"items", 'n', "N", "number of items, 1e9 too", plx_cli_set_text, AT(n), 0, 0, false}

#define PLX_ROWS_LAUNCHES(AT)                                                                      \
    {"seed", 0, "S", "of the order of launches and of made input (default 1)", plx_cli_set_u64,    \
     AT(plan.seed), 0, UINT64_MAX, false},                                                         \
    {"limit", 0, "S", "longest that one launch may take, in seconds (default 600)",                \
     plx_cli_set_int, AT(limit), 1, 604800, false}

#define PLX_ROWS_INPUT(AT)                                                                         \
    PLX_ROWS_PARAM(AT(params)),                                                                    \
    {"input", 'i', "FILE.npy", "the items", plx_cli_set_text, AT(plan.input), 0, 0, false},        \
    {"json", 0, NULL, "print one JSON object", plx_cli_set_flag, AT(json), 0, 0, false}

#endif
