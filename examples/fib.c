/* SPDX-License-Identifier: MIT */
/*
 * fib.c: fork and join: the recursion as it stands in a textbook, with plx_both() for the halves.
 *
 * The slowest way to a Fibonacci number, and the shortest program that shows what offering work
 * costs: there is no cut-off below which it would be left out.
 */
#include <plx/divide.h>
#include <stdio.h>

typedef struct number { int n; long value; } number;

static void fib(plx_strand *strand, void *arg)
{
    number *self = arg;
    if (self->n < 2) {
        self->value = self->n;
        return;
    }
    number a = { .n = self->n - 1 }, b = { .n = self->n - 2 };
    plx_both(strand, fib, &a, fib, &b);
    self->value = a.value + b.value;
}

int main(int argc, char **argv)
{
    number whole = { .n = 20 };
    plx_team *team;
    plx_report report = { 0 };
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_divide(team, NULL, fib, &whole, &report);
    if (status != PLX_OK)
        fprintf(stderr, "fib: %s\n", report.why[0] ? report.why : plx_status_text(status));
    else if (plx_team_rank(team) == 0)
        printf("fib(%d) = %ld\n", whole.n, whole.value);
    plx_close(team);
    return plx_status_exit(status);
}
