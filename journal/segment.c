/* SPDX-License-Identifier: MIT */
/*
 * journal/segment.c: see journal/segment.h.
 *
 * Room is taken ahead in growing steps, so that what is accepted later has its place on a disk that
 * fills up meanwhile. Where the file system cannot take room by itself, zeros are written.
 */
#define _GNU_SOURCE /* fallocate */

#include "journal/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "journal/head.h"
#include "journal/process.h"
#include "journal/sums.h"

enum {
    STEP_FIRST = 256 * 1024, STEP_MOST = 8 * 1024 * 1024,
    ZEROS = 64 * 1024,
    NAMES_TRIED = 100
};

static plx_status say(char *why, const char *path, const char *what, int error)
{
    snprintf(why, PLX_JOURNAL_WHY, "%.300s: %s failed: %s", path, what, strerror(error));
    return PLX_IO;
}

uint64_t plx_segment_start(const char *subject)
{
    return 2 * plx_segment_head_size((uint32_t)strlen(subject) + 1);
}

/* Above 2: what is printed to stdout by mistake must not end up in a journal. */
static int lifted(int fd)
{
    if (fd < 0 || fd > 2)
        return fd;
    int higher = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    int error = errno;
    close(fd);
    errno = error;
    return higher;
}

int plx_segment_open_folder(const char *folder)
{
    return lifted(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/* A file system that cannot sync a folder says EINVAL, and keeps names by other means. */
static bool sync_folder(int folder_fd)
{
    return fsync(folder_fd) == 0 || errno == EINVAL;
}

/* ---- the header ---- */

static void make_header(plx_header *header, const plx_segment_plan *plan, uint32_t part)
{
    plx_process self;
    struct timespec now, since;
    plx_process_self(&self);
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_MONOTONIC, &since);
    *header = (plx_header){
        .magic = PLX_SEGMENT_MAGIC, .major = PLX_FORMAT_MAJOR, .minor = PLX_FORMAT_MINOR,
        .order = PLX_FORMAT_ORDER, .session = plan->session, .part = part, .rank = plan->rank,
        .subject_size = (uint32_t)strlen(plan->subject) + 1,
        .pid = self.pid, .pid_start = self.start,
        .begun_s = (double)now.tv_sec + (double)now.tv_nsec * 1e-9};
    memcpy(header->host, self.host, sizeof header->host);
    memcpy(header->boot, self.boot, sizeof header->boot);
    header->salt = (uint64_t)since.tv_sec * 1000000000 + (uint64_t)since.tv_nsec;
    header->salt = plx_sums_header(header, plan->subject);
    header->check = plx_sums_header(header, plan->subject);
}

static void make_image(const plx_segment_plan *plan, uint32_t part, uint64_t *salt)
{
    plx_header header;
    make_header(&header, plan, part);
    size_t half = (size_t)plx_segment_start(plan->subject) / 2;
    unsigned char *image = plan->image;
    memset(image, 0, half);
    memcpy(image, &header, sizeof header);
    memcpy(image + sizeof header, plan->subject, header.subject_size);
    memcpy(image + half, image, half);
    *salt = header.salt;
}

/* ---- creating ---- */

static int create_named(plx_segment_file *file, const plx_segment_plan *plan, uint32_t part)
{
    char name[PLX_SEGMENT_NAME];
    plx_segment_name(&(plx_segment_id){plan->session, plan->rank, part}, name);
    snprintf(file->path, sizeof file->path, "%.4000s/%s", plan->folder, name);
    int fd;
    do
        fd = openat(plan->folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    while (fd < 0 && errno == EINTR);
    return lifted(fd);
}

/* A name that is taken is another's, or our own which the server made but told us of too late. */
static plx_status create_file(plx_segment_file *file, const plx_segment_plan *plan, uint32_t *part,
                              char *why)
{
    for (int i = 0; i < NAMES_TRIED; i++, (*part)++) {
        file->fd = create_named(file, plan, *part);
        if (file->fd >= 0)
            return PLX_OK;
        if (errno != EEXIST)
            break;
    }
    return say(why, file->path, "creating it", errno);
}

static plx_status write_header(plx_segment_file *file, const plx_segment_plan *plan, uint64_t bytes,
                               char *why)
{
    bool full;
    plx_status status = plx_segment_take_room(file, file->start + bytes, &full, why);
    if (status == PLX_OK)
        status = plx_segment_write(file, plan->image, (size_t)file->start, 0, why);
    if (status == PLX_OK && fsync(file->fd) != 0)
        status = say(why, file->path, "fsync", errno);
    if (status == PLX_OK && !sync_folder(plan->folder_fd))
        status = say(why, plan->folder, "fsync", errno);
    return status;
}

plx_status plx_segment_create(plx_segment_file *file, const plx_segment_plan *plan, uint32_t *part,
                              uint64_t bytes, char why[PLX_JOURNAL_WHY])
{
    *file = (plx_segment_file){.fd = -1, .step = STEP_FIRST};
    plx_status status = create_file(file, plan, part, why);
    if (status != PLX_OK)
        return status;
    make_image(plan, *part, &file->salt);
    file->start = plx_segment_start(plan->subject);
    status = write_header(file, plan, bytes, why);
    file->step = STEP_FIRST;
    if (status != PLX_OK) { /* nothing stands in it: the folder needs no such file */
        plx_segment_abandon(file);
        unlink(file->path);
    }
    return status;
}

/* ---- room ---- */

/* Sets room to what there is, also if not all could be had. 0 or an errno. */
static int fill_zeros(plx_segment_file *file, uint64_t upto)
{
    static const char zeros[ZEROS];
    while (file->room < upto) {
        uint64_t left = upto - file->room;
        ssize_t put = pwrite(file->fd, zeros, left < ZEROS ? (size_t)left : ZEROS,
                             (off_t)file->room);
        if (put < 0 && errno != EINTR)
            return errno;
        if (put == 0)
            return ENOSPC;
        file->room += put > 0 ? (uint64_t)put : 0;
    }
    return 0;
}

static int extend(plx_segment_file *file, uint64_t upto)
{
    int failed;
    do
        failed = fallocate(file->fd, 0, (off_t)file->room, (off_t)(upto - file->room));
    while (failed != 0 && errno == EINTR);
    if (failed != 0 && (errno == EOPNOTSUPP || errno == ENOSYS))
        return fill_zeros(file, upto);
    if (failed != 0)
        return errno;
    file->room = upto;
    return 0;
}

static bool is_full(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

plx_status plx_segment_take_room(plx_segment_file *file, uint64_t upto, bool *full,
                                 char why[PLX_JOURNAL_WHY])
{
    *full = false;
    if (upto <= file->room)
        return PLX_OK;
    int error = extend(file, upto + file->step);
    if (is_full(error) && file->room < upto) /* the last bytes of a disk are good enough */
        error = extend(file, upto);
    if (error == 0 && file->step < STEP_MOST)
        file->step *= 2;
    if (error == 0 || file->room >= upto)
        return PLX_OK;
    *full = is_full(error);
    return say(why, file->path, "taking room", error);
}

/* ---- writing ---- */

plx_status plx_segment_write(const plx_segment_file *file, const void *bytes, size_t size,
                             uint64_t offset, char why[PLX_JOURNAL_WHY])
{
    const char *from = bytes;
    while (size > 0) {
        ssize_t put = pwrite(file->fd, from, size, (off_t)offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return say(why, file->path, "pwrite", put < 0 ? errno : ENOSPC);
        from += put;
        size -= (size_t)put;
        offset += (uint64_t)put;
    }
    return PLX_OK;
}

bool plx_segment_is_removed(const plx_segment_file *file)
{
    struct stat stat;
    return fstat(file->fd, &stat) == 0 && stat.st_nlink == 0;
}

plx_status plx_segment_sync(const plx_segment_file *file, char why[PLX_JOURNAL_WHY])
{
    if (fdatasync(file->fd) != 0)
        return say(why, file->path, "fdatasync", errno);
    return plx_segment_is_removed(file) ? say(why, file->path, "keeping it", ENOENT) : PLX_OK;
}

plx_status plx_segment_finish(plx_segment_file *file, int folder_fd, uint64_t end,
                              char why[PLX_JOURNAL_WHY])
{
    plx_status status = PLX_OK;
    if (ftruncate(file->fd, (off_t)end) != 0)
        status = say(why, file->path, "ftruncate", errno);
    if (status == PLX_OK && fsync(file->fd) != 0)
        status = say(why, file->path, "fsync", errno);
    if (status == PLX_OK && plx_segment_is_removed(file))
        status = say(why, file->path, "keeping it", ENOENT);
    if (close(file->fd) != 0 && status == PLX_OK)
        status = say(why, file->path, "close", errno);
    file->fd = -1;
    if (status == PLX_OK && !sync_folder(folder_fd))
        status = say(why, file->path, "fsync of its folder", errno);
    return status;
}

void plx_segment_abandon(plx_segment_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}
