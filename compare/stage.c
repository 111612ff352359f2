/* SPDX-License-Identifier: MIT */
/*
 * compare/stage.c: a folder of our own with the input that all slices are read from.
 *
 * The program itself writes it, once: what it makes there is what it makes in memory.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/stage.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compare/answer.h"
#include "compare/factor.h"
#include "compare/plan.h"
#include "compare/why.h"

static bool is_needed(const plx_compare_result *result)
{
    for (size_t r = 0; r < result->rows_count; r++)
        if (plx_factor_reads_files(&result->rows[r]))
            return true;
    return false;
}

static int make_input(const plx_stage *stage, const plx_compare_plan *plan, char why[320])
{
    plx_launch launch = {0};
    plx_answer answer;
    char **argv = plx_plan_made_command(plan, stage->in);
    if (!argv)
        return plx_why_no_memory(why);
    plx_launch_run(argv, plan->limit_s, &launch);
    plx_answer_explain(&answer, &launch, plan->limit_s);
    free(launch.out);
    free(argv);
    if (answer.kind == PLX_ANSWER_INTERRUPTED)
        return plx_why_stopped(why);
    if (answer.kind == PLX_ANSWER_GOOD)
        return 0;
    /* a job that cannot be is refused in the words that serial's launch would have */
    snprintf(why, 320, "%s%.280s",
             answer.exit_code == plx_status_exit(PLX_BAD_JOB) ? "" : "the input of where=file: ",
             answer.why);
    return answer.exit_code;
}

int plx_stage_make(plx_stage *stage, plx_compare_result *result, char why[320])
{
    enum { CANNOT_CREATE = 73 };    /* as sysexits.h has it; no status of the library means it */
    plx_compare_plan *plan = &result->plan;
    if (!is_needed(result))
        return 0;
    if (!plx_folder_make(stage->folder)) {
        snprintf(why, 320, "the files of where=file: no folder in %.200s: %s", stage->folder,
                 strerror(errno));
        return CANNOT_CREATE;
    }
    stage->made = true;
    snprintf(stage->in, sizeof stage->in, "%s/in.npy", stage->folder);
    snprintf(stage->out, sizeof stage->out, "%s/out", stage->folder);
    if (strcmp(plan->pattern, plx_pattern_name(PLX_MAP)) == 0)
        plan->staged_out = stage->out;
    if (plan->kernel->in_size == 0 || plan->input)
        return 0;
    plan->staged_in = stage->in;
    return make_input(stage, plan, why);
}

/* A launch that was ended in the middle may have left more than our two. */
static void empty(const char *folder)
{
    char path[2 * PLX_FOLDER_PATH];
    DIR *dir = opendir(folder);
    for (const struct dirent *entry; dir && (entry = readdir(dir));) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path); /* "." and ".." stay: they are folders */
    }
    if (dir)
        closedir(dir);
}

void plx_stage_remove(plx_stage *stage, plx_compare_result *result)
{
    result->plan.staged_in = result->plan.staged_out = NULL;
    if (!stage->made)
        return;
    empty(stage->folder);
    rmdir(stage->folder);
    stage->made = false;
}
