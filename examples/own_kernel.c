/* SPDX-License-Identifier: MIT */
/*
 * own_kernel.c: a kernel of your own: out = scale * sqrt(in), a map with data and a parameter. A
 * negative item has no result and says so; with keep_going it costs no other item its own.
 */
#include <math.h>
#include <plx/plx.h>
#include <stdio.h>

enum { ITEMS = 100000, ROOM = 3 };
typedef struct params { double scale; } params;

static void map(const plx_block *block)
{
    const params *set = block->ctx;
    const double *in = block->in;
    double *out = block->out;
    for (size_t i = block->lo; i < block->hi; i++)      /* in and out start at item lo */
        if (in[i - block->lo] < 0)
            plx_fail(block, i, 1, "a negative number has no square root");
        else
            out[i - block->lo] = set->scale * sqrt(in[i - block->lo]);
}

static const plx_field fields[] = {
    { "scale", "factor of all", "1", PLX_F64, offsetof(params, scale), sizeof(double) }, { 0 }
};

static const plx_kernel root = {
    .size = sizeof(plx_kernel), .name = "root", .about = "scaled square roots", .params = fields,
    .in_size = sizeof(double), .out_size = sizeof(double), .ctx_size = sizeof(params), .map = map,
};

int main(int argc, char **argv)
{
    static double in[ITEMS], out[ITEMS];
    for (size_t i = 0; i < ITEMS; i++)
        in[i] = i % 20000 == 777 ? -1.0 : (double)(i * i);
    params set;
    plx_failure failed[ROOM];
    plx_job job = { .kernel = &root, .n = ITEMS, .in = in, .out = out, .ctx = &set,
                    .keep_going = true, .failures = failed, .failures_cap = ROOM };
    plx_team *team = NULL;
    plx_report report = { 0 };
    plx_ctx_init(&root, &set);                          /* the defaults, then what the user typed */
    plx_status status = plx_field_set(&fields[0], &set, "0.5");
    if (status == PLX_OK)
        status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_map(team, &job, &report);
    if (status != PLX_OK && status != PLX_ITEM_FAILED)
        fprintf(stderr, "own_kernel: %s\n", report.why[0] ? report.why : plx_status_text(status));
    else if (plx_team_rank(team) == 0) {
        printf("%zu done, %zu failed, out[5000] = %g\n", report.done, report.failed, out[5000]);
        for (size_t i = 0; i < report.failures; i++)    /* the lowest ROOM of them */
            printf("item %zu: %s\n", failed[i].item, failed[i].why);
    }
    plx_close(team);
    return status == PLX_ITEM_FAILED ? 0 : plx_status_exit(status);
}
