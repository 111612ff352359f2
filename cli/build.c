/* SPDX-License-Identifier: MIT */
/*
 * cli/build.c: a user's C file into a shared object, by the compiler that is there.
 *
 * Optimised as the built-in kernels are, and like them without contraction, so that a*b+c is
 * rounded twice on every machine. The object lies in a folder that only we can enter.
 */
#define _XOPEN_SOURCE 700 /* mkdtemp, and spawn.h's own needs */
#include "build.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"

enum { PATH_SIZE = 4096, CC_WORDS = 32, ALL_WORDS = CC_WORDS + 16 };

extern char **environ;

/* Installed beside this command, or where it was built. */
static bool find_headers(char folder[PATH_SIZE])
{
    char program[PATH_SIZE], file[PATH_SIZE + 32];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(program, '/');
    if (slash)
        *slash = '\0';
    for (int i = 0; i < 2; i++) {
        snprintf(folder, PATH_SIZE, "%.3000s%s", i == 0 ? program : "",
                 i == 0 ? "/" PLX_TO_INCLUDE : PLX_SOURCE_INCLUDE);
        snprintf(file, sizeof file, "%s/plx/kernel.h", folder);
        if (access(file, R_OK) == 0)
            return true;
    }
    return false;
}

static int check_source(const char *source)
{
    struct stat about;
    if (stat(source, &about) != 0 || access(source, R_OK) != 0)
        return plx_cli_error(PLX_EXIT_INPUT, "kernel '%s': cannot be read: %s", source,
                             strerror(errno));
    if (!S_ISREG(about.st_mode))
        return plx_cli_error(PLX_EXIT_INPUT, "kernel '%s': it is no file", source);
    if (about.st_mode & S_IWOTH)
        return plx_cli_error(
            PLX_EXIT_DATA, "kernel '%s': everybody may write to it; chmod o-w mends that", source);
    return 0;
}

static int make_folder(plx_cli_object *object)
{
    const char *told = getenv("TMPDIR"), *parent = told && *told ? told : "/tmp";
    if (strlen(parent) > sizeof object->folder - 32)
        return plx_cli_error(PLX_EXIT_SYSTEM, "TMPDIR '%.200s...': is too long", parent);
    snprintf(object->folder, sizeof object->folder, "%s/parallax-XXXXXX", parent);
    if (mkdtemp(object->folder)) {
        snprintf(object->path, sizeof object->path, "%s/kernel.so", object->folder);
        return 0;
    }
    int code = plx_cli_error(PLX_EXIT_SYSTEM, "cannot make a folder '%s': %s", object->folder,
                             strerror(errno));
    object->folder[0] = '\0';
    return code;
}

/* $CC's words, cut in place. Returns how many. */
static size_t split(char *text, char **words)
{
    size_t count = 0;
    for (char *word = strtok(text, " \t"); word && count < CC_WORDS; word = strtok(NULL, " \t"))
        words[count++] = word;
    return count;
}

/* Its exit status as waitpid gives it; -1: it did not start, see errno. What it prints is talk. */
static int run_compiler(char **words, const sigset_t *mask)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t child;
    int status = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, mask);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    errno = posix_spawnp(&child, words[0], &actions, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (errno != 0)
        return -1;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}

static int compile(const char *source, const char *include, const char *path, const sigset_t *mask)
{
    const char *told = getenv("CC");
    char text[1024], *words[ALL_WORDS + 1];
    snprintf(text, sizeof text, "%s", told && *told ? told : "cc");
    size_t count = split(text, words);
    if (count == 0)
        return plx_cli_error(PLX_EXIT_MISSING, "CC '%s': names no compiler", told);
    const char *const more[] = {"-std=gnu11", "-O3",     "-ffp-contract=off",
                                "-fPIC",      "-shared", "-Wall",
                                "-I",         include,   "-o",
                                path,         source,    "-lm"};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        words[count++] = (char *)(uintptr_t)more[i]; /* exec reads words only */
    words[count] = NULL;
    int status = run_compiler(words, mask);
    if (status == 0 && access(path, R_OK) == 0)
        return 0;
    if (status < 0)
        return plx_cli_error(PLX_EXIT_MISSING, "compiler '%s': cannot be started: %s; set CC",
                             words[0], strerror(errno));
    return plx_cli_error(PLX_EXIT_DATA, "kernel '%s': %s could not compile it", source, words[0]);
}

static bool is_pending(void)
{
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 ||
           sigismember(&pending, SIGHUP) == 1;
}

/* A signal that would end us waits, so that no folder is left; the compiler gets it all the
   same. */
static int build(const char *source, const char *include, plx_cli_object *object)
{
    sigset_t ends, before;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &ends, &before);
    int code = make_folder(object);
    if (code == 0)
        code = compile(source, include, object->path, &before);
    if (code != 0 || is_pending())
        plx_cli_build_drop(object);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return code;
}

int plx_cli_build(const char *source, plx_cli_object *object)
{
    char include[PATH_SIZE];
    memset(object, 0, sizeof *object);
    int code = check_source(source);
    if (code == 0 && !find_headers(include))
        code = plx_cli_error(PLX_EXIT_MISSING, "plx/kernel.h: not found beside this command");
    return code == 0 ? build(source, include, object) : code;
}

void plx_cli_build_drop(plx_cli_object *object)
{
    if (object->path[0])
        unlink(object->path);
    if (object->folder[0])
        rmdir(object->folder);
    memset(object, 0, sizeof *object);
}
