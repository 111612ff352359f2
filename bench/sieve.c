/* SPDX-License-Identifier: MIT */
/*
 * bench/sieve.c: one call of prime_sieve in a process of its own: MODEL THREADS N FIRST. Prints its
 * elapsed_s, which is what `parallax run` prints too, and the count. Nothing is warm: the base
 * primes, the tables and the memory are made within the clock, as primesieve's --time has them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "work.h"

int main(int argc, char **argv)
{
    plx_team *team;
    if (argc != 5 || plx_open(argv[1], atoi(argv[2]), &team) != PLX_OK)
        return 64;
    const uint64_t first = strtoull(argv[4], NULL, 10);
    uint64_t count = 0;
    const plx_job job = { .kernel = plx_kernel_find("prime_sieve"), .ctx = &first, .out = &count,
                          .n = (size_t)strtoull(argv[3], NULL, 10) };
    plx_report report;
    const plx_status status = plx_reduce(team, &job, &report);
    printf("%.9f %llu\n", report.elapsed_s, (unsigned long long)count);
    plx_close(team);
    return plx_status_exit(status);
}
