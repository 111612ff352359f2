/* SPDX-License-Identifier: MIT */
/*
 * cli/output.c: temporary file, sync, rename: all in the target's own folder, every call checked.
 *
 * A disk's errors come at write, sync or close; after any of them the temporary file is removed and
 * the old file, if there was one, is untouched.
 */
#define _GNU_SOURCE                         /* fallocate */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "equal.h"
#include "error.h"
#include "npy.h"
#include "temporary.h"
#include "type.h"
#include "whole.h"

/* why NULL: errno says it. */
static int cannot_create(const char *option, const char *path, const char *why)
{
    const int code = why == NULL && errno == ENOMEM ? PLX_EXIT_SYSTEM : PLX_EXIT_CREATE;
    return plx_cli_error(code, "%s '%s': cannot be created: %s", option, path,
                         why != NULL ? why : strerror(errno));
}

static int already_there(const char *option, const char *path)
{
    return plx_cli_error(PLX_EXIT_CREATE, "%s '%s': exists; --force replaces it", option, path);
}

static int write_failed(const plx_output *output)
{
    return plx_cli_error(PLX_EXIT_WRITE, "%s '%s': writing failed: %s", output->option,
                         output->path, strerror(errno));
}

static int check_folder(const char *option, const char *path)
{
    char *folder = plx_temporary_folder(path);
    struct stat st;
    int code = 0;
    if (folder == NULL || stat(folder, &st) != 0 ||
        (S_ISDIR(st.st_mode) && access(folder, W_OK | X_OK) != 0))
        code = cannot_create(option, path, NULL);
    else if (!S_ISDIR(st.st_mode))
        code = cannot_create(option, path, "its folder is no folder");
    free(folder);
    return code;
}

/* *regular: nothing is there yet, or a file that can be replaced. */
static int check_target(const char *option, const char *path, bool force, bool *regular)
{
    struct stat st;
    *regular = true;
    if (lstat(path, &st) != 0)
        return errno == ENOENT ? check_folder(option, path)
                               : cannot_create(option, path, NULL);
    if (!force)
        return already_there(option, path);
    if (stat(path, &st) != 0)
        return cannot_create(option, path, "it is a link that leads nowhere");
    if (S_ISDIR(st.st_mode))
        return cannot_create(option, path, "it is a folder");
    *regular = S_ISREG(st.st_mode);
    return 0;
}

int plx_output_check_for(const char *option, const char *path, bool force)
{
    bool regular;
    return check_target(option, path, force, &regular);
}

int plx_output_check(const char *path, bool force)
{
    return plx_output_check_for("-o", path, force);
}

int plx_output_check_same(const char *path)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
        return 0;
    return plx_output_check(path, false);
}

static int make_temporary(plx_output *output)
{
    output->fd = plx_temporary_make(output->target, &output->temp);
    output->open = output->fd >= 0;
    return output->open ? 0 : cannot_create(output->option, output->path, NULL);
}

