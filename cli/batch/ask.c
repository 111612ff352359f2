/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/ask.c: the command line of `parallax batch`, read and checked.
 *
 * To add an option: a field in plx_batch_ask and a row in the table; what must be the same on all
 * ranks also has a row in same.c.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../duration.h"
#include "../error.h"
#include "../kernel_file.h"
#include "../names.h"
#include "../number.h"
#include "../option_rows.h"
#include "../place.h"
#include "batch.h"

enum { SLOTS_MAX = 1000000, IDLE_MAX = 1000000 };

#define AT(field) offsetof(plx_batch_ask, field)

static const plx_cli_option options[] = {
    {"exec", 0, "COMMAND",
     "run this for each item instead of a kernel: {} is the item, {.} without its extension,\n"
     "                             {/} its last part, {#} its number in the list (so a list\n"
     "                             in another order goes on with what was done under the old\n"
     "                             numbers); none of them: the last word",
     plx_cli_set_text, AT(command), 0, 0, false},
    {"shell", 0, NULL, "COMMAND is for sh -c; what is put in is quoted for it", plx_cli_set_flag,
     AT(shell), 0, 0, false},
    {"model", 'm', "MODEL",
     "serial, omp, pthread, mpi, mpi+omp, mpi+pthread (default: as run; of commands pthread)",
     plx_cli_set_text, AT(model_name), 0, 0, false},
    {"items", 'n', "N", "the items 0 to N - 1; of a file the first N", plx_cli_set_u64, AT(n), 0,
     PLX_CLI_COUNT_MAX, false},
    PLX_ROWS_PLACE(AT),
    PLX_ROWS_PARAM(AT(params)),
    {"seed", 0, "S", "of items that are made, and of waits before tries (default 1)",
     plx_cli_set_u64, AT(seed), 0, UINT64_MAX, false},
    {"null", '0', NULL, "items end with NUL, not with a newline", plx_cli_set_flag, AT(nul), 0, 0,
     false},
    {"batch", 0, "B", "items handed out at once (default: by what one costs)", plx_cli_set_size,
     AT(batch), 1, PLX_CLI_COUNT_MAX, false},
    {"in-flight", 0, "K", "batches that are under way at once", plx_cli_set_size, AT(in_flight), 1,
     SLOTS_MAX, false},
    {"journal", 0, "DIR", "record what became of each item there, and go on from what it holds",
     plx_cli_set_text, AT(journal), 0, 0, false},
    {"resume", 0, "WHAT",
     "auto (default): run what has no final state; failed: those that failed or fell back are\n"
     "                             run again too; never: only into an empty journal",
     plx_cli_set_text, AT(resume_name), 0, 0, false},
    {"durability", 0, "WHEN",
     "what is recorded is synced in groups within 50 ms (group, default), item by item, or none",
     plx_cli_set_text, AT(durability_name), 0, 0, false},
    {"take-over", 0, NULL, "take a journal from an owner on another host that is not heard of",
     plx_cli_set_flag, AT(take_over), 0, 0, false},
    {"max-idle", 0, "N", "refuse to go on when the last N starts recorded nothing (default 3)",
     plx_cli_set_size, AT(idle), 1, IDLE_MAX, false},
    PLX_ROWS_TRIES(AT),
    {"timeout", 0, "TIME", "the longest one try of an item may take", plx_cli_set_duration,
     AT(policy.timeout_s), 1, 1000000000, false},
    {"fallback", 0, "VALUE", "what an item comes to whose last try failed; of a kernel or zero",
     plx_cli_set_text, AT(policy.fallback), 0, 0, false},
    PLX_ROWS_RATE(AT),
    {"max-fails", 0, "N", "begin nothing new once N items have failed; exit code 1",
     plx_cli_set_u64, AT(max_fails), 1, PLX_CLI_COUNT_MAX, false},
    {"deadline", 0, "TIME|auto",
     "stop after that time: 90, 2m or 00:30:00; auto: before the batch system's job ends",
     plx_cli_set_text, AT(deadline), 0, 0, false},
    {"grace", 0, "TIME",
     "how long what runs may take to end once nothing new begins; then it is ended",
     plx_cli_set_duration, AT(grace_s), 0, 1000000000, false},
    {"isolate", 0, NULL, "run each item of the kernel in a process of its own",
     plx_cli_set_flag, AT(isolate), 0, 0, false},
    {"keep-order", 0, NULL, "print what commands write in the order of the items",
     plx_cli_set_flag, AT(keep_order), 0, 0, false},
    {"output", 'o', "FILE",
     "all results in the order of the items, once each has one; with --journal", plx_cli_set_text,
     AT(output), 0, 0, false},
    {"force", 0, NULL, "replace that file if it exists", plx_cli_set_flag, AT(force), 0, 0, false},
    {"dry-run", 0, NULL, "print what would be run, and run nothing", plx_cli_set_flag, AT(dry_run),
     0, 0, false},
    PLX_ROWS_FAILS(AT),
    PLX_ROWS_PROGRESS(AT),
    {"json", 0, NULL, "print one JSON object, and not what commands write to stdout",
     plx_cli_set_flag, AT(json), 0, 0, false},
    PLX_ROWS_STARTED(AT),
    {0}
};

static void print_more(void)
{
    puts("\nITEMS: a file of lines, a .npy file of rows for a kernel that takes values, or - for "
         "stdin.\n"
         "Exit codes: 0 all done, 1 some items failed, 75 items are left: run it again.\n"
         "`parallax journal` shows what a journal holds.");
}

