/* SPDX-License-Identifier: MIT */
/*
 * cli/progress.c: one line that is drawn again and again, or a note every ten seconds.
 *
 * Drawn only on a terminal that is the user's own: under a launcher every rank has one that is not,
 * and NO_COLOR or TERM=dumb say that nobody wants it. Never on stdout.
 */
#define _POSIX_C_SOURCE 200809L
#include "progress.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "error.h"
#include "place.h"

enum { LINE_SIZE = 400, COLUMNS = 80, COLUMNS_MAX = 200, LEAST_BAR = 10 };

static const double notes_every_s = 10, bar_every_s = 0.1;

static volatile sig_atomic_t in_bar;    /* the cursor stands behind one */

/* 950, 1.23k, 45.6M */
static void rate_text(double per_s, char text[24])
{
    static const char *const unit[] = { "", "k", "M", "G", "T" };
    size_t u = 0;
    for (; per_s >= 999.5 && u < 4; u++)
        per_s /= 1000;
    snprintf(text, 24, "%.3g%s/s", per_s, unit[u]);
}

/* 12 s, 3 min 20 s, 2 h 5 min */
static void time_text(double seconds, char text[48])
{
    if (seconds >= 3.6e9)
        snprintf(text, 48, "years");
    else if (seconds >= 3600)
        snprintf(text, 48, "%lld h %lld min", (long long)seconds / 3600,
                 (long long)seconds / 60 % 60);
    else if (seconds >= 60)
        snprintf(text, 48, "%lld min %lld s", (long long)seconds / 60, (long long)seconds % 60);
    else
        snprintf(text, 48, "%lld s", (long long)seconds);
}

static size_t ended(const plx_progress *progress)
{
    return progress->done + progress->failed;
}

/* Of what has ended, rounded down: 100 is all. */
static int percent(const plx_progress *progress)
{
    return (int)(100.0 * (double)ended(progress) / (double)progress->n);
}

void plx_cli_progress_text(char *text, size_t size, const plx_progress *progress)
{
    char head[80] = "", rate[24], left[48], tail[80] = "";
    rate_text(progress->per_s, rate);
    time_text(progress->left_s, left);
    if (progress->n != 0)
        snprintf(head, sizeof head, "%d %%: %zu of %zu", percent(progress), progress->done,
                 progress->n);
    else
        snprintf(head, sizeof head, "%zu", progress->done);
    if (progress->left_s >= 0 && (progress->n == 0 || ended(progress) < progress->n))
        snprintf(tail, sizeof tail, ", %s left", left);
    snprintf(text, size, "%s done, %zu failed, %s%s", head, progress->failed, rate, tail);
}

void plx_cli_progress_bar(char *line, size_t size, const plx_progress *progress, int width)
{
    char text[LINE_SIZE], bar[COLUMNS_MAX + 1];
    if (width > COLUMNS_MAX)
        width = COLUMNS_MAX;
    plx_cli_progress_text(text, sizeof text, progress);
    const int room = width - (int)strlen(text) - 3;
    if (progress->n == 0 || room < LEAST_BAR) {
        snprintf(line, size, "%.*s", width, text);
        return;
    }
    const int full = (int)((double)room * (double)ended(progress) / (double)progress->n);
    memset(bar, ' ', (size_t)room);
    memset(bar, '#', (size_t)(full < room ? full : room));
    bar[room] = '\0';
    snprintf(line, size, "[%s] %s", bar, text);
}

static bool may_draw(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDERR_FILENO) && !plx_cli_where().launched && (no == NULL || *no == '\0') &&
           term != NULL && strcmp(term, "dumb") != 0;
}

/* One less than there are: some terminals go on to the next line in the last one. */
static int columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
        return size.ws_col - 1;
    return COLUMNS - 1;
}

static void draw(void *user, const plx_progress *progress)
{
    char line[LINE_SIZE], all[LINE_SIZE + 8];
    (void)user;
    plx_cli_progress_bar(line, sizeof line, progress, columns());
    const int length = snprintf(all, sizeof all, "\r%s\033[K", line);
    in_bar = 1;
    ssize_t ignored = write(STDERR_FILENO, all, (size_t)length);
    (void)ignored;
}

static void note(void *user, const plx_progress *progress)
{
    char text[LINE_SIZE];
    (void)user;
    plx_cli_progress_text(text, sizeof text, progress);
    plx_cli_note("%s", text);
}

void plx_cli_progress_begin(plx_policy *policy)
{
    const bool bar = may_draw();
    policy->progress = bar ? draw : note;
    policy->every_s = bar ? bar_every_s : notes_every_s;
}

bool plx_cli_progress_cut(void)
{
    const bool cut = in_bar != 0;
    in_bar = 0;
    return cut;
}

void plx_cli_progress_end(void)
{
    ssize_t ignored = plx_cli_progress_cut() ? write(STDERR_FILENO, "\n", 1) : 0;
    (void)ignored;
}
