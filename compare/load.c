/* SPDX-License-Identifier: MIT */
/*
 * compare/load.c: the machine's processor time less our own and our children's is somebody else's.
 *
 * The kernel counts the machine's in ticks, of 10 ms as a rule, and a process's exactly: a single
 * short launch tells little, so the mean stands on the sum over all launches, and the most of one
 * launch is told less two ticks.
 */
#define _DEFAULT_SOURCE /* usleep */
#include "compare/load.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "compare/launch.h"

static const unsigned rest_us = 200000;
static const double ticks_unsure = 2;

/* "cpu  user nice system idle iowait irq softirq steal ...": all but the two in which nobody ran */
double plx_load_busy(const char *stat, double ticks_per_s)
{
    enum { IDLE = 3, IOWAIT = 4, FIELDS = 8 };
    double ticks = 0;
    if (strncmp(stat, "cpu ", 4) != 0)
        return -1;
    stat += 4;
    for (int i = 0; i < FIELDS; i++) {
        char *end;
        unsigned long long value = strtoull(stat, &end, 10);
        if (end == stat)
            return -1;
        ticks += i == IDLE || i == IOWAIT ? 0 : (double)value;
        stat = end;
    }
    return ticks / ticks_per_s;
}

static double ticks_per_s(void)
{
    long ticks = sysconf(_SC_CLK_TCK);
    return ticks > 0 ? (double)ticks : 100;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

plx_load_moment plx_load_now(void)
{
    char text[512] = "";
    struct rusage own;
    plx_load_moment now = {.at_s = plx_launch_now_s()};
    FILE *file = fopen("/proc/stat", "r");
    if (file) {
        if (!fgets(text, sizeof text, file))
            text[0] = '\0';
        fclose(file);
    }
    now.busy_s = plx_load_busy(text, ticks_per_s());
    if (getrusage(RUSAGE_SELF, &own) == 0)
        now.own_s = seconds(own.ru_utime) + seconds(own.ru_stime);
    return now;
}

static double others(const plx_load_moment *since, const plx_load_moment *until, double children_s)
{
    return until->busy_s - since->busy_s - (until->own_s - since->own_s) - children_s;
}

static bool is_known(const plx_load_moment *since, const plx_load_moment *until)
{
    return since->busy_s >= 0 && until->busy_s >= since->busy_s && until->at_s > since->at_s;
}

void plx_load_count(plx_load_sum *sum, plx_compare_load *load, const plx_load_moment *since,
                    const plx_load_moment *until, double children_s, const char *where)
{
    if (!is_known(since, until)) {
        sum->unknown = true;
        return;
    }
    double others_s = others(since, until, children_s), took_s = until->at_s - since->at_s;
    double most = (others_s - ticks_unsure / ticks_per_s()) / took_s;
    sum->others_s += others_s;
    sum->took_s += took_s;
    if (most > load->most) {
        load->most = most;
        snprintf(load->where, sizeof load->where, "%s", where);
    }
}

void plx_load_rest(plx_compare_load *load)
{
    plx_load_moment since = plx_load_now();
    usleep(rest_us);
    plx_load_moment until = plx_load_now();
    load->before = is_known(&since, &until)
                       ? fmax(0, others(&since, &until, 0) / (until.at_s - since.at_s))
                       : -1;
}

void plx_load_finish(const plx_load_sum *sum, plx_compare_load *load)
{
    bool known = !sum->unknown && sum->took_s > 0;
    load->during = known ? fmax(0, sum->others_s / sum->took_s) : -1;
    load->most = known ? load->most : -1;
    if (!known)
        load->where[0] = '\0';
}
