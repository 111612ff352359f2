/* SPDX-License-Identifier: MIT */
/*
 * ranks_own_data.c: PLX_LOCAL: every rank makes (or reads) its own share, none ever holds all data.
 *
 *   mpirun -n 2 example_ranks_own_data mpi
 *
 * plx_share() says which items are this rank's; what one rank lacks, plx_agree() tells all of them.
 */
#include <plx/kernels.h>
#include <plx/plx.h>
#include <stdio.h>
#include <stdlib.h>

/* As if read from a file of this rank's: item i of the whole is the number i. */
static plx_status read_share(size_t lo, size_t hi, double **x)
{
    *x = malloc((hi - lo + 1) * sizeof **x);
    for (size_t i = lo; *x && i < hi; i++)
        (*x)[i - lo] = (double)i;
    return *x ? PLX_OK : PLX_NO_MEMORY;
}

static plx_status mean_of_shares(plx_team *team, plx_job *job, double **x, plx_report *report)
{
    size_t lo, hi;
    plx_status status = plx_share(team, job, &lo, &hi);
    if (status == PLX_OK)
        status = read_share(lo, hi, x);
    status = plx_agree(team, status);                   /* nobody enters the reduction alone */
    job->in = *x;                                       /* item lo */
    return status == PLX_OK ? plx_reduce(team, job, report) : status;
}

int main(int argc, char **argv)
{
    _Alignas(max_align_t) unsigned char acc[256];
    char mean[32] = "";
    const plx_kernel *moments = plx_kernel_find("moments");
    if (!moments || moments->acc_size > sizeof acc)
        return plx_status_exit(PLX_MISMATCH);
    plx_job job = { .kernel = moments, .n = 1000001, .where = PLX_LOCAL, .out = acc };
    double *x = NULL;
    plx_team *team;
    plx_report report = { 0 };
    plx_status status = plx_open(argc > 1 ? argv[1] : "mpi", 0, &team);
    if (status == PLX_OK)
        status = mean_of_shares(team, &job, &x, &report);
    if (status != PLX_OK)
        fprintf(stderr, "ranks_own_data: %s\n",
                report.why[0] ? report.why : plx_status_text(status));
    for (const plx_field *field = moments->results; status == PLX_OK && field->name; field++)
        if (plx_team_rank(team) == 0 && plx_field_text(field, acc, mean, sizeof mean) >= 0)
            printf("%s %s\n", field->name, mean);
    plx_close(team);
    free(x);
    return plx_status_exit(status);
}
