/* SPDX-License-Identifier: MIT */
/*
 * cli/error.c: one line on stderr, in one write, so that ranks and threads cannot tear it.
 *
 * What a line quotes comes from users and files: control bytes are shown, never sent to the
 * terminal.
 */
#define _POSIX_C_SOURCE 200809L
#include "error.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "place.h"
#include "signals.h"
#include "watch.h"

enum { TEXT_SIZE = 1024, LINE_SIZE = 4 * TEXT_SIZE + 32 };     /* a byte becomes four at most */

/* Where a line is kept, if it is. */
static struct {
    char *line;
    size_t size;
} held;

/* One to four characters, and a NUL. */
static size_t show(char byte, char shown[5])
{
    const unsigned char value = (unsigned char)byte;
    return (size_t)snprintf(shown, 5, value < 0x20 || value == 0x7f ? "\\x%02x" : "%c", value);
}

static void print_line(const char *begin, const char *format, va_list arguments)
{
    char text[TEXT_SIZE], line[LINE_SIZE];
    snprintf(line, sizeof line, "%s", begin);
    int length = vsnprintf(text, sizeof text, format, arguments);
    if (length < 0)
        text[0] = '\0';
    else if (length >= TEXT_SIZE)
        memcpy(text + TEXT_SIZE - 4, "...", 4);
    size_t at = strlen(line);
    for (const char *c = text; *c != '\0'; c++)
        at += show(*c, line + at);
    line[at++] = '\n';
    /* A stderr that cannot be written leaves nobody to tell. */
    ssize_t ignored = write(STDERR_FILENO, line, at);
    (void)ignored;
}

void plx_cli_error_wait(void)
{
    struct timespec second = { .tv_sec = 1 };
    signal(SIGTERM, SIG_IGN);
    while (nanosleep(&second, &second) != 0 && errno == EINTR)
        continue;
}

static void print_or_wait(const char *format, va_list arguments)
{
    plx_cli_watch_end(); /* who ends by an error is not lost */
    plx_cli_signals_told();
    if (plx_cli_place_speaks())
        print_line("parallax: ", format, arguments);
    else
        plx_cli_error_wait();
}

void plx_cli_error_hold(char *line, size_t size)
{
    held.line = line;
    held.size = size;
    if (line != NULL)
        *line = '\0';
}

int plx_cli_error(int exit_code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (held.line != NULL && *held.line == '\0')
        vsnprintf(held.line, held.size, format, arguments);
    else if (held.line == NULL)
        print_or_wait(format, arguments);
    va_end(arguments);
    return exit_code;
}

void plx_cli_note(const char *format, ...)
{
    if (plx_cli_where().rank > 0)
        return;
    va_list arguments;
    va_start(arguments, format);
    print_line("parallax: note: ", format, arguments);
    va_end(arguments);
}

void plx_cli_print_shown(const char *text, FILE *to)
{
    char shown[5];
    for (; text != NULL && *text != '\0'; text++) {
        show(*text, shown);
        fputs(shown, to);
    }
}

int plx_cli_flush(int code)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return plx_cli_error(PLX_EXIT_WRITE, "writing to stdout failed: %s", strerror(errno));
    return code;
}
