/* SPDX-License-Identifier: MIT */
/*
 * tests/batch/inject.c: preloaded into the command: the n-th call of one kind that touches a folder
 * goes wrong, or is the last thing that the process does.
 *
 * PLX_INJECT is "CALL:N:HOW:MARK:FOLDER": HOW is kill (before the call), torn30 (after 30 % of a
 * write), after, short50 (half of a write, without an error), or an errno's number, -number for
 * every call from the N-th on. MARK is a file that is made when it happens. Calls are counted over
 * all threads of a process; under a launcher rank 0's alone, or those of PLX_INJECT_RANK.
 *
 * Memory touches no folder: CALL "memory" is the n-th piece that the command asks for, whoever in
 * it asks, and "forked" the n-th of a process that it forked; one piece in all is refused.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WORD = 32, PATH = 4096 };

typedef enum how { GO_ON, KILL, TORN, AFTER, SHORT, FAIL } how;

static struct {
    char call[WORD], mark[PATH], folder[PATH];
    long n;
    how how;
    int error;
    size_t percent;                     /* of a write that is done */
    bool ever;
} plan;

static atomic_long seen;
static atomic_int counted;              /* the process whose memory "seen" is of; 0: none */
static pid_t command;

static bool is_of_memory(void)
{
    return strcmp(plan.call, "memory") == 0 || strcmp(plan.call, "forked") == 0;
}

__attribute__((constructor)) static void read_plan(void)
{
    static const char *const words[] = { "", "kill", "torn", "after", "short" };
    const char *told = getenv("PLX_INJECT"), *rank = getenv("OMPI_COMM_WORLD_RANK"),
               *which = getenv("PLX_INJECT_RANK");
    char name[WORD];
    if (!told || (rank && strcmp(rank, which ? which : "0") != 0) ||
        sscanf(told, "%31[^:]:%ld:%31[^:]:%4095[^:]:%4095s", plan.call, &plan.n, name, plan.mark,
               plan.folder) != 5)
        return;
    for (int i = KILL; i <= SHORT; i++)
        if (strncmp(name, words[i], strlen(words[i])) == 0) {
            plan.how = (how)i;
            plan.percent = (size_t)atoi(name + strlen(words[i]));
        }
    if (plan.how == GO_ON) {
        const int number = atoi(name);
        plan.how = FAIL;
        plan.ever = number < 0;
        plan.error = abs(number);
    }
    if (strcmp(program_invocation_short_name, "parallax") == 0 && is_of_memory())
        atomic_store(&counted, command = getpid());
}

static bool is_inside(const char *path)
{
    char whole[PATH];
    const size_t length = strlen(plan.folder);
    if (*path != '/' && getcwd(whole, sizeof whole / 2)) {
        strncat(whole, "/", 2);
        strncat(whole, path, sizeof whole / 2 - 2);
        path = whole;
    }
    return strncmp(path, plan.folder, length) == 0;
}

static bool is_open_inside(int fd)
{
    char link[64], path[PATH];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    return length > 0 && is_inside(path);
}

/* What becomes of this call: it is counted if it is of the kind and touches the folder. */
static how judge(const char *call, int fd, const char *path)
{
    if (plan.how == GO_ON || strcmp(call, plan.call) != 0 ||
        !(path && (*path == '/' || fd < 0) ? is_inside(path) : is_open_inside(fd)))
        return GO_ON;
    const long number = atomic_fetch_add(&seen, 1) + 1;
    if (number != plan.n && !(plan.ever && number > plan.n))
        return GO_ON;
    syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, plan.mark, O_CREAT | O_WRONLY, 0600));
    if (plan.how == KILL)
        kill(getpid(), SIGKILL);
    errno = plan.error;
    return plan.how;
}

static void end_after(how what)
{
    if (what == AFTER || what == TORN)
        kill(getpid(), SIGKILL);
}

#define REAL(type, name, ...)                              \
    static type (*real)(__VA_ARGS__);                      \
    if (real == NULL)                                      \
        *(void **)&real = dlsym(RTLD_NEXT, name)

