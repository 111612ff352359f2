/* SPDX-License-Identifier: MIT */
/*
 * resources.c: 3 connections for 8 workers: a try holds one of them, which is always given back.
 *
 * A kernel sees only the one it holds, so nobody else uses it meanwhile: here each connection looks
 * after itself and would say if two came at once.
 */
#define _POSIX_C_SOURCE 199309L
#include <plx/plx.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

enum { QUERIES = 60, CONNECTIONS = 3, WORKERS = 8 };
typedef struct connection { atomic_int users; } connection;

static void query(const plx_block *block)
{
    const struct timespec answer = { .tv_nsec = 1000000 };
    uint64_t *out = block->out;
    for (size_t i = block->lo; i < block->hi; i++) {
        connection *held = plx_resource(block);
        if (atomic_fetch_add(&held->users, 1) != 0)
            plx_fail(block, i, 1, "somebody else is on the line");
        else
            out[i - block->lo] = i * i;
        nanosleep(&answer, NULL);
        atomic_fetch_sub(&held->users, 1);
    }
}

int main(int argc, char **argv)
{
    static connection line[CONNECTIONS];
    void *handles[CONNECTIONS];
    uint64_t out[QUERIES];
    for (int k = 0; k < CONNECTIONS; k++)
        handles[k] = &line[k];
    const plx_kernel ask = { .size = sizeof ask, .name = "query", .about = "asks a database",
                             .out_size = 8, .flags = PLX_WAITS, .map = query };
    plx_policy policy = { .acquire_s = 60 };
    const plx_job job = { .kernel = &ask, .n = QUERIES, .out = out, .policy = &policy };
    plx_report report = { 0 };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", WORKERS, &team);
    plx_status opened = plx_resources_open(handles, CONNECTIONS, &policy.resources);
    if (status == PLX_OK)
        status = plx_agree(team, opened);               /* nobody enters the map alone */
    if (status == PLX_OK)
        status = plx_map(team, &job, &report);
    if (status != PLX_OK)
        fprintf(stderr, "resources: %s\n", report.why[0] ? report.why : plx_status_text(status));
    else if (plx_team_rank(team) == 0)
        printf("%zu queries, the last is %d; nobody met on a line\n", report.done,
               (int)out[QUERIES - 1]);
    plx_resources_close(policy.resources);
    plx_close(team);
    return plx_status_exit(status);
}
