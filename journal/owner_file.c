/* SPDX-License-Identifier: MIT */
/*
 * journal/owner_file.c: see journal/owner.h.
 *
 * Source   open(2) and link(2) of Linux on making a lock over NFS: a file of one's own, then a link
 */
#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal/head.h"
#include "journal/owner.h"

static const char TITLE[] = "parallax journal owner";
static const char DRAFT[] = "owner-draft-";
enum { TEXT = 512, LEFT_S = 60 };

void plx_owner_file_name(uint64_t number, char name[64])
{
    snprintf(name, 64, "owner.%" PRIu64, number);
}

void plx_owner_file_self(plx_owner_file *file, bool held)
{
    memset(file, 0, sizeof *file);
    plx_process_self(&file->who);
    ssize_t got = readlink("/proc/self/ns/pid", file->pids, sizeof file->pids - 1);
    file->pids[got > 0 ? got : 0] = '\0';
    file->held = held;
    file->readable = true;
}

bool plx_owner_file_is_here(const plx_owner_file *file)
{
    plx_owner_file self;
    plx_owner_file_self(&self, true);
    return file->readable && plx_process_is_here(file->who.host, file->who.boot) &&
           strcmp(file->pids, self.pids) == 0;
}

size_t plx_owner_file_text(const plx_owner_file *file, char text[512])
{
    int size = snprintf(text, TEXT,
                        "%s\nhost %s\npid %" PRId64 "\nstart %" PRId64 "\nboot %s\npids %s\n"
                        "state %s\n",
                        TITLE, file->who.host, file->who.pid, file->who.start, file->who.boot,
                        file->pids, file->held ? "held" : "released");
    return (size_t)size;
}

/* ---- reading ---- */

/* A line "key value" at *text, which moves on; the value fits into room. */
static bool take_line(char **text, const char *key, char *value, size_t room)
{
    size_t length = strlen(key);
    char *end = strchr(*text, '\n');
    if (end == NULL || strncmp(*text, key, length) != 0 || (*text)[length] != ' ')
        return false;
    size_t size = (size_t)(end - *text) - length - 1;
    if (size >= room)
        return false;
    memcpy(value, *text + length + 1, size);
    value[size] = '\0';
    *text = end + 1;
    return true;
}

static bool take_number(char **text, const char *key, int64_t *number)
{
    char value[24], *end;
    if (!take_line(text, key, value, sizeof value) || value[0] < '0' || value[0] > '9')
        return false;
    errno = 0;
    *number = strtoll(value, &end, 10);
    return *end == '\0' && errno == 0;
}

static bool understand(char *text, plx_owner_file *file)
{
    char state[16];
    size_t title = sizeof TITLE - 1;
    if (strncmp(text, TITLE, title) != 0 || text[title] != '\n')
        return false;
    text += title + 1;
    bool whole = take_line(&text, "host", file->who.host, sizeof file->who.host) &&
                 take_number(&text, "pid", &file->who.pid) &&
                 take_number(&text, "start", &file->who.start) &&
                 take_line(&text, "boot", file->who.boot, sizeof file->who.boot) &&
                 take_line(&text, "pids", file->pids, sizeof file->pids) &&
                 take_line(&text, "state", state, sizeof state);
    file->held = !whole || strcmp(state, "released") != 0;
    return whole && *text == '\0' && (!file->held || strcmp(state, "held") == 0);
}

void plx_owner_file_read(int folder_fd, uint64_t number, plx_owner_file *file)
{
    char name[64], text[TEXT + 1];
    *file = (plx_owner_file){.held = true};
    plx_owner_file_name(number, name);
    errno = 0;
    int fd;
    do
        fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return;
    ssize_t got = plx_segment_bytes(fd, text, TEXT, 0);
    int error = got < 0 ? errno : 0;
    close(fd);
    text[got > 0 ? got : 0] = '\0';
    file->readable = got > 0 && strlen(text) == (size_t)got && understand(text, file);
    if (!file->readable)
        *file = (plx_owner_file){.held = true};
    errno = error;
}

/* ---- making ---- */

