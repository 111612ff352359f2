/* SPDX-License-Identifier: MIT */
/*
 * compare/answer.c: from a process's output to numbers, believing nothing.
 *
 * An answer is good only if the process ended with 0 and its whole stdout is one parallax.run/1
 * object of the model asked for, status OK, with a digest, a result and as many times as asked.
 */
#include "compare/answer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/factor.h"
#include "compare/plan.h"
#include "compare/report/schema.h"
#include "compare/stats.h"

#define SAY(answer, ...) snprintf((answer)->why, sizeof(answer)->why, __VA_ARGS__)

static const char *skip_name(const char *line)
{
    static const char name[] = "parallax: ";
    return strncmp(line, name, sizeof name - 1) == 0 ? line + sizeof name - 1 : line;
}

/* A code is the command's own if its words say so; else some kernel, library or launcher ended it.
   mpirun gives 128 + n for a rank that signal n ended, and talks about it at length. */
static void explain_exit(plx_answer *answer, int code, bool ours, const char *last)
{
    answer->exit_code = ours || code == 0 ? code : plx_status_exit(PLX_INTERNAL);
    if (code == 0)
        answer->kind = PLX_ANSWER_GOOD;
    else if (ours && code == plx_status_exit(PLX_UNSUPPORTED))
        answer->kind = PLX_ANSWER_MISSING;
    if (code > 128)
        SAY(answer, "a process was ended by signal %d", code - 128);
    else if (*last)
        SAY(answer, "%s", last);
    else
        SAY(answer, "ended with exit code %d and no word", code);
}

/* Exit code 69 is an answer about the machine, every other failure one about the model. */
void plx_answer_explain(plx_answer *answer, const plx_launch *launch, double limit_s)
{
    const char *last = skip_name(launch->last);
    memset(answer, 0, sizeof *answer);
    answer->kind = PLX_ANSWER_BAD;
    answer->exit_code = plx_status_exit(PLX_INTERNAL);
    switch (launch->end) {
    case PLX_LAUNCH_INTERRUPTED:
        answer->kind = PLX_ANSWER_INTERRUPTED;
        break;
    case PLX_LAUNCH_NOT_STARTED:
        answer->exit_code = plx_status_exit(PLX_SYSTEM);
        SAY(answer, "cannot start %s", last);
        break;
    case PLX_LAUNCH_TOO_LONG:
        SAY(answer, "took longer than %g s and was ended", limit_s);
        break;
    case PLX_LAUNCH_TOO_MUCH:
        SAY(answer, "printed more than an answer can be and was ended");
        break;
    case PLX_LAUNCH_KILLED:
        SAY(answer, "ended by signal %d%s%s", launch->code, *last ? ": " : "", last);
        break;
    case PLX_LAUNCH_EXITED:
        explain_exit(answer, launch->code, launch->ours, last);
    }
}

/* A whole number as text, whether JSON holds it as number or text; false if neither. */
static bool read_count(const json_t *run, const char *key, char text[24])
{
    const json_t *value = json_object_get(run, key);
    if (json_is_integer(value))
        return snprintf(text, 24, "%" JSON_INTEGER_FORMAT, json_integer_value(value)) < 24;
    const char *word = json_string_value(value);
    return word && snprintf(text, 24, "%s", word) < 24;
}

static bool read_int(const json_t *run, const char *key, int *out)
{
    const json_t *value = json_object_get(run, key);
    json_int_t number = json_integer_value(value);
    *out = (int)number;
    return json_is_integer(value) && number >= 1 && number <= INT32_MAX;
}

static bool read_seconds(const json_t *value, double *out)
{
    *out = json_number_value(value);
    return json_is_number(value) && isfinite(*out) && *out >= 0;
}

/* What need not be there, or is null, is 0. */
static bool read_if_any(const json_t *value, double *out)
{
    *out = 0;
    return !value || json_is_null(value) || read_seconds(value, out);
}

/* The i-th of as many as there are repeats. */
static bool read_beside(const json_t *all, size_t i, double *out)
{
    const json_t *value = json_array_get(all, i);
    return (!all || value) && read_if_any(value, out);
}

