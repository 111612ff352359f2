/* SPDX-License-Identifier: MIT */
/*
 * cli/signals.c: handlers that ask, and a clock for those that may not wait.
 *
 * A handler sets the stop token, writes one line and, for TERM and HUP, starts a timer. The call
 * then returns as soon as its items let it, and the run ends as ever; if it has not by the time the
 * timer fires, that handler ends the process. All in here is what signal-safety(7) allows, and may
 * run in any thread, in several at once.
 *
 * What a user asked for beforehand, a deadline or the length of a drain, comes as a timer's signal
 * and goes the same way.
 *
 * The same signal comes twice where a launcher sends it to the process and to its group, as
 * timeout(1) and some of Slurm's plugins do: so a second one only counts after a while.
 */
#define _POSIX_C_SOURCE 200809L
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "place.h"
#include "progress.h"
#include "temporary.h"
#include "watch.h"

enum { QUIT_MS = 400, OTHERS_MS = 450, TWICE_MS = 100, STOPPED = 75 };

static const struct {
    int number;
    const char *name;
    plx_stop_level level;
    bool urgent;                    /* a second one may not be meant as the first */
} taken[] = {
    { SIGUSR1, "SIGUSR1", PLX_DRAIN, false }, { SIGUSR2, "SIGUSR2", PLX_DRAIN, false },
    { SIGINT, "SIGINT", PLX_DRAIN, true },    { SIGTERM, "SIGTERM", PLX_QUIT, true },
    { SIGHUP, "SIGHUP", PLX_QUIT, true },
};
enum { TAKEN = sizeof taken / sizeof *taken };

/* Timers, by their signals from SIGRTMIN on. END: what runs did not end in time. */
enum { END, GRACE, DEADLINE_DRAIN, DEADLINE_QUIT, TIMERS };

static plx_stop stop;
static _Atomic(const char *) came[PLX_QUIT + 1];    /* by level: who asked first */
static _Atomic(const char *) kept = "nothing is kept";
static atomic_llong first_ms;               /* when the first urgent one came; 0: none */
static atomic_bool told, lost, has_timer[TIMERS];
static _Atomic(void (*)(void)) when_lost;   /* NULL: nothing */
static timer_t timers[TIMERS];
static double grace_s = -1;                 /* negative: a drain takes as long as it takes */

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

static void say(const char *const *words, size_t count)
{
    char line[200];
    size_t at = 0;
    if (plx_cli_where().rank > 0)
        return;
    if (plx_cli_progress_cut())
        line[at++] = '\n';
    for (size_t i = 0; i < count; i++)
        for (const char *c = words[i]; *c != '\0' && at < sizeof line; c++)
            line[at++] = *c;
    ssize_t ignored = write(STDERR_FILENO, line, at);
    (void)ignored;
}

static _Noreturn void give_up(void)
{
    const char *const words[] = { "parallax: stopped by ", plx_cli_signals_name(),
                                  ": what ran did not end in time; ", kept, "\n" };
    if (!told)
        say(words, 5);
    plx_temporary_abandon();
    _exit(STOPPED);
}

static void end_by(int number)
{
    plx_temporary_abandon();
    signal(number, SIG_DFL);
    raise(number);
}

/* Who works on meanwhile in other threads asks for no stop any more: that would be told. */
static void end_lost(void)
{
    void (*const first)(void) = when_lost;
    lost = true;
    if (first != NULL)
        first();
    plx_cli_watch_tell();
    end_by(SIGTERM);
}

/* Who is ending at once itself misses nobody: the others do so too, and one of them is first. */
static bool has_lost(void)
{
    return came[PLX_QUIT] == NULL && plx_cli_watch_lost();
}

/* Sent once more, later than anything that only repeats the first. */
static bool is_second(int number)
{
    long long first = 0;
    const long long now = now_ms();
    if (atomic_compare_exchange_strong(&first_ms, &first, now))
        return false;
    return number != SIGHUP && now - first > TWICE_MS;
}

