/* SPDX-License-Identifier: MIT */
/*
 * journal/writer.c: a writer's beginning and end; put.c has what comes between, loop.c its
 * thread.
 *
 * The first segment is created by the thread, which makes all calls of the system.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal/commit.h"
#include "journal/loop.h"

/* ---- open and close ---- */

static void free_writer(plx_writer *w)
{
    if (w->plan.folder_fd >= 0)
        close(w->plan.folder_fd);
    free(w->plan.image);
    free(w->now.bytes);
    free(w->away.bytes);
    free(w->folder);
    free(w->subject);
    free(w);
}

static bool take_memory(plx_writer *w, const plx_writer_how *how)
{
    w->folder = strdup(how->folder);
    w->subject = strdup(how->subject);
    w->now.bytes = malloc(PLX_COMMIT_KEPT);
    w->away.bytes = malloc(PLX_COMMIT_KEPT);
    w->plan.image = malloc((size_t)plx_segment_start(how->subject));
    return w->folder && w->subject && w->now.bytes && w->away.bytes && w->plan.image;
}

static plx_status prepare(plx_writer *w, const plx_writer_how *how, char *why)
{
    w->how = *how;
    w->file.fd = -1;
    w->plan.folder_fd = -1;
    if (!take_memory(w, how)) {
        snprintf(why, PLX_JOURNAL_WHY, "%.300s: no memory for its writer", how->folder);
        return PLX_NO_MEMORY;
    }
    w->plan.folder = w->folder;
    w->plan.subject = w->subject;
    w->plan.session = how->session;
    w->plan.rank = how->rank;
    w->plan.folder_fd = plx_segment_open_folder(how->folder);
    if (w->plan.folder_fd >= 0)
        return PLX_OK;
    snprintf(why, PLX_JOURNAL_WHY, "%.300s: opening it failed: %s", how->folder, strerror(errno));
    return PLX_IO;
}

static int start_thread(plx_writer *w)
{
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->done, NULL);
    plx_thread_cond(&w->work);
    return plx_thread_start(&w->thread, plx_loop_run, w);
}

static void stop_thread(plx_writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->quit = true;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
}

static plx_status begin(plx_writer *w, char *why)
{
    int error = start_thread(w);
    if (error != 0) {
        snprintf(why, PLX_JOURNAL_WHY, "%.300s: its writer's thread: %s", w->folder,
                 strerror(error));
        return PLX_SYSTEM;
    }
    pthread_mutex_lock(&w->lock);
    while (!w->begun)
        pthread_cond_wait(&w->done, &w->lock);
    plx_status status = w->status;
    pthread_mutex_unlock(&w->lock);
    if (status == PLX_OK)
        return PLX_OK;
    stop_thread(w);
    snprintf(why, PLX_JOURNAL_WHY, "%s", w->why);
    return status;
}

plx_status plx_writer_open(plx_writer **writer, const plx_writer_how *how,
                           char why[PLX_JOURNAL_WHY])
{
    *writer = NULL;
    if (strlen(how->subject) >= PLX_SUBJECT_MAX) {
        snprintf(why, PLX_JOURNAL_WHY, "a subject of %zu bytes: at most %d", strlen(how->subject),
                 PLX_SUBJECT_MAX - 1);
        return PLX_TOO_BIG;
    }
    plx_writer *w = calloc(1, sizeof *w);
    if (w == NULL) {
        snprintf(why, PLX_JOURNAL_WHY, "%.300s: no memory for its writer", how->folder);
        return PLX_NO_MEMORY;
    }
    plx_status status = prepare(w, how, why);
    if (status == PLX_OK)
        status = begin(w, why);
    if (status == PLX_OK)
        *writer = w;
    else
        free_writer(w);
    return status;
}

plx_status plx_writer_close(plx_writer *w, plx_writer_report *report, char why[PLX_JOURNAL_WHY])
{
    plx_writer_sync(w);
    stop_thread(w);
    w->report.syncs = w->laps.count;
    w->report.sync_median_s = plx_laps_part(&w->laps, 0.5);
    w->report.sync_p99_s = plx_laps_part(&w->laps, 0.99);
    if (report)
        *report = w->report;
    plx_status status = w->status == PLX_OK && w->has_why ? PLX_IO : w->status;
    if (status != PLX_OK)
        snprintf(why, PLX_JOURNAL_WHY, "%s", w->why);
    free_writer(w);
    return status;
}

const char *plx_writer_why(const plx_writer *writer)
{
    plx_writer *w = (plx_writer *)(uintptr_t)writer; /* its lock is no part of what it is */
    pthread_mutex_lock(&w->lock);
    bool has = w->has_why;
    pthread_mutex_unlock(&w->lock);
    return has ? w->why : "";
}

plx_status plx_writer_sync(plx_writer *w)
{
    pthread_mutex_lock(&w->lock);
    size_t goal = w->put;
    if (w->sync_goal < goal)
        w->sync_goal = goal;
    pthread_cond_signal(&w->work);
    while (!plx_commit_is_synced(w, goal) && (w->status == PLX_OK || w->status == PLX_STOPPED))
        pthread_cond_wait(&w->done, &w->lock);
    plx_status status = plx_commit_is_synced(w, goal) ? PLX_OK : w->status;
    pthread_mutex_unlock(&w->lock);
    return status;
}
