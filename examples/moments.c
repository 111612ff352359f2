/* SPDX-License-Identifier: MIT */
/*
 * moments.c: a reduction whose result is a struct, printed by the names that its kernel gives.
 *
 * The numbers are float64 and still the same to the last bit under every model and any number of
 * workers: blocks depend on the job alone and are joined along a fixed tree.
 */
#include <plx/kernels.h>
#include <plx/plx.h>
#include <stdio.h>

enum { ITEMS = 1000001 };

static void print_fields(const plx_field *field, const void *acc)
{
    char text[64];
    for (; field->name; field++)
        if (plx_field_text(field, acc, text, sizeof text) >= 0)
            printf("%-10s%s\n", field->name, text);
}

int main(int argc, char **argv)
{
    static double x[ITEMS];
    for (size_t i = 0; i < ITEMS; i++)
        x[i] = (double)i;

    const plx_kernel *moments = plx_kernel_find("moments");
    _Alignas(max_align_t) unsigned char acc[256];
    if (!moments || moments->acc_size > sizeof acc)
        return plx_status_exit(PLX_MISMATCH);

    plx_team *team;
    plx_report report = { 0 };
    plx_job job = { .kernel = moments, .n = ITEMS, .in = x, .out = acc };
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_reduce(team, &job, &report);
    if (status != PLX_OK)
        fprintf(stderr, "moments: %s\n", report.why[0] ? report.why : plx_status_text(status));
    else if (plx_team_rank(team) == 0)
        print_fields(moments->results, acc);
    plx_close(team);
    return plx_status_exit(status);
}