/*
 * The median of the repeats; a time below the clock's step counts as one, so that ratios exist.
 * Where ranks read and wrote slices of files, a repeat is all three, as a call whose data rank 0
 * has is both scattering and gathering.
 */
static bool read_work(const json_t *run, int repeats, double *median)
{
    const json_t *all = json_object_get(run, "elapsed_all_s");
    size_t count = json_array_size(all);
    double *times = count == (size_t)repeats ? malloc(count * sizeof *times) : NULL, read, written;
    bool good = times != NULL;
    for (size_t i = 0; good && i < count; i++) {
        good = read_seconds(json_array_get(all, i), &times[i]) &&
               read_beside(json_object_get(run, "read_all_s"), i, &read) &&
               read_beside(json_object_get(run, "write_all_s"), i, &written);
        times[i] += good ? read + written : 0;
    }
    if (good)
        *median = fmax(plx_stats_median(times, count), 1e-9);
    free(times);
    return good && isfinite(*median);
}

static bool is_text(const json_t *run, const char *key, const char *wanted)
{
    const char *text = json_string_value(json_object_get(run, key));
    return text && strcmp(text, wanted) == 0;
}

/* Reading is handing data to the ranks, writing is collecting it: both move it. */
static const char *read_files(const json_t *run, plx_compare_phases *phases)
{
    double read_s, write_s;
    if (!read_if_any(json_object_get(run, "read_s"), &read_s))
        return "read_s";
    if (!read_if_any(json_object_get(run, "write_s"), &write_s))
        return "write_s";
    phases->hand_out_s += read_s;
    phases->collect_s += write_s;
    phases->transfer_s += read_s + write_s;
    return NULL;
}

/* The six parts of a call, and beside them what overlaps with them. As read_fields(). */
static const char *read_phases(const json_t *run, plx_compare_phases *phases)
{
    const json_t *six = json_object_get(run, "phases");
    for (size_t part = 0; part < PLX_SCHEMA_PARTS; part++) {
        const bool inside = part < PLX_SCHEMA_PHASES;
        if (!read_seconds(json_object_get(inside ? six : run, plx_schema_parts[part]),
                          plx_schema_part(phases, part)))
            return inside ? "phases" : plx_schema_parts[part];
    }
    return read_files(run, phases);
}

/* Null where the kernel does not tell; a number that it tells is one. */
static bool read_told(const json_t *work, plx_answer *answer)
{
    answer->operations = answer->bytes = 0;
    return json_is_null(work) ||
           (read_seconds(json_object_get(work, "operations"), &answer->operations) &&
            read_seconds(json_object_get(work, "bytes"), &answer->bytes));
}

/* The times, as read_fields(). */
static const char *read_times(plx_answer *answer, const json_t *run, int repeats)
{
    if (!read_work(run, repeats, &answer->work_s))
        return "elapsed_all_s";
    if (!read_seconds(json_object_get(run, "open_s"), &answer->open_s))
        return "open_s";
    if (!read_seconds(json_object_get(run, "launch_s"), &answer->launch_s))
        return "launch_s";
    return read_phases(run, &answer->phases);
}

/* The name of the first field that is missing or wrong; NULL: all are there. */
static const char *read_fields(plx_answer *answer, const json_t *run, const char *model,
                               int repeats)
{
    const char *digest = json_string_value(json_object_get(run, "digest"));
    if (!is_text(run, "schema", "parallax.run/1"))
        return "schema";
    if (!is_text(run, "model", model))
        return "model";
    if (!is_text(run, "status", "OK"))
        return "status";
    if (!digest || strlen(digest) != 16)
        return "digest";
    memcpy(answer->digest, digest, 17);
    if (!json_is_object(json_object_get(run, "result")))
        return "result";
    if (!read_count(run, "n", answer->n))
        return "n";
    if (!read_count(run, "grain", answer->grain))
        return "grain";
    if (!read_int(run, "workers", &answer->workers))
        return "workers";
    if (!read_int(run, "ranks", &answer->ranks))
        return "ranks";
    if (!read_int(run, "threads", &answer->threads))
        return "threads";
    if (!read_told(json_object_get(run, "work"), answer))
        return "work";
    return read_times(answer, run, repeats);
}

