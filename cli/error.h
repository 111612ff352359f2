/* SPDX-License-Identifier: MIT */
/*
 * cli/error.h: the command's talk. One line an error, on stderr, from one process.
 *
 * Under a launcher every rank finds the same fault at the same time; only rank 0 speaks, and the
 * others give its line time to come out before the launcher, seeing them end, kills it.
 */
#ifndef PLX_CLI_ERROR_H
#define PLX_CLI_ERROR_H

#include <stddef.h>
#include <stdio.h>

/* The exit codes of sysexits.h that no plx_status has, or that are used before there is one. */
enum {
    PLX_EXIT_USAGE = 64, PLX_EXIT_DATA = 65, PLX_EXIT_INPUT = 66, PLX_EXIT_MISSING = 69,
    PLX_EXIT_INTERNAL = 70, PLX_EXIT_SYSTEM = 71, PLX_EXIT_CREATE = 73, PLX_EXIT_WRITE = 74
};

/**
 * Print "parallax: ..." as one line on stderr (control bytes shown as \xNN, cut at about 1,000
 * bytes) and return exit_code, so that callers write `return plx_cli_error(64, ...)`.
 *
 * Ranks    prints on rank 0 only; the others print nothing and wait about a second
 */
int plx_cli_error(int exit_code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * From now on this process keeps its first error line in there instead of printing it, and waits
 * for nobody: what one rank alone finds is told by rank 0. NULL: print again.
 */
void plx_cli_error_hold(char *line, size_t size);

/**
 * What a rank above 0 does before it ends with an error: nothing for a second, deaf to TERM, with
 * which srun ends the others when rank 0 is gone, so that the exit code stays ours.
 */
void plx_cli_error_wait(void);

/** Print one line "parallax: note: ..." that is no error; nothing on ranks above 0, and no wait. */
void plx_cli_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Print what comes from users or files as an error's line shows it. NULL is fine. */
void plx_cli_print_shown(const char *text, FILE *to);

/** Flush stdout; a failed write is 74 with its line, else code. Every command ends with it. */
int plx_cli_flush(int code);

#endif