static const plx_cli_command command = {
    .name = "batch",
    .usage = "batch KERNEL [ITEMS] [options]\n"
             "       parallax batch --exec 'COMMAND {}' [ITEMS] [options]",
    .about = "Run many items through a kernel or a command under a model, and lose none: with\n"
             "--journal each item's end is recorded once, and the same command line goes on after\n"
             "any interruption.",
    .options = options,
    .more = print_more,
};

static int read_operands(plx_batch_ask *ask, int count, char **operands)
{
    const int most = ask->command != NULL ? 1 : 2;
    if (count == 0 && ask->command == NULL)
        return plx_cli_error(PLX_EXIT_USAGE, "batch: needs a KERNEL, or --exec and a command; see "
                                             "parallax batch --help");
    if (count > most)
        return plx_cli_error(PLX_EXIT_USAGE, "batch: '%s' is one too many%s; see parallax batch "
                                             "--help",
                             operands[most],
                             ask->command != NULL ? ": --exec takes ITEMS alone" : "");
    if (count == most)
        ask->items = operands[most - 1];
    if (ask->items != NULL && *ask->items == '\0')
        return plx_cli_error(PLX_EXIT_USAGE, "ITEMS '': not allowed; it takes a file or -");
    if (ask->command == NULL)
        ask->kernel_name = operands[0];
    return 0;
}

static int find_word(const char *option, const char *text, const char *const *words, int *found)
{
    for (*found = 0; text != NULL && words[*found] != NULL; ++*found)
        if (strcmp(text, words[*found]) == 0)
            return 0;
    if (text == NULL) {
        *found = 0;
        return 0;
    }
    return plx_cli_error(PLX_EXIT_USAGE, "%s '%s': not allowed; it takes %s, %s or %s", option,
                         text, words[0], words[1], words[2]);
}

static int read_words(plx_batch_ask *ask)
{
    static const char *const resumes[] = { "auto", "never", "failed", NULL },
                             *const durabilities[] = { "group", "item", "none", NULL };
    const char *model = ask->model_name != NULL ? ask->model_name
                        : ask->command != NULL  ? "pthread"
                                                : plx_cli_default_model();
    int code = plx_cli_find_model(model, PLX_BATCH, &ask->model), word = 0;
    ask->across = strncmp(model, "mpi", 3) == 0;
    ask->single = strcmp(model, "mpi") == 0 || strcmp(model, "serial") == 0;
    if (code == 0)
        code = plx_cli_place_fits(model, ask->ranks, ask->threads);
    if (code == 0)
        code = find_word("--resume", ask->resume_name, resumes, &word);
    ask->resume = (plx_resume)word;
    if (code == 0)
        code = find_word("--durability", ask->durability_name, durabilities, &word);
    ask->durability = (plx_durability)word;
    return code;
}

static int read_command(plx_batch_ask *ask)
{
    const char *why = NULL;
    ask->words = plx_words_read(ask->command, ask->shell, &why);
    if (ask->words != NULL)
        return 0;
    if (why == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "no memory for --exec");
    return plx_cli_error(PLX_EXIT_USAGE, "--exec '%s': not allowed; %s", ask->command, why);
}

/* A command without a list reads one from stdin, if somebody feeds it. */
static void find_items(plx_batch_ask *ask)
{
    if (ask->items == NULL && ask->n == PLX_ITEMS_ALL && ask->command != NULL &&
        !isatty(STDIN_FILENO))
        ask->items = "-";
}

int plx_batch_ask_for_kernel(plx_batch_ask *ask)
{
    int code = 0;
    if (ask->kernel != NULL) {
        code = plx_cli_check_fit(ask->kernel, PLX_BATCH);
        if (code == 0)
            code = plx_cli_set_params(ask->kernel, &ask->params, ask->ctx);
        if (code == 0 && ask->n == PLX_ITEMS_ALL && ask->items == NULL && ask->kernel->items &&
            ask->kernel->items(ask->ctx) != 0)
            ask->n = ask->kernel->items(ask->ctx);
    }
    ask->helped = ask->command != NULL || ask->isolate;
    if (code == 0)
        code = plx_batch_ask_together(ask);
    if (code == 0 && (ask->subject = plx_batch_subject(ask)) == NULL)
        code = plx_cli_error(PLX_EXIT_SYSTEM, "no memory for what the journal is about");
    if (code == 0 && ask->journal != NULL && strlen(ask->subject) >= PLX_SUBJECT_MAX)
        code = plx_cli_error(PLX_EXIT_USAGE,
                             "--journal: not allowed with so long a command or parameters: %zu "
                             "bytes, and each segment names them in up to %d",
                             strlen(ask->subject), PLX_SUBJECT_MAX - 1);
    return code;
}

int plx_batch_ask_read(plx_batch_ask *ask, int argc, char **argv)
{
    *ask = (plx_batch_ask){ .n = PLX_ITEMS_ALL, .seed = 1, .failures = PLX_ROWS_FAILURES,
                            .grace_s = -1 };
    int first;
    int code = plx_cli_parse(&command, argc, argv, ask, &first);
    if (code == 0)
        code = read_operands(ask, argc - first, argv + first);
    if (code == 0)
        code = read_words(ask);
    if (code == 0 && ask->command != NULL)
        code = read_command(ask);
    if (code == 0 && ask->kernel_name != NULL && !plx_cli_kernel_is_file(ask->kernel_name))
        code = plx_cli_find_kernel(ask->kernel_name, &ask->kernel);
    if (code == 0)
        find_items(ask);
    return code;
}
