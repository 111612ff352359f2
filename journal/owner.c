/* SPDX-License-Identifier: MIT */
/*
 * journal/owner.c: becoming the owner of a journal; see journal/owner.h.
 *
 * The highest number is never removed but by its own maker, when it finds a higher one: so numbers
 * only rise, and whoever has lost sees it.
 */
#define _POSIX_C_SOURCE 200809L

#include "journal/owner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "journal/head.h"
#include "journal/segment.h"

static const double LEASE_S = 60, KEEP_S = 15;
enum { ROUNDS = 100, LOOKS = 100, LOOK_NS = 50 * 1000 * 1000 };

/* One taker's way. */
typedef struct taking {
    const char *folder;
    int folder_fd;
    bool take_over;
    char *why;
} taking;

__attribute__((format(printf, 3, 4)))
static plx_status say(const taking *t, plx_status status, const char *format, ...)
{
    va_list args;
    int size = snprintf(t->why, PLX_JOURNAL_WHY, "%.200s: ", t->folder);
    va_start(args, format);
    vsnprintf(t->why + size, PLX_JOURNAL_WHY - (size_t)size, format, args);
    va_end(args);
    return status;
}

/* ---- the folder ---- */

/* What a folder of this name is in: its own entry must be on disk too. */
static void sync_parent(const char *folder)
{
    char parent[PLX_SEGMENT_PATH];
    size_t size = strlen(folder);
    while (size > 1 && folder[size - 1] == '/')
        size--;
    while (size > 0 && folder[size - 1] != '/')
        size--;
    if (size >= sizeof parent)
        return;
    memcpy(parent, size > 0 ? folder : ".", size > 0 ? size : 1);
    parent[size > 0 ? size : 1] = '\0';
    int fd = plx_segment_open_folder(parent);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

/* A call of the system that was not made for lack of memory is another fault than a bad disk. */
static plx_status say_failed(const taking *t, const char *what)
{
    return say(t, errno == ENOMEM ? PLX_NO_MEMORY : PLX_IO, "%s failed: %s", what, strerror(errno));
}

static plx_status open_folder(taking *t)
{
    int error = mkdir(t->folder, 0777) == 0 ? 0 : errno;
    if (error == 0)
        sync_parent(t->folder);
    t->folder_fd = plx_segment_open_folder(t->folder);
    if (t->folder_fd >= 0)
        return PLX_OK;
    if (error != 0 && error != EEXIST)
        return say(t, PLX_BAD_JOB, "the folder cannot be made: %s", strerror(error));
    return say(t, PLX_NO_INPUT, "%s", errno == ENOTDIR ? "no folder" : strerror(errno));
}

/* ---- whether it is free ---- */

/* One of another host, or one that says nothing: its lease must have passed. */
static plx_status check_lease(const taking *t, uint64_t number, const plx_owner_file *file)
{
    double age_s;
    if (t->take_over)
        return PLX_OK;
    if (!plx_owner_file_age(t->folder_fd, number, &age_s))
        return errno == ENOENT ? PLX_OK : say(t, PLX_IO, "its owner: %s", strerror(errno));
    if (age_s >= LEASE_S)
        return PLX_OK;
    double left_s = age_s < 0 ? LEASE_S : LEASE_S - age_s;
    if (!file->readable)
        return say(t, PLX_TIMED_OUT, "its owner.%" PRIu64 " cannot be understood; it counts for "
                   "%.0f s more", number, left_s);
    return say(t, PLX_TIMED_OUT, "in use by process %" PRId64 " of host %s, for %.0f s more if it "
               "is gone", file->who.pid, file->who.host, left_s);
}

static plx_status check_owner(const taking *t, uint64_t number)
{
    plx_owner_file file;
    if (number == 0)
        return PLX_OK;
    plx_owner_file_read(t->folder_fd, number, &file);
    if (errno == ENOENT || (file.readable && !file.held))
        return PLX_OK;
    if (errno != 0 && !t->take_over)
        return say(t, PLX_IO, "reading its owner.%" PRIu64 " failed: %s", number, strerror(errno));
    if (!plx_owner_file_is_here(&file))
        return check_lease(t, number, &file);
    if (plx_process_is_alive(file.who.pid, file.who.start))
        return say(t, PLX_TIMED_OUT, "in use by process %" PRId64 " of this host", file.who.pid);
    return PLX_OK;
}

/* ---- the other processes of an owner that is gone ---- */

enum { NOT_KNOWN = -1 };                /* no memory or files left to look, or no list: errno */

static bool is_short(int error)
{
    return error == ENOMEM || error == EMFILE || error == ENFILE;
}

/* The process of an unfinished segment, if it still lives here and is not this one; else 0. */
static int64_t writer_of(int fd)
{
    plx_segment_head head;
    const plx_head_state state = plx_segment_head_read(fd, &head);
    if (state == PLX_HEAD_NO_MEMORY)
        errno = ENOMEM;
    if (head.subject == NULL)
        return state == PLX_HEAD_NO_MEMORY ? NOT_KNOWN : 0;
    const plx_header *h = &head.header;
    errno = 0;
    bool here = plx_process_is_here(h->host, h->boot);
    int error = here ? 0 : errno;
    bool lives = here && h->pid != getpid() && !plx_segment_ended(fd, &head) &&
                 plx_process_is_alive(h->pid, h->pid_start);
    plx_segment_head_free(&head);
    errno = error;
    return lives ? h->pid : is_short(error) ? NOT_KNOWN : 0;
}

static int64_t find_writer(const taking *t)
{
    int64_t found = 0;
    DIR *list = opendir(t->folder);
    if (list == NULL)
        return NOT_KNOWN;
    struct dirent *entry;
    while (found == 0 && (errno = 0, entry = readdir(list)) != NULL) {
        plx_segment_id id;
        if (!plx_segment_named(entry->d_name, &id))
            continue;
        int fd = openat(t->folder_fd, entry->d_name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd >= 0) {
            found = writer_of(fd);
            close(fd);
        } else if (is_short(errno)) {
            found = NOT_KNOWN;
        }
    }
    int error = errno;
    closedir(list);
    errno = error;
    return found == 0 && error != 0 ? NOT_KNOWN : found;
}

/* A launcher that lost a rank ends the others in a moment. */
static plx_status wait_for_writers(const taking *t)
{
    int64_t pid = find_writer(t);
    for (int look = 0; pid > 0 && look < LOOKS; look++) {
        nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
        pid = find_writer(t);
    }
    if (pid == 0)
        return PLX_OK;
    if (pid == NOT_KNOWN)
        return say_failed(t, "looking who writes a segment of it");
    return say(t, PLX_TIMED_OUT, "in use by process %" PRId64 " of this host, which writes a "
               "segment of it", pid);
}

/* ---- taking ---- */

/* A server whose answer was lost is asked again by the system and says that the name is taken: it
   is, by us, if the draft has two names. */
static bool link_draft(const taking *t, const char *draft, const char *name)
{
    struct stat stat;
    if (linkat(t->folder_fd, draft, t->folder_fd, name, 0) == 0)
        return true;
    int error = errno;
    bool made = fstatat(t->folder_fd, draft, &stat, 0) == 0 && stat.st_nlink == 2;
    errno = error;
    return made;
}

/* Make owner.number; *won: and nobody was before us. False: the system fails. */
static bool try_number(const taking *t, uint64_t number, bool *won)
{
    char draft[64], name[64];
    plx_owner_file self;
    uint64_t highest;
    *won = false;
    plx_owner_file_self(&self, true);
    plx_owner_file_name(number, name);
    if (!plx_owner_file_make(t->folder_fd, &self, draft))
        return false;
    bool linked = link_draft(t, draft, name);
    int error = errno;
    unlinkat(t->folder_fd, draft, 0);
    errno = error;
    if (!linked)
        return error == EEXIST || error == ENOENT;
    if (!plx_owner_file_highest(t->folder_fd, &highest)) {
        unlinkat(t->folder_fd, name, 0);
        return false;
    }
    *won = highest == number;
    if (highest > number)
        unlinkat(t->folder_fd, name, 0);
    return true;
}

/* A folder in which nothing may be made is another fault than a disk that fails. */
static plx_status say_unmade(const taking *t, uint64_t number)
{
    bool closed = errno == EACCES || errno == EROFS || errno == EPERM;
    plx_status status = closed ? PLX_BAD_JOB : errno == ENOMEM ? PLX_NO_MEMORY : PLX_IO;
    return say(t, status, "making its owner.%" PRIu64 " failed: %s", number, strerror(errno));
}

static plx_status look_and_take(const taking *t, uint64_t *number)
{
    bool won = false;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t highest;
        if (!plx_owner_file_highest(t->folder_fd, &highest))
            return say_failed(t, "listing it");
        plx_status status = check_owner(t, highest);
        if (status == PLX_OK)
            status = wait_for_writers(t);
        if (status != PLX_OK)
            return status;
        *number = highest + 1;
        if (!try_number(t, *number, &won))
            return say_unmade(t, *number);
        if (won)
            return PLX_OK;
    }
    return say(t, PLX_TIMED_OUT, "others take it all the time");
}

static plx_status begin(const taking *t, uint64_t number, double keep_s, plx_owner **owner)
{
    plx_owner_file_clean(t->folder_fd, number);
    int error = plx_owner_begin(owner, t->folder_fd, number, keep_s);
    if (error == 0)
        return PLX_OK;
    return say(t, error == ENOMEM ? PLX_NO_MEMORY : PLX_SYSTEM, "a thread to keep its lease: %s",
               strerror(error));
}

plx_status plx_owner_take_for(plx_owner **owner, const char *folder, bool take_over, double keep_s,
                              char why[PLX_JOURNAL_WHY])
{
    taking t = {.folder = folder, .folder_fd = -1, .take_over = take_over, .why = why};
    uint64_t number = 0;
    *owner = NULL;
    plx_status status = open_folder(&t);
    if (status != PLX_OK)
        return status;
    status = look_and_take(&t, &number);
    if (status == PLX_OK)
        return begin(&t, number, keep_s, owner);
    close(t.folder_fd);
    return status;
}

plx_status plx_owner_take(plx_owner **owner, const char *folder, bool take_over,
                          char why[PLX_JOURNAL_WHY])
{
    return plx_owner_take_for(owner, folder, take_over, KEEP_S, why);
}
