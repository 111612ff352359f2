/* SPDX-License-Identifier: MIT */
/*
 * primes.c: the first program: count the primes below n under the model named.
 *
 *   example_primes [MODEL [N]]          serial, omp, pthread, mpi, mpi+omp, mpi+pthread
 *
 * The model is a word chosen at run time; nothing else in the program depends on it.
 */
#include <plx/kernels.h>
#include <plx/plx.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    uint64_t primes = 0;
    plx_job job = {0};
    job.kernel = plx_kernel_find("prime_sieve");
    job.n = argc > 2 ? strtoull(argv[2], NULL, 10) : 100000000;
    job.out = &primes;

    plx_team *team;
    plx_report report = {0};
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_reduce(team, &job, &report);
    if (status != PLX_OK)
        fprintf(stderr, "primes: %s\n", report.why[0] ? report.why : plx_status_text(status));
    else if (plx_team_rank(team) == 0)
        printf("primes below %zu: %llu\n", job.n, (unsigned long long)primes);
    plx_close(team);
    return plx_status_exit(status);
}
