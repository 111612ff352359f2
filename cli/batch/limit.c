/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/limit.c: when a job ends, by the words of its batch system.
 *
 * Slurm tells the end in the environment or, before 23.02, what is left by squeue. Torque tells
 * what is left; PBS the wall time and when the job started. What cannot be read is no answer.
 *
 * Source   squeue(1) (%L: days-hours:minutes:seconds), sbatch(1); qstat(1B), pbs_job_attributes(7B)
 */
#define _XOPEN_SOURCE 700 /* popen */
#include "limit.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "../error.h"
#include "../number.h"
#include "../policy.h"

enum { LINE_SIZE = 4096, ID_MAX = 200, NOT_FOUND = 127 };

/* What is known of the job; negative: nothing. */
typedef struct facts {
    double left, wall, started;
    bool endless;
} facts;

/* A job's name goes into a command line. */
static bool is_plain(const char *id)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "._-[]@";
    const size_t length = strlen(id);
    return length > 0 && length <= ID_MAX && *id != '-' && strspn(id, allowed) == length;
}

/* "[D-][[HH:]MM:]SS". */
static bool read_left(const char *text, double *seconds)
{
    double sum = 0, days = 0;
    for (int parts = 0; parts < 3;) {
        char *end;
        if (*text < '0' || *text > '9')
            return false;
        const double part = (double)strtoull(text, &end, 10);
        text = end + 1;
        if (*end == '-' && parts == 0 && days == 0) {
            days = 86400 * part;
            continue;
        }
        sum = 60 * sum + part;
        parts++;
        if (*end == '\0')
            *seconds = days + sum;
        if (*end != ':')
            return *end == '\0';
    }
    return false;
}

/* "Sun Nov 22 20:36:56 2026", in local time. */
static bool read_date(const char *text, double *seconds)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char month[4];
    struct tm date = { .tm_isdst = -1 };
    if (sscanf(text, "%*3s %3s %2d %2d:%2d:%2d %4d", month, &date.tm_mday, &date.tm_hour,
               &date.tm_min, &date.tm_sec, &date.tm_year) != 6)
        return false;
    const char *at = strlen(month) == 3 ? strstr(months, month) : NULL;
    if (at == NULL || (at - months) % 3 != 0)
        return false;
    date.tm_mon = (int)((at - months) / 3);
    date.tm_year -= 1900;
    const time_t told = mktime(&date);
    *seconds = (double)told;
    return told != (time_t)-1;
}

static void take_squeue(char *line, facts *job)
{
    if (strcmp(line, "UNLIMITED") == 0)
        job->endless = true;
    else if (strcmp(line, "INVALID") == 0) /* less than nothing: its time is over */
        job->left = 0;
    else
        read_left(line, &job->left);
}

/* "    NAME = VALUE". */
static void take_qstat(char *line, facts *job)
{
    line += strspn(line, " \t");
    char *equals = strstr(line, " = ");
    if (equals == NULL)
        return;
    *equals = '\0';
    if (strcmp(line, "Walltime.Remaining") == 0)
        read_left(equals + 3, &job->left);
    else if (strcmp(line, "Resource_List.walltime") == 0)
        read_left(equals + 3, &job->wall);
    else if (strcmp(line, "stime") == 0 || strcmp(line, "start_time") == 0)
        read_date(equals + 3, &job->started);
}

/* Its lines to take(); 0, or an exit code after printing the line. */
static int ask(const char *tool, const char *options, const char *id,
               void (*take)(char *line, facts *), facts *job)
{
    char command[LINE_SIZE], line[LINE_SIZE];
    snprintf(command, sizeof command, "timeout -k 1 10 %s '%s' 2>/dev/null </dev/null", options,
             id);
    FILE *from = popen(command, "r");
    if (from == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "cannot start %s to ask when job %s ends", tool, id);
    while (fgets(line, sizeof line, from)) {
        line[strcspn(line, "\n")] = '\0';
        take(line, job);
    }
    const int status = pclose(from);
    if (job->endless || job->left >= 0)
        return 0;
    if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
        return plx_cli_error(PLX_EXIT_MISSING,
                             "--deadline 'auto': %s is missing here, which tells when job %s ends; "
                             "give --deadline a time, such as 2m or 00:30:00",
                             tool, id);
    if (status == 0 && job->started >= 0) {
        job->endless = job->wall < 0;
        job->left = job->wall - difftime(time(NULL), (time_t)job->started);
        return 0;
    }
    return plx_cli_error(plx_status_exit(PLX_STOPPED),
                         "--deadline 'auto': %s does not tell when job %s ends; try again, or give "
                         "--deadline a time, such as 2m or 00:30:00",
                         tool, id);
}

static int look(facts *job)
{
    const char *slurm = getenv("SLURM_JOB_ID"), *end = getenv("SLURM_JOB_END_TIME");
    const char *pbs = getenv("PBS_JOBID");
    uint64_t told;
    if (slurm && end && plx_cli_whole(end, &told) && told < UINT32_MAX * UINT64_C(1000)) {
        job->left = difftime((time_t)told, time(NULL));
        return 0;
    }
    if (slurm && is_plain(slurm))
        return ask("squeue", "squeue -h -o %L -j", slurm, take_squeue, job);
    if (pbs && is_plain(pbs))
        return ask("qstat", "qstat -f", pbs, take_qstat, job);
    return plx_cli_error(PLX_EXIT_USAGE,
                         "--deadline 'auto': not allowed; no scheduler here tells an end (neither "
                         "SLURM_JOB_ID nor PBS_JOBID is set); it takes a time, such as 2m or "
                         "00:30:00");
}

int plx_batch_limit(const char *text, double *seconds)
{
    static const plx_cli_option option = { .name = "deadline" };
    if (strcmp(text, "auto") != 0)
        return plx_cli_set_deadline(&option, seconds, text);
    facts job = { .left = -1, .wall = -1, .started = -1 };
    const int code = look(&job);
    const double left = job.left - PLX_LIMIT_MARGIN_S;
    if (code == 0)
        *seconds = job.endless ? 0 : left > 1e-3 ? left : 1e-3;
    return code;
}
