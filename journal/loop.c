/* SPDX-License-Identifier: MIT */
/*
 * journal/loop.c: the writer's thread, and when it has something to do.
 *
 * One round: look who is the owner, take room ahead, write and sync what was put. It begins when
 * somebody waits, when enough is put, or a moment after the first was.
 */
#define _POSIX_C_SOURCE 200809L

#include "journal/loop.h"

#include <stdio.h>

static const double GROUP_S = 0.05, LOOK_S = 15;

static void look_at_owner(plx_writer *w)
{
    char why[PLX_JOURNAL_WHY];
    if (plx_thread_clock_s() < w->look_at)
        return;
    w->look_at = plx_thread_clock_s() + LOOK_S;
    if (w->how.owner == NULL || w->status != PLX_OK || plx_owner_holds(w->how.owner))
        return;
    snprintf(why, sizeof why, "%.300s: taken over by another process", w->folder);
    plx_commit_break(w, PLX_STOPPED, why);
}

/* Nothing is written after the writer broke, but what was accepted before another took the journal
   over is. */
static bool is_writing(const plx_writer *w)
{
    return w->status == PLX_OK || w->status == PLX_STOPPED;
}

static bool is_due(const plx_writer *w)
{
    if (!is_writing(w))
        return false;
    if (w->renew || (w->need > w->room && !w->full) || !plx_commit_is_synced(w, w->sync_goal))
        return true;
    return w->now.size > 0 &&
           (w->hurry || w->quit || w->now.entries >= PLX_COMMIT_GROUP ||
            w->now.size >= PLX_COMMIT_KEPT / 2 || plx_thread_clock_s() >= w->first_at + GROUP_S);
}

/* False: it is the end. */
static bool wait_for_work(plx_writer *w)
{
    pthread_mutex_lock(&w->lock);
    while (!is_due(w) && !w->quit && plx_thread_clock_s() < w->look_at) {
        double when = w->look_at;
        if (w->now.size > 0 && w->first_at + GROUP_S < when && is_writing(w))
            when = w->first_at + GROUP_S;
        plx_thread_wait(&w->work, &w->lock, when);
    }
    bool more = is_due(w) || !w->quit;
    pthread_mutex_unlock(&w->lock);
    return more;
}

static bool wants(plx_writer *w, const bool *what)
{
    pthread_mutex_lock(&w->lock);
    bool is = *what;
    pthread_mutex_unlock(&w->lock);
    return is;
}

static void do_round(plx_writer *w)
{
    look_at_owner(w);
    pthread_mutex_lock(&w->lock);
    bool due = is_due(w);
    pthread_mutex_unlock(&w->lock);
    if (!due)
        return;
    plx_commit_take_room(w);
    if (wants(w, &w->renew))
        plx_commit_renew(w);
    else
        plx_commit_write(w);
}

void *plx_loop_run(void *writer)
{
    plx_writer *w = writer;
    w->look_at = plx_thread_clock_s(); /* at once: it may have been long since it was taken */
    char why[PLX_JOURNAL_WHY];
    plx_status status = plx_commit_move(w, why);
    w->told = status != PLX_OK; /* by what open returns */
    if (status != PLX_OK)
        plx_commit_break(w, status, why);
    pthread_mutex_lock(&w->lock);
    w->begun = true;
    pthread_cond_broadcast(&w->done);
    pthread_mutex_unlock(&w->lock);
    while (wait_for_work(w))
        do_round(w);
    if (is_writing(w))
        plx_commit_end(w);
    plx_segment_abandon(&w->file);
    return NULL;
}
