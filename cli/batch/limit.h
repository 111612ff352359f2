/* SPDX-License-Identifier: MIT */
/* cli/batch/limit.h: --deadline TIME|auto: how long a batch may take, or when its job ends. */
#ifndef PLX_CLI_BATCH_LIMIT_H
#define PLX_CLI_BATCH_LIMIT_H

/** What `auto` leaves of the job's time to close the journal, end the ranks and be requeued. */
#define PLX_LIMIT_MARGIN_S 5.0

/**
 * Seconds from now on; 0: there is no end. text: a time as plx_cli_set_deadline reads it, or
 * "auto": what the batch system says of the job that this process is in, less PLX_LIMIT_MARGIN_S,
 * at least 1 ms. Asks Slurm by SLURM_JOB_END_TIME, else by squeue, and PBS by qstat, 10 s at most;
 * so before anything is forked, in one process.
 *
 * Errors   0, or after printing the line: 64 (no time; no batch system here), 69 (its tool is
 *          missing), 75 (it does not answer)
 */
int plx_batch_limit(const char *text, double *seconds);

#endif
