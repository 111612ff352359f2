/* SPDX-License-Identifier: MIT */
/*
 * cli/run_ask.c: the command line of `parallax run`, read and checked.
 *
 * To add an option: a field in plx_cli_ask and a row in the table. All that the command line alone
 * can tell is checked before a thread or a rank is started; what hangs on the kernel once that is
 * known.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "error.h"
#include "kernel_file.h"
#include "names.h"
#include "number.h"
#include "option_rows.h"
#include "place.h"
#include "run.h"
#include "tsv.h"
#include "type.h"

enum { TASKS_MAX = 1000000 };

#define AT(field) offsetof(plx_cli_ask, field)

static const plx_cli_option options[] = {
    {"model", 'm', "MODEL",
     "serial, omp, pthread, mpi, mpi+omp, mpi+pthread (default: omp if built, else pthread)",
     plx_cli_set_text, AT(model_name), 0, 0, false},
    {"items", 'n', "N", "number of items, 1e9 too (default: all of -i)", plx_cli_set_size, AT(n), 0,
     PLX_CLI_COUNT_MAX, false},
    PLX_ROWS_PLACE(AT),
    {"bind", 0, "WORD", "what the ranks are bound to: core or none (default: cores if enough)",
     plx_cli_set_text, AT(bind_name), 0, 0, false},
    {"where", 0, "WORD",
     "where the data are: root: rank 0's memory (default); local: each rank's own share; file:\n"
     "                             each rank reads and writes its slice of -i, -o and --bytes",
     plx_cli_set_text, AT(where_name), 0, 0, false},
    {"schedule", 0, "NAME", "guided (default), static or dynamic", plx_cli_set_text,
     AT(schedule_name), 0, 0, false},
    {"grain", 0, "G", "items a block (default: the kernel's)", plx_cli_set_size, AT(grain), 1,
     PLX_CLI_COUNT_MAX, false},
    {"seed", 0, "S", "of the input that is made without -i (default 1)", plx_cli_set_u64, AT(seed),
     0, UINT64_MAX, false},
    PLX_ROWS_PARAM(AT(params)),
    {"input", 'i', "FILE",
     "the items: .npy of float64, float32, int64, uint64 or uint8; or text, one item a line, if\n"
     "                             they differ in length",
     plx_cli_set_text, AT(input), 0, 0, false},
    {"output", 'o', "FILE",
     "where results that are items go: .npy, .tsv (a table), .png (a picture)",
     plx_cli_set_text, AT(output), 0, 0, false},
    {"bytes", 0, "FILE", "the result's raw bytes, for comparisons", plx_cli_set_text, AT(bytes), 0,
     0, false},
    {"trace", 0, "FILE",
     "what each worker did when, as Chrome trace events (JSON, opens in Perfetto)",
     plx_cli_set_text, AT(trace), 0, 0, false},
    {"force", 0, NULL, "replace what these three name if it exists", plx_cli_set_flag, AT(force), 0,
     0, false},
    {"keep-going", 0, NULL, "run all items even if some fail", plx_cli_set_flag, AT(keep_going), 0,
     0, false},
    PLX_ROWS_FAILS(AT),
    {"tasks", 0, "T", "fan, task, priority: cut the items into T tasks (default 64)",
     plx_cli_set_size, AT(tasks), 1, TASKS_MAX, false},
    {"batch", 0, "B", "batch, pipeline: items a batch (default: the grain)", plx_cli_set_size,
     AT(batch), 1, PLX_CLI_COUNT_MAX, false},
    {"in-flight", 0, "K", "the same: batches between source and sink (default: 2 x workers)",
     plx_cli_set_size, AT(in_flight), 1, TASKS_MAX, false},
    {"exclusive", 0, NULL, "scan: each result leaves its own item out", plx_cli_set_flag,
     AT(exclusive), 0, 0, false},
    {"timeout", 0, "TIME", "the longest one try of an item may take; its kernel is told so",
     plx_cli_set_duration, AT(policy.timeout_s), 1, 1000000000, false},
    {"fallback", 0, "VALUE", "what an item comes to whose last try failed; or zero",
     plx_cli_set_text, AT(policy.fallback), 0, 0, false},
    PLX_ROWS_TRIES(AT),
    PLX_ROWS_RATE(AT),
    {"resources", 0, "K", "each process has K handles, and an item runs with one of them",
     plx_cli_set_size, AT(policy.resources), 1, TASKS_MAX, false},
    {"deadline", 0, "TIME", "stop after that time: 90, 2m or 00:30:00; exit code 75",
     plx_cli_set_deadline, AT(policy.deadline_s), 0, 0, false},
    PLX_ROWS_PROGRESS(AT),
    {"json", 0, NULL, "print one JSON object", plx_cli_set_flag, AT(json), 0, 0, false},
    {"repeat", 0, "K", NULL, plx_cli_set_size, AT(repeat), 1, 1000, false},
    {"made", 0, "FILE", NULL, plx_cli_set_text, AT(made), 0, 0, false},
    PLX_ROWS_STARTED(AT),
    {0}
};

static void print_more(void)
{
    puts("\npatterns:");
    for (int i = 0; i < PLX_PATTERNS; i++)
        printf("  %-8s %s\n", plx_pattern_name((plx_pattern)i), plx_pattern_about((plx_pattern)i));
    puts("\n`parallax list` shows the kernels and their parameters.");
}

static const plx_cli_command command = {
    .name = "run",
    .usage = "run PATTERN KERNEL [options]",
    .about =
        "Run a kernel once by a pattern under a model; print the result and where the time went.\n"
        "Kernels that take input get it from -i, or n values made from --seed.",
    .options = options,
    .more = print_more,
};

static int read_operands(plx_cli_ask *ask, int count, char **operands)
{
    if (count < 2)
        return plx_cli_error(PLX_EXIT_USAGE, "run: needs a %s; usage: parallax %s",
                             count == 0 ? "PATTERN and a KERNEL" : "KERNEL", command.usage);
    if (count > 2)
        return plx_cli_error(PLX_EXIT_USAGE, "run: '%s' is one too many; usage: parallax %s",
                             operands[2], command.usage);
    ask->kernel_name = operands[1];
    int code = plx_cli_find_pattern(operands[0], &ask->pattern);
    if (code == 0 && (ask->pattern == PLX_QUEUE || ask->pattern == PLX_DIVIDE))
        return plx_cli_error(PLX_EXIT_USAGE, "pattern '%s': runs functions of a program, not "
                                             "kernels: examples/ has such programs",
                             operands[0]);
    if (code == 0 && !plx_cli_kernel_is_file(ask->kernel_name))
        code = plx_cli_find_kernel(ask->kernel_name, &ask->kernel);
    return code;
}

static int read_words(plx_cli_ask *ask)
{
    const char *model = ask->model_name != NULL ? ask->model_name : plx_cli_default_model();
    int code = plx_cli_find_model(model, ask->pattern, &ask->model);
    if (code == 0 && ask->schedule_name != NULL)
        code = plx_cli_find_schedule(ask->schedule_name, &ask->schedule);
    if (code != 0)
        return code;
    ask->across = strncmp(model, "mpi", 3) == 0;
    ask->table = ask->output != NULL && plx_tsv_named(ask->output);
    ask->single = strcmp(model, "mpi") == 0 || strcmp(model, "serial") == 0;
    code = plx_cli_place_fits(model, ask->ranks, ask->threads);
    return code == 0 ? plx_cli_ask_for_place(ask) : code;
}

/* What the result is: one accumulator, or items of which kind. */
static void see_result(plx_cli_ask *ask)
{
    const plx_kernel *kernel = ask->kernel;
    const plx_field *field = kernel->results;
    const bool scans = ask->pattern == PLX_SCAN,
               single = field != NULL && field->name != NULL && field[1].name == NULL &&
                        field->offset == 0 && field->size == kernel->acc_size &&
                        plx_cli_type_of(field->type)->descr != NULL;
    ask->in_tasks = ask->pattern == PLX_FAN || ask->pattern == PLX_TASK ||
                    ask->pattern == PLX_PRIORITY;
    ask->streams = ask->pattern == PLX_BATCH || ask->pattern == PLX_PIPELINE;
    ask->folds = ask->pattern == PLX_REDUCE || (ask->in_tasks && kernel->fold != NULL);
    ask->item_size = scans ? kernel->acc_size : kernel->out_size;
    ask->item_type = !scans ? kernel->out_type : single ? field->type : PLX_BYTES;
}

int plx_cli_ask_for_kernel(plx_cli_ask *ask)
{
    const plx_kernel *kernel = ask->kernel;
    int code = plx_cli_check_fit(kernel, ask->pattern);
    if (code == 0)
        code = plx_cli_set_params(kernel, &ask->params, ask->ctx);
    if (code != 0)
        return code;
    see_result(ask);
    if (ask->n == PLX_CLI_UNTOLD && ask->input == NULL && kernel->items && kernel->items(ask->ctx))
        ask->n = kernel->items(ask->ctx);
    code = plx_cli_policy_check(ask);
    return code == 0 ? plx_cli_ask_together(ask) : code;
}

int plx_cli_ask_read(plx_cli_ask *ask, int argc, char **argv)
{
    *ask = (plx_cli_ask){ .n = PLX_CLI_UNTOLD, .seed = 1, .failures = PLX_ROWS_FAILURES };
    int first;
    int code = plx_cli_parse(&command, argc, argv, ask, &first);
    if (code == 0)
        code = read_operands(ask, argc - first, argv + first);
    return code == 0 ? read_words(ask) : code;
}
