/* SPDX-License-Identifier: MIT */
/*
 * cli/options.c: the table of options handed to getopt_long, and what getopt_long is too kind
 * about.
 *
 * It would take any unambiguous beginning of a long name, so that adding an option could break a
 * script; it would take an option twice and let the last win. Both are errors here.
 */
#define _GNU_SOURCE                         /* getopt_long */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "number.h"
#include "plx/plx.h"

enum { ROWS_MAX = 60 };
enum { LONG_BASE = 256, HELP = 1000, VERSION };  /* what getopt_long returns: row LONG_BASE + i */

const char *plx_cli_option_name(const plx_cli_option *option, char *name, size_t size)
{
    if (option->letter != 0)
        snprintf(name, size, "-%c", option->letter);
    else
        snprintf(name, size, "--%s", option->name);
    return name;
}

int plx_cli_set_flag(const plx_cli_option *option, void *field, const char *text)
{
    (void)option;
    (void)text;
    *(bool *)field = true;
    return 0;
}

int plx_cli_set_text(const plx_cli_option *option, void *field, const char *text)
{
    char name[64];
    if (*text == '\0')
        return plx_cli_error(PLX_EXIT_USAGE, "%s '': not allowed; it takes a %s",
                             plx_cli_option_name(option, name, sizeof name), option->arg);
    *(const char **)field = text;
    return 0;
}

int plx_cli_set_size(const plx_cli_option *option, void *field, const char *text)
{
    char name[64];
    return plx_cli_size(plx_cli_option_name(option, name, sizeof name), text, (size_t)option->min,
                        (size_t)option->max, field);
}

int plx_cli_set_int(const plx_cli_option *option, void *field, const char *text)
{
    char name[64];
    return plx_cli_int(plx_cli_option_name(option, name, sizeof name), text, (int)option->min,
                       (int)option->max, field);
}

int plx_cli_set_u64(const plx_cli_option *option, void *field, const char *text)
{
    char name[64];
    return plx_cli_count(plx_cli_option_name(option, name, sizeof name), text, option->min,
                         option->max, field);
}

int plx_cli_set_texts(const plx_cli_option *option, void *field, const char *text)
{
    plx_cli_texts *list = field;
    char name[64];
    if (list->count == PLX_CLI_LIST_MAX)
        return plx_cli_error(PLX_EXIT_USAGE, "%s '%s': not allowed; it may be given %d times",
                             plx_cli_option_name(option, name, sizeof name), text,
                             PLX_CLI_LIST_MAX);
    return plx_cli_set_text(option, &list->text[list->count++], text);
}

static bool is_end(const plx_cli_option *option)
{
    return option->name == NULL && option->letter == 0;
}

static void print_row(char letter, const char *name, const char *arg, const char *help)
{
    char left[80], *to = left, *end = left + sizeof left;
    if (letter != 0)
        to += snprintf(to, (size_t)(end - to), "-%c%s", letter, name != NULL ? ", " : "");
    else
        to += snprintf(to, (size_t)(end - to), "    ");
    if (name != NULL)
        to += snprintf(to, (size_t)(end - to), "--%.20s", name);
    snprintf(to, (size_t)(end - to), "%s%s", arg != NULL ? " " : "", arg != NULL ? arg : "");
    printf("  %-26s %s\n", left, help);
}

static void print_help(const plx_cli_command *command)
{
    printf("usage: parallax %s\n\n%s\n\noptions:\n", command->usage, command->about);
    for (const plx_cli_option *option = command->options; !is_end(option); option++)
        if (option->help != NULL)
            print_row(option->letter, option->name, option->arg, option->help);
    print_row('h', "help", NULL, "print this and leave");
    print_row(0, "version", NULL, "print the version and leave");
    if (command->more != NULL)
        command->more();
}

