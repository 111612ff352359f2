/* SPDX-License-Identifier: MIT */
/* tests/journal/inside.c: see inside.h. */
#define _GNU_SOURCE

#include "inside.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- which call fails ---- */

static struct {
    pthread_mutex_t lock;
    int armed, error;
    inside_kind kind;
    long left, last, fired;
    const char *name;
    void (*watch)(void *);
    void *user;
    char disk[256];
    ino_t spoilt[64];           /* files that lost what was not synced, and do not know any more */
    size_t spoilt_n;
} plan = {.lock = PTHREAD_MUTEX_INITIALIZER};

void inside_arm(inside_kind kind, long n, long length, int error)
{
    pthread_mutex_lock(&plan.lock);
    plan.armed = 1;
    plan.kind = kind;
    plan.left = n;
    plan.last = length;
    plan.error = error;
    plan.fired = 0;
    plan.name = "";
    pthread_mutex_unlock(&plan.lock);
}

long inside_disarm(void)
{
    pthread_mutex_lock(&plan.lock);
    plan.armed = 0;
    long fired = plan.fired;
    pthread_mutex_unlock(&plan.lock);
    return fired;
}

const char *inside_failed(void)
{
    return plan.name;
}

static _Thread_local int aside;

void inside_aside(int on)
{
    aside += on ? 1 : -1;
}

void inside_watch(void (*watch)(void *), void *user)
{
    plan.watch = watch;
    plan.user = user;
}

void inside_disk(const char *folder)
{
    snprintf(plan.disk, sizeof plan.disk, "%s", folder ? folder : "");
    plan.spoilt_n = 0;
}

/* The error of this call, or 0. */
static int fault(inside_kind kind, const char *name)
{
    if (aside)
        return 0;
    pthread_mutex_lock(&plan.lock);
    int error = 0;
    if (plan.armed && plan.kind == kind) {
        plan.left--;
        if (plan.left <= 0 && plan.left > -plan.last) {
            error = plan.error;
            plan.name = plan.fired++ == 0 ? name : plan.name;
        }
    }
    pthread_mutex_unlock(&plan.lock);
    if (kind == INSIDE_IO && plan.watch) {
        inside_aside(1);
        plan.watch(plan.user);
        inside_aside(0);
    }
    return error;
}

/* A call that writes no bytes cannot be short. */
static int fails(const char *name)
{
    int error = fault(INSIDE_IO, name);
    if (error > 0)
        errno = error;
    return error > 0;
}

/* ---- the disk beside ---- */

int __real_openat(int folder, const char *name, int flags, ...);
ssize_t __real_write(int fd, const void *bytes, size_t size);
int __real_close(int fd);

static void copy_file(const char *from, const char *to)
{
    static char bytes[1 << 16];
    int in = __real_openat(AT_FDCWD, from, O_RDONLY | O_CLOEXEC);
    int out = __real_openat(AT_FDCWD, to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (ssize_t got; in >= 0 && out >= 0 && (got = read(in, bytes, sizeof bytes)) > 0;)
        if (__real_write(out, bytes, (size_t)got) != got)
            abort();
    if (in >= 0)
        __real_close(in);
    if (out >= 0)
        __real_close(out);
}

/* A sync that failed: the next one will say OK, and bring nothing to the disk. */
static void spoil(int fd)
{
    struct stat stat;
    if (plan.disk[0] != '\0' && fstat(fd, &stat) == 0 && plan.spoilt_n < 64)
        plan.spoilt[plan.spoilt_n++] = stat.st_ino;
}

static int is_spoilt(const struct stat *stat)
{
    for (size_t i = 0; i < plan.spoilt_n; i++)
        if (plan.spoilt[i] == stat->st_ino)
            return 1;
    return 0;
}

/* A file's bytes are on the disk under a name that is not seen before its folder is synced. */
static void sync_to_disk(int fd)
{
    char link[64], path[4096], to[4608], seen[4608];
    struct stat stat;
    if (plan.disk[0] == '\0')
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size <= 0 || fstat(fd, &stat) != 0 || is_spoilt(&stat))
        return;
    path[size] = '\0';
    if (S_ISDIR(stat.st_mode)) {
        snprintf(to, sizeof to, "cd '%s' && for f in .*.plxj; do [ -f \"$f\" ] && mv \"$f\" "
                 "\"${f#.}\"; done; true", plan.disk);
        if (system(to) != 0)
            abort();
        return;
    }
    snprintf(seen, sizeof seen, "%s/%s", plan.disk, strrchr(path, '/') + 1);
    snprintf(to, sizeof to, "%s/.%s", plan.disk, strrchr(path, '/') + 1);
    copy_file(path, access(seen, F_OK) == 0 ? seen : to);
}