static int open_target(plx_output *output, bool regular)
{
    struct stat st;
    output->target =
        lstat(output->path, &st) == 0 ? realpath(output->path, NULL) : strdup(output->path);
    if (output->target == NULL)
        return cannot_create(output->option, output->path, NULL);
    if (regular)
        return make_temporary(output);
    /* O_NONBLOCK for the opening alone: a pipe that nobody reads is an error, not a wait. */
    output->fd = open(output->target, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    output->open = output->fd >= 0;
    if (!output->open || fcntl(output->fd, F_SETFL, O_WRONLY) != 0)
        return cannot_create(output->option, output->path, NULL);
    return 0;
}

/* Take the room now, so that a disk that is too small is known before the work. Not every system
   can. */
static int take_room(const plx_output *output, size_t size)
{
    if (output->temp == NULL || size > LLONG_MAX || fallocate(output->fd, 0, 0, (off_t)size) == 0)
        return 0;
    return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? write_failed(output) : 0;
}

int plx_output_begin_for(plx_output *output, const char *option, const char *path, bool force)
{
    bool regular;
    *output = (plx_output){ .option = option, .path = path, .force = force };
    int code = check_target(option, path, force, &regular);
    if (code == 0)
        code = open_target(output, regular);
    if (code != 0)
        plx_output_drop(output);
    return code;
}

int plx_output_begin(plx_output *output, const char *path, bool force)
{
    return plx_output_begin_for(output, "-o", path, force);
}

int plx_output_begin_same(plx_output *output, const char *path)
{
    *output = (plx_output){ .option = "-o", .path = path, .same = true };
    int code = plx_output_check_same(path);
    if (code == 0)
        code = open_target(output, true);
    if (code != 0)
        plx_output_drop(output);
    return code;
}

int plx_output_head(plx_output *output, plx_type type, size_t n)
{
    char header[PLX_NPY_HEADER_MAX];
    const size_t length = plx_npy_header(header, type, n), size = plx_cli_type_of(type)->size;
    const int code =
        n <= (SIZE_MAX - length) / size ? take_room(output, length + n * size) : 0;
    return code == 0 ? plx_output_write(output, header, length) : code;
}

int plx_output_open(plx_output *output, const char *path, bool force, plx_type type, size_t n)
{
    int code = plx_output_begin(output, path, force);
    if (code == 0)
        code = plx_output_head(output, type, n);
    if (code != 0)
        plx_output_drop(output);
    return code;
}

int plx_output_write(plx_output *output, const void *bytes, size_t size)
{
    return plx_whole_write(output->fd, bytes, size) ? 0 : write_failed(output);
}

int plx_output_share(plx_output *output, size_t size, char name[PLX_OUTPUT_NAME])
{
    if (output->temp == NULL)
        return plx_cli_error(PLX_EXIT_CREATE,
                             "%s '%s': is no regular file, and ranks write slices of one",
                             output->option, output->path);
    if (realpath(output->temp, name) == NULL)
        return cannot_create(output->option, output->path, NULL);
    int code = take_room(output, size);
    if (code == 0 && (size > LLONG_MAX || ftruncate(output->fd, (off_t)size) != 0))
        code = write_failed(output);
    return code;
}

int plx_output_join(plx_output *output, const char *option, const char *path, const char *name)
{
    *output = (plx_output){ .option = option, .path = path };
    output->fd = open(name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    output->open = output->fd >= 0;
    return output->open ? 0 : cannot_create(option, path, NULL);
}

int plx_output_put(plx_output *output, const void *bytes, size_t size, size_t at)
{
    return plx_whole_put(output->fd, bytes, size, (off_t)at) ? 0 : write_failed(output);
}

/* EINVAL, EROFS: a device or pipe that has nothing to sync. */
int plx_output_sync(plx_output *output)
{
    return fsync(output->fd) == 0 || errno == EINVAL || errno == EROFS ? 0 : write_failed(output);
}

int plx_output_shut(plx_output *output)
{
    output->open = false;
    return close(output->fd) == 0 ? 0 : write_failed(output);
}

/* What is there stays; ours goes if it says the same. */
static int leave(const plx_output *output)
{
    const int same = output->same ? plx_equal_files(output->temp, output->target) : 0;
    if (same > 0)
        return unlink(output->temp) == 0 ? 0 : write_failed(output);
    if (!output->same)
        return already_there(output->option, output->path);
    return plx_cli_error(PLX_EXIT_CREATE, "%s '%s': exists and %s%s; --force replaces it",
                         output->option, output->path,
                         same == 0 ? "differs" : "cannot be compared: ",
                         same == 0 ? "" : strerror(errno));
}

/* Without --force a file that appeared meanwhile stays: link() fails where rename() would replace.
   */
static int move_into_place(plx_output *output)
{
    struct stat st;
    if (!output->force && link(output->temp, output->target) == 0) {
        unlink(output->temp);
        return 0;
    }
    if (!output->force && (errno == EEXIST || lstat(output->target, &st) == 0))
        return leave(output);
    return rename(output->temp, output->target) == 0 ? 0 : write_failed(output);
}

static void sync_folder(const char *path)
{
    char *folder = plx_temporary_folder(path);
    int fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        fsync(fd); /* the data are safe; a file system without it is no failure */
        close(fd);
    }
    free(folder);
}

int plx_output_keep(plx_output *output)
{
    int code = plx_output_sync(output);
    if (code == 0)
        code = plx_output_shut(output);
    if (code == 0 && output->temp != NULL) {
        code = move_into_place(output);
        if (code == 0) {
            plx_temporary_forget(output->temp);
            free(output->temp);
            output->temp = NULL;
            sync_folder(output->target);
        }
    }
    plx_output_drop(output);
    return code;
}

void plx_output_drop(plx_output *output)
{
    if (output->open)
        close(output->fd);
    if (output->temp != NULL) {
        unlink(output->temp);
        plx_temporary_forget(output->temp);
    }
    free(output->temp);
    free(output->target);
    *output = (plx_output){ 0 };
}