/* The rows in getopt_long's own form. */
static void describe(const plx_cli_command *command, struct option *longs, char *shorts)
{
    *shorts++ = ':';
    *shorts++ = 'h';
    for (int i = 0; !is_end(&command->options[i]); i++) {
        const plx_cli_option *option = &command->options[i];
        if (option->letter != 0) {
            *shorts++ = option->letter;
            if (option->arg != NULL)
                *shorts++ = ':';
        }
        if (option->name != NULL)
            *longs++ = (struct option){ option->name, option->arg != NULL, NULL, LONG_BASE + i };
    }
    *longs++ = (struct option){ "help", no_argument, NULL, HELP };
    *longs++ = (struct option){ "version", no_argument, NULL, VERSION };
    *longs = (struct option){ 0 };
    *shorts = '\0';
}

/* The row of what getopt_long returned or left in optopt; NULL if it is none. */
static const plx_cli_option *find_row(const plx_cli_command *command, int value)
{
    const plx_cli_option *options = command->options;
    for (int i = 0; !is_end(&options[i]); i++)
        if (value == LONG_BASE + i || (options[i].letter != 0 && value == options[i].letter))
            return &options[i];
    return NULL;
}

static int unknown(const plx_cli_command *command, const char *text)
{
    return plx_cli_error(PLX_EXIT_USAGE, "%s: '%s' is no option; `parallax %s --help` lists them",
                         command->name, text, command->name);
}

static int refuse(const plx_cli_command *command, int found, char **argv)
{
    char name[64];
    const plx_cli_option *option = find_row(command, optopt);
    if (option != NULL && found == ':')
        return plx_cli_error(PLX_EXIT_USAGE, "%s: option %s needs a value: %s", command->name,
                             plx_cli_option_name(option, name, sizeof name), option->arg);
    if (optopt >= LONG_BASE)
        return plx_cli_error(PLX_EXIT_USAGE, "%s: '%s': this option takes no value", command->name,
                             argv[optind - 1]);
    if (optopt == 0)
        return unknown(command, argv[optind - 1]);
    snprintf(name, sizeof name, "-%c", optopt);
    return unknown(command, name);
}

/* The long option just read, as it was typed. */
static const char *as_typed(char **argv)
{
    return argv[optind - (optarg != NULL && optarg == argv[optind - 1] ? 2 : 1)];
}

/* getopt_long took the beginning of a name for the whole. */
static int check_whole(const plx_cli_command *command, const char *whole, char **argv)
{
    const char *typed = as_typed(argv);
    if (strcspn(typed, "=") == strlen(whole) + 2)
        return 0;
    return plx_cli_error(PLX_EXIT_USAGE, "%s: '%s' is no option; names are not shortened: --%s",
                         command->name, typed, whole);
}

/* Of the row, or of one of the two that every command has. */
static const char *name_of(const plx_cli_option *option, int found)
{
    if (option != NULL)
        return option->name;
    return found == HELP ? "help" : "version";
}

static int take(const plx_cli_command *command, int found, char **argv, void *into, bool *seen)
{
    char name[64];
    const plx_cli_option *option = find_row(command, found);
    int code = 0;
    if (found >= LONG_BASE)
        code = check_whole(command, name_of(option, found), argv);
    if (code != 0)
        return code;
    if (option == NULL) {
        if (found == VERSION)
            printf("parallax %s\n", plx_version());
        else
            print_help(command);
        return plx_cli_flush(PLX_CLI_DONE);
    }
    if (seen[option - command->options] && !option->often)
        return plx_cli_error(PLX_EXIT_USAGE, "%s: option %s is given twice", command->name,
                             plx_cli_option_name(option, name, sizeof name));
    seen[option - command->options] = true;
    return option->set(option, (char *)into + option->offset, optarg);
}

int plx_cli_parse(const plx_cli_command *command, int argc, char **argv, void *into, int *operands)
{
    struct option longs[ROWS_MAX + 3];
    char shorts[2 * ROWS_MAX + 3];
    bool seen[ROWS_MAX] = { false };
    describe(command, longs, shorts);
    opterr = 0;
    optind = 0;                             /* glibc: forget an earlier command line entirely */
    for (;;) {
        int found = getopt_long(argc, argv, shorts, longs, NULL);
        if (found == -1)
            break;
        int code = found == ':' || found == '?' ? refuse(command, found, argv)
                                                : take(command, found, argv, into, seen);
        if (code != 0)
            return code;
    }
    *operands = optind;
    return 0;
}