/* ---- the calls ---- */

static atomic_int gate, waiting;
static _Atomic double later;
static atomic_int link_twice;

void inside_gate(int shut)
{
    atomic_store(&gate, shut);
}

int inside_waiting(void)
{
    return atomic_load(&waiting);
}

void inside_later(double seconds)
{
    atomic_store(&later, seconds);
}

void inside_link_twice(void)
{
    atomic_store(&link_twice, 1);
}

/* To be seen: the linker looks for them where a sanitizer's library asks for what they wrap. */
#pragma GCC visibility push(default)
ssize_t __real_pwrite(int fd, const void *bytes, size_t size, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t size, off_t offset);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_fallocate(int fd, int mode, off_t offset, off_t size);
int __wrap_fallocate(int fd, int mode, off_t offset, off_t size);
int __real_ftruncate(int fd, off_t size);
int __wrap_ftruncate(int fd, off_t size);
int __real_open(const char *name, int flags, ...);
int __wrap_open(const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...);
int __wrap_close(int fd);
int __real_linkat(int from, const char *old, int to, const char *name, int flags);
int __wrap_linkat(int from, const char *old, int to, const char *name, int flags);
int __real_renameat(int from, const char *old, int to, const char *name);
int __wrap_renameat(int from, const char *old, int to, const char *name);
int __real_unlinkat(int folder, const char *name, int flags);
int __wrap_unlinkat(int folder, const char *name, int flags);
int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                          void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                          void *arg);
#pragma GCC visibility pop

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    int error = fault(INSIDE_IO, "pwrite");
    if (error > 0) {
        errno = error;
        return -1;
    }
    return __real_pwrite(fd, bytes, error == INSIDE_SHORT ? (size + 1) / 2 : size, offset);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
    int error = fault(INSIDE_IO, "write");
    if (error > 0) {
        errno = error;
        return -1;
    }
    return __real_write(fd, bytes, error == INSIDE_SHORT ? (size + 1) / 2 : size);
}

int __wrap_fdatasync(int fd)
{
    atomic_fetch_add(&waiting, 1);
    while (atomic_load(&gate))
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    atomic_fetch_sub(&waiting, 1);
    if (fails("fdatasync")) {
        spoil(fd);
        return -1;
    }
    int done = __real_fdatasync(fd);
    sync_to_disk(fd);
    return done;
}

int __wrap_fsync(int fd)
{
    if (fails("fsync")) {
        spoil(fd);
        return -1;
    }
    int done = __real_fsync(fd);
    sync_to_disk(fd);
    return done;
}

int __wrap_fallocate(int fd, int mode, off_t offset, off_t size)
{
    return fails("fallocate") ? -1 : __real_fallocate(fd, mode, offset, size);
}

int __wrap_ftruncate(int fd, off_t size)
{
    return fails("ftruncate") ? -1 : __real_ftruncate(fd, size);
}

int __wrap_open(const char *name, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    return fails("open") ? -1 : __real_open(name, flags, mode);
}

int __wrap_openat(int folder, const char *name, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    return fails("openat") ? -1 : __real_openat(folder, name, flags, mode);
}

/* As the system does: the number is free, whatever it says. */
int __wrap_close(int fd)
{
    int failed = fails("close"), error = errno;
    int done = __real_close(fd);
    if (failed)
        errno = error;
    return failed ? -1 : done;
}

int __wrap_linkat(int from, const char *old, int to, const char *name, int flags)
{
    if (fails("linkat"))
        return -1;
    int done = __real_linkat(from, old, to, name, flags);
    if (atomic_exchange(&link_twice, 0)) {
        errno = EEXIST;
        return -1;
    }
    return done;
}

int __wrap_renameat(int from, const char *old, int to, const char *name)
{
    return fails("renameat") ? -1 : __real_renameat(from, old, to, name);
}

int __wrap_unlinkat(int folder, const char *name, int flags)
{
    return fails("unlinkat") ? -1 : __real_unlinkat(folder, name, flags);
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    int done = __real_clock_gettime(clock, now);
    if (clock == CLOCK_MONOTONIC)
        now->tv_sec += (time_t)atomic_load(&later);
    return done;
}

void *__wrap_malloc(size_t size)
{
    return fault(INSIDE_MEMORY, "malloc") ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fault(INSIDE_MEMORY, "calloc") ? NULL : __real_calloc(n, size);
}

char *__wrap_strdup(const char *text)
{
    return fault(INSIDE_MEMORY, "strdup") ? NULL : __real_strdup(text);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                          void *arg)
{
    return fault(INSIDE_MEMORY, "pthread_create") ? EAGAIN
                                                  : __real_pthread_create(thread, attr, run, arg);
}