void plx_answer_read(plx_answer *answer, const plx_launch *launch, const char *model, int repeats,
                     double limit_s)
{
    plx_answer_explain(answer, launch, limit_s);
    if (answer->kind != PLX_ANSWER_GOOD)
        return;
    answer->why[0] = '\0';
    json_error_t error;
    json_t *run = launch->out
                      ? json_loadb(launch->out, launch->out_size, JSON_REJECT_DUPLICATES, &error)
                      : NULL;
    const char *wrong = run ? read_fields(answer, run, model, repeats) : NULL;
    answer->kind = run && !wrong ? PLX_ANSWER_GOOD : PLX_ANSWER_BAD;
    answer->exit_code = run && !wrong ? 0 : plx_status_exit(PLX_INTERNAL);
    if (!run)
        SAY(answer, "%s", launch->out_size ? "what it printed is not JSON" : "it printed nothing");
    else if (wrong)
        SAY(answer, "its JSON has no valid \"%s\"", wrong);
    else
        answer->result = json_incref(json_object_get(run, "result"));
    json_decref(run);
}

void plx_answer_get_many(plx_answer *answers, size_t count, const plx_compare_plan *plan,
                         const plx_compare_row *row)
{
    plx_launch *processes = calloc(count, sizeof *processes),
               none = {.end = PLX_LAUNCH_NOT_STARTED, .last = "out of memory"};
    const char *changes[PLX_FACTOR_CHANGES];
    char **argv = plx_plan_command(plan, row, plx_launch_now_ns());
    plx_factor_environment(plan, row, changes);
    if (argv && processes)
        plx_launch_run_many(&(plx_launch_what){argv, changes}, count, plan->limit_s, processes);
    for (size_t i = 0; i < count; i++) {
        const plx_launch *process = argv && processes ? &processes[i] : &none;
        plx_answer_read(&answers[i], process, row->model, plan->repeats, plan->limit_s);
        answers[i].process_s = process->cpu_s;
        free(process->out);
    }
    free(processes);
    free(argv);
}

void plx_answer_get(plx_answer *answer, const plx_compare_plan *plan, const plx_compare_row *row)
{
    plx_answer_get_many(answer, 1, plan, row);
}

void plx_answer_free(plx_answer *answer)
{
    json_decref(answer->result);
    answer->result = NULL;
}

static void show(const json_t *value, char text[80])
{
    char *dump = json_dumps(value, JSON_ENCODE_ANY);
    if (json_is_string(value))
        snprintf(text, 80, "%s", json_string_value(value));
    else
        snprintf(text, 80, "%s", dump ? dump : "nothing");
    free(dump);
}

bool plx_answer_same(const plx_answer *answer, const plx_answer *serial, const char *name,
                     char why[320])
{
    const char *key;
    json_t *value;
    char mine[80], theirs[80];
    json_object_foreach(serial->result, key, value)
    {
        const json_t *other = json_object_get(answer->result, key);
        if (json_equal(value, other))
            continue;
        show(other, mine);
        show(value, theirs);
        snprintf(why, 320, "%.64s is %s under %s, %s under serial", key, mine, name, theirs);
        return false;
    }
    if (strcmp(answer->n, serial->n) != 0 || strcmp(answer->grain, serial->grain) != 0) {
        snprintf(why, 320, "%s ran %s items in blocks of %s, serial %s in blocks of %s", name,
                 answer->n, answer->grain, serial->n, serial->grain);
        return false;
    }
    if (json_object_size(answer->result) != json_object_size(serial->result)) {
        snprintf(why, 320, "%s has other results than serial", name);
        return false;
    }
    if (strcmp(answer->digest, serial->digest) != 0) {
        snprintf(why, 320, "the result's bytes differ: digest %s under %s, %s under serial",
                 answer->digest, name, serial->digest);
        return false;
    }
    return true;
}
