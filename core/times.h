/* SPDX-License-Identifier: MIT */
/*
 * core/times.h: where a call's time goes, the same for threads and ranks.
 *
 * Each rank counts from the moment in which all agreed to start, so no clock is shared. A worker
 * waits or is busy until its last chunk ends, and is idle from there until the last of all workers
 * has ended its own: the means of the three add up to that moment, and with what lies before and
 * after it to the whole. Nothing is estimated and nothing is left over.
 */
#ifndef PLX_CORE_TIMES_H
#define PLX_CORE_TIMES_H

#include "core/run.h"

typedef struct plx_times {
    /* this rank's clock: it entered, the model's function began, the result was handed over */
    double entered_s, began_s, ended_s;
    /* the most of all workers and ranks, from began_s on: the end of the last chunk, busy_s, the
       end of the call */
    double last, busy_max, end;
    /* the least of all ranks: before began_s, so that the last to enter begins the call; in
       scattering and in gathering */
    double before, scatter, gather;
    double lasts, busys;            /* sums over all workers */
    double prepare;                 /* the most of all ranks, of what lies within before */
} plx_times;

/** What this process alone knows. */
void plx_times_take(plx_times *, const plx_run *);
/** Its prepare() as far as it lies within before. */
double plx_times_prepare(const plx_times *, const plx_run *);
/** Into the report, when all is known. */
void plx_times_tell(const plx_times *, int workers, plx_report *);

#endif
