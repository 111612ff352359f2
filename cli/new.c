/* SPDX-License-Identifier: MIT */
/*
 * cli/new.c: `parallax new FILE.c`: a kernel that compiles and runs as it stands, to be changed.
 *
 * The text is cli/template.c with the file's name for my_kernel, and without its first line: the
 * licence of what a user writes is the user's choice.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "error.h"
#include "options.h"

static const char text[] = {
#include "template.inc"
};

#define PLACEHOLDER "my_kernel"

typedef struct ask {
    bool force;
} ask;

static const plx_cli_option options[] = {{"force", 0, NULL, "replace the file if it exists",
                                          plx_cli_set_flag, offsetof(ask, force), 0, 0, false},
                                         {0}};

static const plx_cli_command command = {
    .name = "new",
    .usage = "new FILE.c [options]",
    .about = "Write a commented kernel to FILE.c that compiles and runs as it stands:\n"
             "a map and a fold of float64 with a parameter and results.",
    .options = options,
};

/* The kernel's name is the file's, without folder and ending. */
static int take_name(const char *path, char name[64])
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    size_t length = strlen(base);
    bool good = length > 2 && strcmp(base + length - 2, ".c") == 0;
    size_t letters = strspn(base, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (!good || letters != length - 2 || letters >= 64)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "new '%s': it takes a file NAME.c, NAME of a-z, 0-9 and _ only", path);
    memcpy(name, base, letters);
    name[letters] = '\0';
    return 0;
}

static void write_text(FILE *file, const char *name)
{
    const char *end = text + sizeof text;
    const char *at = (const char *)memchr(text, '\n', sizeof text) + 1;
    const size_t length = strlen(PLACEHOLDER);
    while (at < end) {
        if ((size_t)(end - at) >= length && memcmp(at, PLACEHOLDER, length) == 0) {
            fputs(name, file);
            at += length;
        } else {
            putc(*at++, file);
        }
    }
}

static int write_file(const char *path, const char *name, bool force)
{
    struct stat about;
    if (force && stat(path, &about) == 0 && !S_ISREG(about.st_mode))
        return plx_cli_error(PLX_EXIT_CREATE, "new '%s': it is no file", path);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL), 0644);
    if (fd < 0 && errno == EEXIST)
        return plx_cli_error(PLX_EXIT_CREATE, "new '%s': exists already; --force replaces it",
                             path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (file == NULL)
        return plx_cli_error(PLX_EXIT_CREATE, "new '%s': cannot be made: %s", path,
                             strerror(errno));
    write_text(file, name);
    bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed) {
        int why = errno;
        unlink(path);
        return plx_cli_error(PLX_EXIT_WRITE, "new '%s': could not be written: %s", path,
                             strerror(why));
    }
    return 0;
}

int plx_cli_new(int argc, char **argv)
{
    ask asked = {0};
    char name[64];
    int first, code = plx_cli_parse(&command, argc, argv, &asked, &first);
    if (code != 0)
        return code == PLX_CLI_DONE ? 0 : code;
    if (argc - first != 1)
        return plx_cli_error(PLX_EXIT_USAGE, "new: needs one FILE.c; usage: parallax %s",
                             command.usage);
    const char *path = argv[first];
    code = take_name(path, name);
    if (code == 0)
        code = write_file(path, name, asked.force);
    if (code == 0)
        printf("%s written; try: parallax compare %s%s\n", path, strchr(path, '/') ? "" : "./",
               path);
    return plx_cli_flush(code);
}