/* False: it will never come. */
static bool start(int which, double seconds)
{
    const time_t whole = (time_t)seconds;
    const long rest = (long)((seconds - (double)whole) * 1e9);
    const struct itimerspec when = { .it_value = { .tv_sec = whole, .tv_nsec = rest } };
    return has_timer[which] && timer_settime(timers[which], 0, &when, NULL) == 0;
}

/* Rank 0 first: once a rank has gone the launcher may not hand on what another says. */
static void start_end(void)
{
    if (!start(END, (plx_cli_where().rank > 0 ? OTHERS_MS : QUIT_MS) * 1e-3))
        give_up();
}

/* shown: what the line names. */
static void ask(const char *name, const char *shown, plx_stop_level level)
{
    const char *none = NULL;
    const bool higher = plx_stop_asked(&stop) < level && !lost;
    if (!atomic_compare_exchange_strong(&came[level], &none, name) || !higher)
        return;
    const char *const words[] = {
        "parallax: note: ", shown,
        level == PLX_QUIT ? ": ending at once\n"
                          : ": beginning nothing new; what runs comes to its end\n" };
    plx_stop_ask(&stop, level);
    say(words, 3);
    if (level == PLX_QUIT)
        start_end();
    else if (grace_s == 0 || (grace_s > 0 && !start(GRACE, grace_s)))
        ask(name, "--grace", PLX_QUIT);
}

static void on_timer(int number)
{
    const int saved = errno, which = number - SIGRTMIN;
    const char *drain = came[PLX_DRAIN];
    if (which == END)
        give_up();
    if (which == GRACE && drain != NULL)    /* a deadline's ends with it: two timers at once */
        ask(drain, strcmp(drain, "--deadline") == 0 ? drain : "--grace", PLX_QUIT);
    else
        ask("--deadline", "--deadline", which == DEADLINE_DRAIN ? PLX_DRAIN : PLX_QUIT);
    errno = saved;
}

static void on_signal(int number)
{
    const int saved = errno;
    size_t row = 0;
    while (taken[row].number != number)
        row++;
    const bool late = told && first_ms == 0 && taken[row].level == PLX_QUIT;
    if (!late && number == SIGTERM && has_lost())
        end_lost();
    else if (late || (taken[row].urgent && is_second(number)))
        end_by(number);
    else
        ask(taken[row].name, taken[row].name, taken[row].level);
    errno = saved;
}

static void on_cont(int number)
{
    const int saved = errno;
    (void)number;
    if (has_lost())
        end_lost();
    errno = saved;
}

static void take(int number, void (*handler)(int))
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART }, before;
    sigemptyset(&action.sa_mask);
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(number, &action, NULL);
}

static void take_all(plx_stop_level level)
{
    for (size_t row = 0; row < TAKEN; row++)
        if (taken[row].level == level)
            take(taken[row].number, on_signal);
}

void plx_cli_signals_drain(void)
{
    take_all(PLX_DRAIN);
}

static void make_timer(int which)
{
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + which };
    take(SIGRTMIN + which, on_timer);
    has_timer[which] = timer_create(CLOCK_MONOTONIC, &event, &timers[which]) == 0;
}

void plx_cli_signals_quit(void)
{
    make_timer(END);
    take_all(PLX_QUIT);
    take(SIGCONT, on_cont);
}

void plx_cli_signals_lost(void (*first)(void))
{
    when_lost = first;
}

void plx_cli_signals_ask(const char *name, plx_stop_level level)
{
    ask(name, name, level);
}

void plx_cli_signals_grace(double seconds)
{
    make_timer(GRACE);
    grace_s = seconds;
}

void plx_cli_signals_at(double seconds, plx_stop_level level)
{
    const int which = level == PLX_QUIT ? DEADLINE_QUIT : DEADLINE_DRAIN;
    make_timer(which);
    if (seconds <= 0 || !start(which, seconds))
        ask("--deadline", "--deadline", level);
}

void plx_cli_signals_keeps(const char *words)
{
    kept = words;
}

void plx_cli_signals_told(void)
{
    told = true;
}

plx_stop *plx_cli_signals_stop(void)
{
    return &stop;
}

const char *plx_cli_signals_name(void)
{
    for (int level = PLX_QUIT; level > PLX_GO; level--)
        if (came[level] != NULL)
            return came[level];
    return NULL;
}
