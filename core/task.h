/* SPDX-License-Identifier: MIT */
/*
 * core/task.h: one task, whole on one worker: what a fan and a scope share.
 *
 * A task is a small run of its own with one lane, whose items begin at lo; it is one item of the
 * call that it belongs to, and its lowest failed item becomes the failure of that item.
 */
#ifndef PLX_CORE_TASK_H
#define PLX_CORE_TASK_H

#include "core/run.h"

/* kernel: the checked copy, here and below; root: in and out must be there */
plx_status plx_task_check(const plx_task *, const plx_kernel *, bool root, char why[108]);
size_t plx_task_out_size(const plx_task *, const plx_kernel *);
size_t plx_task_in_size(const plx_task *, const plx_kernel *);      /* VARIES: needs at */

/**
 * Run a task as item number of the call whole. *failure tells of it if it was ITEM_FAILED or
 * REFUSED; any other status that is not OK is trouble of the call.
 */
plx_status plx_task_run(const plx_task *, const plx_kernel *, size_t number, plx_run *whole,
                        int worker, plx_failure *failure);
bool plx_task_failed(plx_status);
void plx_task_fail(plx_run *whole, int worker, const plx_failure *);    /* it counts as failed */

#endif
