/* SPDX-License-Identifier: MIT */
/*
 * journal/owner_keep.c: the owner's lease from its taking to its giving back; see journal/owner.h.
 *
 * A thread of the owner's own renews it, so that it lasts through whatever takes long in between:
 * reading a journal, running its items, putting their results in order.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal/owner.h"
#include "journal/thread.h"

struct plx_owner {
    int folder_fd;
    uint64_t number;
    double every_s;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t given;
    bool quit;                          /* guarded by the lock */
};

/* What cannot be looked at, or was removed, is not another's: the writer will say what is wrong
   with the folder. */
static bool is_ours(int folder_fd, uint64_t number)
{
    uint64_t highest;
    return !plx_owner_file_highest(folder_fd, &highest) || highest <= number;
}

bool plx_owner_holds(const plx_owner *owner)
{
    return is_ours(owner->folder_fd, owner->number);
}

/* What another has taken is never touched again. */
static void *keep(void *user)
{
    plx_owner *owner = user;
    char name[64];
    plx_owner_file_name(owner->number, name);
    pthread_mutex_lock(&owner->lock);
    for (double due_s = plx_thread_clock_s() + owner->every_s; !owner->quit;) {
        plx_thread_wait(&owner->given, &owner->lock, due_s);
        if (owner->quit || plx_thread_clock_s() < due_s)
            continue;
        pthread_mutex_unlock(&owner->lock);
        if (plx_owner_holds(owner))
            utimensat(owner->folder_fd, name, NULL, 0);
        due_s = plx_thread_clock_s() + owner->every_s;
        pthread_mutex_lock(&owner->lock);
    }
    pthread_mutex_unlock(&owner->lock);
    return NULL;
}

static void release(int folder_fd, uint64_t number)
{
    char draft[64], name[64];
    plx_owner_file self;
    plx_owner_file_self(&self, false);
    plx_owner_file_name(number, name);
    if (is_ours(folder_fd, number) && plx_owner_file_make(folder_fd, &self, draft) &&
        renameat(folder_fd, draft, folder_fd, name) != 0)
        unlinkat(folder_fd, draft, 0);
    close(folder_fd);
}

int plx_owner_begin(plx_owner **begun, int folder_fd, uint64_t number, double every_s)
{
    plx_owner *owner = malloc(sizeof *owner);
    int error = owner == NULL ? ENOMEM : 0;
    if (owner != NULL) {
        *owner = (plx_owner){.folder_fd = folder_fd, .number = number, .every_s = every_s};
        pthread_mutex_init(&owner->lock, NULL);
        plx_thread_cond(&owner->given);
        error = plx_thread_start(&owner->thread, keep, owner);
    }
    if (error != 0) {
        release(folder_fd, number);
        free(owner);
        owner = NULL;
    }
    *begun = owner;
    return error;
}

void plx_owner_give(plx_owner *owner)
{
    if (owner == NULL)
        return;
    pthread_mutex_lock(&owner->lock);
    owner->quit = true;
    pthread_cond_signal(&owner->given);
    pthread_mutex_unlock(&owner->lock);
    pthread_join(owner->thread, NULL);
    release(owner->folder_fd, owner->number);
    free(owner);
}
