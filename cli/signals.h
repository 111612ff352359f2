/* SPDX-License-Identifier: MIT */
/*
 * cli/signals.h: what signals do to `run` and `batch`. One place for all of them.
 *
 *   USR1, USR2, INT     begin nothing new, end what runs: exit code 75; any number of USR
 *   TERM, HUP           the same, and running items are told to end; exit code 75 within half a
 *                       second, whatever they do
 *   a second INT, TERM  after INT, TERM or HUP: this process ends by it at once
 *
 *   a deadline          as USR1, and as TERM
 *
 * A TERM that came because another rank is lost ends the process as ever, and so does the CONT that
 * comes a second before it, see watch.h; but not one that is ending by a TERM, HUP or deadline. Any
 * other CONT means nothing.
 */
#ifndef PLX_CLI_SIGNALS_H
#define PLX_CLI_SIGNALS_H

#include "plx/policy.h"

/** From now on those of the first line do that. What was ignored at our start stays so. */
void plx_cli_signals_drain(void);

/** The others too: not before ranks have met, where a TERM is the launcher's and needs no word. */
void plx_cli_signals_quit(void);

/** The token that they set. */
plx_stop *plx_cli_signals_stop(void);

/** The same for a reason of our own; from any thread. name: stays. */
void plx_cli_signals_ask(const char *name, plx_stop_level);

/** A drain that takes longer becomes what TERM is. Before the first signal is taken. */
void plx_cli_signals_grace(double seconds);

/** In so many seconds from now; once for each level. */
void plx_cli_signals_at(double seconds, plx_stop_level);

/** What the last line of one that had to be ended says instead of "nothing is kept". It stays. */
void plx_cli_signals_keeps(const char *words);

/** What is done at once when a rank is lost, in a signal handler; NULL: nothing. */
void plx_cli_signals_lost(void (*first)(void));

/** This process's last line is out: a signal that ends it now ends it without a word. */
void plx_cli_signals_told(void);

/** "SIGUSR1", "--deadline": the first of the strongest that came; NULL: none. */
const char *plx_cli_signals_name(void);

#endif
