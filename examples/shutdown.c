/* SPDX-License-Identifier: MIT */
/*
 * shutdown.c: graceful shutdown: a signal asks, what runs ends, nothing new begins.
 *
 * All that the handler does is to ask the stop token. Here the program sends itself the Ctrl-C,
 * once something is done; 100,000 waits would take minutes. Other ranks hear of it with their next
 * hand-out, so these are short.
 */
#include <plx/kernels.h>
#include <plx/plx.h>
#include <signal.h>
#include <stdio.h>

enum { ITEMS = 100000 };
static plx_stop stop;

static void asked_to_end(int signal_number)
{
    (void)signal_number;
    plx_stop_ask(&stop, PLX_DRAIN);                     /* PLX_QUIT: kernels are told, too */
}

static void press_ctrl_c(void *unused, const plx_progress *now)
{
    (void)unused;
    if (now->done > 0 && plx_stop_asked(&stop) == PLX_GO)
        raise(SIGINT);
}

int main(int argc, char **argv)
{
    static uint64_t out[ITEMS];
    const double wait_ms = 5;
    const plx_policy policy = { .stop = &stop, .progress = press_ctrl_c, .every_s = 0.02 };
    const plx_job job = { .kernel = plx_kernel_find("wait"), .n = ITEMS, .out = out,
                          .ctx = &wait_ms, .policy = &policy, .schedule = PLX_DYNAMIC };
    plx_report report = { 0 };
    plx_team *team;
    signal(SIGINT, asked_to_end);
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_map(team, &job, &report);
    if (plx_team_rank(team) == 0) {
        fprintf(stderr, "%zu done, %zu not run\n", report.done, report.not_run);
        printf("%s: some done %s, some not run %s, all counted %s\n", plx_status_name(status),
               report.done > 0 ? "yes" : "no", report.not_run > 0 ? "yes" : "no",
               report.done + report.failed + report.not_run == ITEMS ? "yes" : "no");
    }
    plx_close(team);
    return status == PLX_STOPPED ? 0 : plx_status_exit(status);
}
