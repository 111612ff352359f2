/* SPDX-License-Identifier: MIT */
/*
 * journal/process.c: see journal/process.h. What /proc says, read without any library that
 * allocates.
 *
 * Source   proc(5), /proc/PID/stat and /proc/sys/kernel/random/boot_id
 */
#define _POSIX_C_SOURCE 200809L

#include "journal/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A small file's text; false: it cannot be read, errno says why. */
static bool read_text(const char *path, char *text, size_t room)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    errno = 0;
    ssize_t got = read(fd, text, room - 1);
    int error = errno;
    close(fd);
    errno = error;
    text[got > 0 ? got : 0] = '\0';
    return got > 0;
}

/* The name of a command may hold blanks and brackets: fields are counted from its last one. */
static bool read_stat(int64_t pid, char *state, int64_t *start)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
    if (!read_text(path, text, sizeof text))
        return false;
    char *at = strrchr(text, ')');
    if (at == NULL || at[1] != ' ' || at[2] == '\0')
        return false;
    *state = at[2];
    at += 2;
    for (int field = 3; field < 22 && at != NULL; field++)
        at = strchr(at + 1, ' ');
    *start = at != NULL ? strtoll(at, NULL, 10) : 0;
    return true;
}

static void read_boot(char boot[40])
{
    if (!read_text("/proc/sys/kernel/random/boot_id", boot, 40))
        boot[0] = '\0';
    boot[strcspn(boot, "\n")] = '\0';
}

static void read_host(char host[PLX_HOST_MAX])
{
    if (gethostname(host, PLX_HOST_MAX) != 0)
        host[0] = '\0';
    host[PLX_HOST_MAX - 1] = '\0';
    for (char *c = host; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~')
            *c = '?';
}

void plx_process_self(plx_process *self)
{
    char state;
    memset(self, 0, sizeof *self);
    read_host(self->host);
    read_boot(self->boot);
    self->pid = getpid();
    if (!read_stat(self->pid, &state, &self->start))
        self->start = 0;
}

bool plx_process_is_here(const char *host, const char *boot)
{
    plx_process self;
    read_host(self.host);
    read_boot(self.boot);
    return self.boot[0] != '\0' && strcmp(self.boot, boot) == 0 && strcmp(self.host, host) == 0;
}

bool plx_process_is_alive(int64_t pid, int64_t start)
{
    char state;
    int64_t started;
    if (pid <= 0 || pid > INT32_MAX || (kill((pid_t)pid, 0) != 0 && errno == ESRCH))
        return false;
    if (!read_stat(pid, &state, &started))
        return errno != ENOENT && errno != ESRCH;
    return state != 'Z' && state != 'X' && (start == 0 || started == 0 || started == start);
}
