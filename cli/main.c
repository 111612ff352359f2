/* SPDX-License-Identifier: MIT */
/*
 * cli/main.c: the command `parallax`: a table of commands and nothing else.
 *
 * To add a command: its prototype in commands.h and a row here.
 */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "error.h"
#include "exits.h"
#include "json.h"
#include "place.h"
#include "plx/plx.h"
#include "since.h"

static const struct {
    const char *name, *about;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"list", "models, patterns and kernels; what is missing and why", plx_cli_list},
    {"run", "one call of a kernel by a pattern under a model: result, time, where it went",
     plx_cli_run},
    {"batch", "many items through a kernel or a command: recorded, resumed, nothing lost",
     plx_cli_batch},
    {"compare", "the same work under every model: equal answers first, then time", plx_cli_compare},
    {"advise", "which model, how many workers, which grain: short probes, each answer with why",
     plx_cli_advise},
    {"report", "comparisons as one HTML page: verdict, table, plots, set-up", plx_cli_report},
    {"check", "does a kernel keep the laws? the one that is broken, with the block", plx_cli_check},
    {"doctor", "cores, binding, MPI: what would go wrong here, and what mends it", plx_cli_doctor},
    {"journal", "what a batch has recorded: figures, damage, each item's final state",
     plx_cli_journal},
    {"new", "write a commented kernel of your own to start from", plx_cli_new},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int print_help(void)
{
    puts("usage: parallax COMMAND [options]\n\ncommands:");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].about);
    puts("\n`parallax COMMAND --help` lists a command's options. --version prints the version.");
    return plx_cli_flush(0);
}

static int unknown(const char *text)
{
    char list[100] = "";
    for (size_t i = 0; i < COMMANDS; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", commands[i].name);
    }
    if (text == NULL)
        return plx_cli_error(PLX_EXIT_USAGE, "no command; there are: %s; see parallax --help",
                             list);
    return plx_cli_error(PLX_EXIT_USAGE, "'%s' is no command; there are: %s; see parallax --help",
                         text, list);
}

/* A file opened as 0, 1 or 2 because the caller closed it would get our words, or give us its own.
   */
static void hold_standard_files(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

static int run_command(int argc, char **argv)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return unknown(argv[1]);
}

int main(int argc, char **argv)
{
    plx_cli_since_mark();
    plx_cli_place_keep();
    plx_cli_json_watch();
    hold_standard_files();
    if (plx_cli_where().rank > 0 && freopen("/dev/null", "w", stdout) == NULL)
        return PLX_EXIT_INTERNAL; /* rank 0 alone prints */
    signal(SIGXFSZ, SIG_IGN);     /* a file above its limit is a failed write, with a line */
    if (argc < 2)
        return unknown(NULL);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return print_help();
    if (strcmp(argv[1], "--version") == 0) {
        printf("parallax %s\n", plx_version());
        return plx_cli_flush(0);
    }
    plx_cli_exits_guard();
    int code = run_command(argc, argv);
    plx_cli_exits_allow();
    return code;
}