/* Calls that give -1 and errno, with a file or a path. */
#define WRAP(name, fd, path, parameters, ...)              \
    int name parameters;                                   \
    int name parameters                                    \
    {                                                      \
        REAL(int, #name, ARGUMENTS parameters);            \
        const how what = judge(#name, fd, path);           \
        const int result = what == FAIL ? -1 : real(__VA_ARGS__); \
        end_after(what);                                   \
        return result;                                     \
    }
#define ARGUMENTS(...) __VA_ARGS__

WRAP(fdatasync, fd, NULL, (int fd), fd)
WRAP(fsync, fd, NULL, (int fd), fd)
WRAP(close, fd, NULL, (int fd), fd)
WRAP(ftruncate, fd, NULL, (int fd, off_t size), fd, size)
WRAP(fallocate, fd, NULL, (int fd, int mode, off_t at, off_t size), fd, mode, at, size)
WRAP(link, -1, to, (const char *from, const char *to), from, to)
WRAP(linkat, there, to, (int here, const char *from, int there, const char *to, int flags), here,
     from, there, to, flags)
WRAP(rename, -1, to, (const char *from, const char *to), from, to)
WRAP(renameat, there, to, (int here, const char *from, int there, const char *to), here, from,
     there, to)
WRAP(unlink, -1, path, (const char *path), path)
WRAP(unlinkat, fd, path, (int fd, const char *path, int flags), fd, path, flags)
WRAP(mkdir, -1, path, (const char *path, mode_t mode), path, mode)

/* A write: half of it may be done. */
#define WRAP_WRITE(name, rest, more)                       \
    ssize_t name(int fd, const void *data, size_t size rest); \
    ssize_t name(int fd, const void *data, size_t size rest) \
    {                                                      \
        REAL(ssize_t, #name, int, const void *, size_t rest); \
        const how what = judge(#name, fd, NULL);           \
        if (what == FAIL)                                  \
            return -1;                                     \
        if ((what == TORN || what == SHORT) && size > 1)   \
            size = size * plan.percent / 100 + 1;          \
        const ssize_t result = real(fd, data, size more);  \
        end_after(what);                                   \
        return result;                                     \
    }
#define NOTHING
#define OFFSET , off_t at
#define AT , at

WRAP_WRITE(write, NOTHING, NOTHING)
WRAP_WRITE(pwrite, OFFSET, AT)

static mode_t mode_of(int flags, va_list more)
{
    return flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    REAL(int, "open", const char *, int, ...);
    va_list more;
    va_start(more, flags);
    const mode_t mode = mode_of(flags, more);
    va_end(more);
    const how what = judge("open", -1, path);
    const int result = what == FAIL ? -1 : real(path, flags, mode);
    end_after(what);
    return result;
}

int openat(int folder, const char *path, int flags, ...)
{
    REAL(int, "openat", int, const char *, int, ...);
    va_list more;
    va_start(more, flags);
    const mode_t mode = mode_of(flags, more);
    va_end(more);
    const how what = judge("openat", folder, path);
    const int result = what == FAIL ? -1 : real(folder, path, flags, mode);
    end_after(what);
    return result;
}

/* The C library's own; a forked process counts from its birth, an executed one does not count. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static bool is_refused(void)
{
    int before = atomic_load(&counted);
    if (before == 0)
        return false;
    const pid_t self = getpid();
    if (self != before && atomic_compare_exchange_strong(&counted, &before, self))
        atomic_store(&seen, 0);
    if ((self == command) != (strcmp(plan.call, "memory") == 0) ||
        atomic_fetch_add(&seen, 1) + 1 != plan.n)
        return false;
    const long mark = syscall(SYS_openat, AT_FDCWD, plan.mark, O_CREAT | O_EXCL | O_WRONLY, 0600);
    if (mark >= 0)
        syscall(SYS_close, mark);
    errno = plan.error;
    return mark >= 0;
}

void *malloc(size_t size)
{
    return is_refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return is_refused() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return is_refused() ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return is_refused() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **piece, size_t alignment, size_t size)
{
    void *got = is_refused() ? NULL : __libc_memalign(alignment, size);
    if (!got)
        return ENOMEM;
    *piece = got;
    return 0;
}
