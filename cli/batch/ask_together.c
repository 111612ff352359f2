/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/ask_together.c: which options of `parallax batch` go with which others.
 *
 * An option that would have no effect here is an error, so that nobody believes that it had one.
 */
#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "batch.h"
#include "merge.h"

static int refuse(const char *option, const char *why)
{
    return plx_cli_error(PLX_EXIT_USAGE, "%s: not allowed %s", option, why);
}

/* What needs a journal; what is for kernels or commands alone. The first that is told wrongly. */
static int check_table(const plx_batch_ask *ask)
{
    const bool journal = ask->journal != NULL, command = ask->command != NULL;
    const struct {
        const char *option;
        bool told, good;
        const char *why;
    } rows[] = {
        { "--resume", ask->resume_name != NULL, journal, "without --journal" },
        { "--durability", ask->durability_name != NULL, journal, "without --journal" },
        { "--take-over", ask->take_over, journal, "without --journal" },
        { "--max-idle", ask->idle != 0, journal, "without --journal" },
        { "-o", ask->output != NULL, journal, "without --journal, which holds the results" },
        { "--force", ask->force, ask->output != NULL, "without -o" },
        { "--shell", ask->shell, command, "without --exec" },
        { "--keep-order", ask->keep_order, command, "without --exec: kernels print nothing" },
        { "-P", ask->params.count > 0, !command, "with --exec: a command has no parameters" },
        { "--isolate", ask->isolate, !command,
          "with --exec: commands are processes of their own already" },
        { "-0", ask->nul, ask->items != NULL, "without ITEMS: it says how they end" },
        { "--exec", command && ask->across, journal,
          "across ranks without --journal, from which rank 0 prints what the others' commands "
          "wrote" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].told && !rows[i].good)
            return refuse(rows[i].option, rows[i].why);
    return 0;
}

static int check_list(const plx_batch_ask *ask)
{
    const plx_kernel *kernel = ask->kernel;
    if (ask->items == NULL && kernel != NULL && kernel->in_size == PLX_VARIES)
        return plx_cli_error(PLX_EXIT_USAGE, "ITEMS: missing; kernel '%s' takes a text file, one "
                                             "item a line",
                             kernel->name);
    if (ask->items == NULL && ask->n == PLX_ITEMS_ALL)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "ITEMS: missing; give a file, - for stdin, or -n and a number");
    return 0;
}

/* A result stands whole in one entry of the journal. */
static int check_sizes(const plx_batch_ask *ask)
{
    const plx_kernel *kernel = ask->kernel;
    if (kernel == NULL || ask->journal == NULL)
        return 0;
    if (kernel->out_size > PLX_RESULT_MAX)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "--journal: not allowed with kernel '%s': its results have %zu bytes, "
                             "and a journal takes up to %d each",
                             kernel->name, kernel->out_size, PLX_RESULT_MAX);
    if (kernel->in_size != PLX_VARIES && kernel->in_size > PLX_ITEM_MAX)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "--journal: not allowed with kernel '%s': its items have %zu bytes, "
                             "and a journal takes up to %d each",
                             kernel->name, kernel->in_size, PLX_ITEM_MAX);
    return 0;
}

static int check_fallback(const plx_batch_ask *ask)
{
    const char *text = ask->policy.fallback;
    if (text == NULL)
        return 0;
    if (ask->command != NULL)
        return strlen(text) <= PLX_RESULT_MAX
                   ? 0
                   : plx_cli_error(PLX_EXIT_USAGE, "--fallback: %zu bytes: too long; it takes %d",
                                   strlen(text), PLX_RESULT_MAX);
    void *item = calloc(1, ask->kernel->out_size + 1);
    int code = item != NULL ? plx_cli_policy_fallback(ask->kernel, text, item)
                            : plx_cli_error(PLX_EXIT_SYSTEM, "no memory for --fallback");
    free(item);
    return code;
}

/* What `auto` says is known only where the batch runs. */
static int check_deadline(const plx_batch_ask *ask)
{
    static const plx_cli_option option = { .name = "deadline" };
    double deadline_s = 0;
    if (ask->deadline == NULL || strcmp(ask->deadline, "auto") == 0)
        return 0;
    const int code = plx_cli_set_deadline(&option, &deadline_s, ask->deadline);
    if (code != 0 || ask->grace_s < deadline_s)
        return code;
    return plx_cli_error(PLX_EXIT_USAGE,
                         "--grace '%g s': not allowed with --deadline '%s'; it must be shorter, or "
                         "nothing would begin",
                         ask->grace_s, ask->deadline);
}

int plx_batch_ask_together(const plx_batch_ask *ask)
{
    int code = check_table(ask);
    if (code == 0)
        code = check_deadline(ask);
    if (code == 0)
        code = check_list(ask);
    if (code == 0)
        code = check_sizes(ask);
    if (code == 0)
        code = plx_cli_policy_together(&ask->policy);
    if (code == 0)
        code = check_fallback(ask);
    return code == 0 && ask->output != NULL ? plx_merge_check(ask) : code;
}

plx_items_how plx_batch_items_how(const plx_batch_ask *ask)
{
    return (plx_items_how){ .kernel = ask->kernel, .path = ask->items, .nul = ask->nul,
                            .n = ask->n, .seed = ask->seed };
}
