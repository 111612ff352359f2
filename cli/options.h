/* SPDX-License-Identifier: MIT */
/*
 * cli/options.h: a command's options as a table, from which they are parsed and the help is
 * printed.
 *
 * A row says its name, where its value goes and how it is read. Rows are matched in full (no
 * abbreviations), each at most once unless it says `often`. getopt_long does the splitting.
 *
 * To add an option: add a field to the command's struct and one row that points to it.
 */
#ifndef PLX_CLI_OPTIONS_H
#define PLX_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct plx_cli_option plx_cli_option;

/** Store text (NULL for a flag) in the field; 0, or an exit code after printing the line. */
typedef int plx_cli_setter(const plx_cli_option *, void *field, const char *text);

struct plx_cli_option {
    const char *name;           /* long name without dashes, or NULL if there is only a letter */
    char letter;                /* or 0 */
    const char *arg;            /* its argument's name in the help; NULL: a flag */
    const char *help;           /* NULL: not shown */
    plx_cli_setter *set;
    size_t offset;              /* of the field in the command's struct */
    uint64_t min, max;          /* for the setters of numbers */
    bool often;                 /* may be given more than once */
};                              /* a table ends with name == NULL and letter == 0 */

/** Texts of an option that may be given often, as plx_cli_set_texts() collects them. */
enum { PLX_CLI_LIST_MAX = 64 };
typedef struct plx_cli_texts {
    const char *text[PLX_CLI_LIST_MAX];
    size_t count;
} plx_cli_texts;

typedef struct plx_cli_command {
    const char *name;           /* "run" */
    const char *usage;          /* "run PATTERN KERNEL [options]" */
    const char *about;          /* one or more lines under the usage */
    const plx_cli_option *options;
    void (*more)(void);         /* prints the end of the help, or NULL */
} plx_cli_command;

/* The usual setters: the field is a bool, const char *, size_t, int, uint64_t, plx_cli_texts. A
   text may not be empty. */
plx_cli_setter plx_cli_set_flag, plx_cli_set_text, plx_cli_set_size, plx_cli_set_int,
    plx_cli_set_u64, plx_cli_set_texts;

/** Returned by plx_cli_parse when help or the version was printed: leave with exit code 0. */
#define PLX_CLI_DONE (-1)

/**
 * Parse argv[1..] into the fields of *into; argv[0] is the command's own name. --help (-h) and
 * --version are known to every command. Afterwards the operands are argv[*operands] to
 * argv[argc - 1].
 *
 * Errors   0, PLX_CLI_DONE, or an exit code after printing the line
 */
int plx_cli_parse(const plx_cli_command *, int argc, char **argv, void *into, int *operands);

/** "-n", or "--ranks" if it has no letter: how messages name an option. At most size bytes. */
const char *plx_cli_option_name(const plx_cli_option *, char *name, size_t size);

#endif