static bool write_text(int fd, const plx_owner_file *file)
{
    char text[TEXT];
    size_t size = plx_owner_file_text(file, text);
    ssize_t put;
    do
        put = write(fd, text, size);
    while (put < 0 && errno == EINTR);
    if (put >= 0 && (size_t)put != size)
        errno = ENOSPC;
    return put >= 0 && (size_t)put == size && fsync(fd) == 0 && futimens(fd, NULL) == 0;
}

/* A new file under a name that nobody else makes. */
static int make_draft(int folder_fd, char name[64])
{
    static atomic_uint count;
    plx_process self;
    plx_process_self(&self);
    snprintf(name, 64, "%s%.16s-%" PRId64 "-%" PRId64 "-%u", DRAFT, self.host, self.pid, self.start,
             atomic_fetch_add(&count, 1));
    for (char *c = name; *c != '\0'; c++)
        if (*c == '/')
            *c = '?';
    int fd;
    do
        fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    while (fd < 0 && errno == EINTR);
    return fd;
}

bool plx_owner_file_make(int folder_fd, const plx_owner_file *file, char name[64])
{
    int fd = make_draft(folder_fd, name);
    if (fd < 0)
        return false;
    bool made = write_text(fd, file);
    int error = errno;
    if (close(fd) != 0 && made) {
        made = false;
        error = errno;
    }
    if (!made)
        unlinkat(folder_fd, name, 0);
    errno = error;
    return made;
}

/* ---- listing ---- */

/* A stream over the folder that leaves folder_fd as it is. */
static DIR *open_list(int folder_fd)
{
    int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
    if (fd >= 0 && list == NULL)
        close(fd);
    return list;
}

/* N of "owner.N" as we write it, else 0. */
static uint64_t number_of(const char *name)
{
    char again[64];
    if (strncmp(name, "owner.", 6) != 0)
        return 0;
    uint64_t number = strtoull(name + 6, NULL, 10);
    plx_owner_file_name(number, again);
    return number < UINT64_MAX / 2 && strcmp(name, again) == 0 ? number : 0;
}

bool plx_owner_file_highest(int folder_fd, uint64_t *number)
{
    *number = 0;
    DIR *list = open_list(folder_fd);
    if (list == NULL)
        return false;
    errno = 0;
    for (struct dirent *entry; (entry = readdir(list)) != NULL; errno = 0) {
        uint64_t found = number_of(entry->d_name);
        if (found > *number)
            *number = found;
    }
    int error = errno;
    closedir(list);
    errno = error;
    return error == 0;
}

static double seconds_of(struct timespec time)
{
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* What the file system's clock shows: that of a file it has just made. */
static bool read_clock(int folder_fd, double *now_s)
{
    char name[64];
    struct stat stat;
    int fd = make_draft(folder_fd, name);
    if (fd < 0)
        return false;
    bool told = futimens(fd, NULL) == 0 && fstat(fd, &stat) == 0;
    int error = errno;
    close(fd);
    unlinkat(folder_fd, name, 0);
    errno = error;
    if (told)
        *now_s = seconds_of(stat.st_mtim);
    return told;
}

bool plx_owner_file_age(int folder_fd, uint64_t number, double *age_s)
{
    char name[64];
    double now_s;
    struct stat stat;
    plx_owner_file_name(number, name);
    if (!read_clock(folder_fd, &now_s) || fstatat(folder_fd, name, &stat, 0) != 0)
        return false;
    *age_s = now_s - seconds_of(stat.st_mtim);
    return true;
}

void plx_owner_file_clean(int folder_fd, uint64_t below)
{
    double now_s;
    struct stat stat;
    DIR *list = open_list(folder_fd);
    if (list == NULL)
        return;
    bool clock = read_clock(folder_fd, &now_s);
    for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
        uint64_t number = number_of(entry->d_name);
        bool draft = clock && strncmp(entry->d_name, DRAFT, sizeof DRAFT - 1) == 0 &&
                     fstatat(folder_fd, entry->d_name, &stat, AT_SYMLINK_NOFOLLOW) == 0 &&
                     now_s - seconds_of(stat.st_mtim) > LEFT_S;
        if (draft || (number > 0 && number < below))
            unlinkat(folder_fd, entry->d_name, 0);
    }
    closedir(list);
}
