/* SPDX-License-Identifier: MIT */
/*
 * bench/naive.c: a kernel, by the pattern call, beside the loop that one writes first:
 * WHAT N THREADS REPEATS, for is_prime the static schedule beside the dynamic one.
 *
 * Both sides run in turn in one process, so that a slow moment of the machine meets both; printed
 * are the naive side's median, ours, and what either found.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "work.h"

__extension__ typedef unsigned __int128 u128;

enum { MOST_REPEATS = 1000 };

typedef struct bench {
    size_t first, n;                /* items [first, first + n) */
    int threads;
    plx_team *team;
    const plx_kernel *kernel;
    double *in;
    void *out;                      /* of the pattern call: an accumulator or all items */
    double *naive_out;
    char found[64];                 /* what the last run found, as text */
} bench;

static void check(plx_status status)
{
    if (status == PLX_OK)
        return;
    fprintf(stderr, "naive: %s\n", plx_status_text(status));
    exit(1);
}

static void *room(size_t size)
{
    void *made = malloc(size + 1);
    if (!made)
        check(PLX_NO_MEMORY);
    memset(made, 0xff, size + 1);
    return made;
}

static void show_u128(bench *b, u128 value)
{
    snprintf(b->found, sizeof b->found, "%016" PRIx64 "%016" PRIx64, (uint64_t)(value >> 64),
             (uint64_t)value);
}

/* The barrier hides that items follow one another: clang would take the closed form, and gcc make
 * the counter 128 bits wide, which is slower. */
static void squares_naive(bench *b)
{
    u128 sum = 0;
    for (uint64_t i = b->first; i < b->first + b->n; i++) {
        __asm__("" : "+r"(i));
        sum += (u128)i * i;
    }
    show_u128(b, sum);
}

static void squares_ours(bench *b)
{
    uint64_t words[2];
    const plx_task task = { .kernel = b->kernel, .lo = b->first, .hi = b->first + b->n,
                            .out = words };
    check(plx_fan(b->team, &(plx_job){ .n = 1 }, &task, NULL, NULL));
    show_u128(b, (u128)words[1] << 64 | words[0]);
}

static double simd_sum(const double *x, size_t n)
{
    double sum = 0;
    #pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

/* A share for each thread by hand: clang does not vectorise the one loop that is both. */
static void moments_naive(bench *b)
{
    const size_t threads = (size_t)b->threads, share = b->n / threads;
    double sum = 0;
    #pragma omp parallel for reduction(+ : sum) num_threads(b->threads) schedule(static, 1)
    for (size_t t = 0; t < threads; t++)
        sum += simd_sum(b->in + t * share, t + 1 < threads ? share : b->n - t * share);
    snprintf(b->found, sizeof b->found, "%.17g", sum);
}

static void moments_ours(bench *b)
{
    const plx_job job = { .kernel = b->kernel, .n = b->n, .in = b->in, .out = b->out };
    check(plx_reduce(b->team, &job, NULL));
    const plx_field *field = b->kernel->results;
    while (strcmp(field->name, "sum") != 0)
        field++;
    double sum;
    memcpy(&sum, (char *)b->out + field->offset, sizeof sum);
    snprintf(b->found, sizeof b->found, "%.17g", sum);
}

/* Nine digits of the sum: the two differ in the last ones of each item. */
static void show_total(bench *b, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < b->n; i++)
        sum += y[i];
    snprintf(b->found, sizeof b->found, "%.9e", sum);
}

static void heavy_naive(bench *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const double x = b->in[i];
        b->naive_out[i] = (sin(x) * cos(x) + sqrt(x + 1)) * log(x + 1);
    }
}

static void map_ours(bench *b, plx_schedule schedule)
{
    const plx_job job = { .kernel = b->kernel, .n = b->n, .in = b->in, .out = b->out,
                          .schedule = schedule };
    check(plx_map(b->team, &job, NULL));
}

static void heavy_ours(bench *b)
{
    map_ours(b, PLX_GUIDED);
}

static void show_naive_total(bench *b)
{
    show_total(b, b->naive_out);
}

static void show_our_total(bench *b)
{
    show_total(b, b->out);
}

static void primes_static(bench *b)
{
    map_ours(b, PLX_STATIC);
}

static void primes_dynamic(bench *b)
{
    map_ours(b, PLX_DYNAMIC);
}

static void show_primes(bench *b)
{
    size_t primes = 0;
    for (size_t i = 0; i < b->n; i++)
        primes += ((const unsigned char *)b->out)[i];
    snprintf(b->found, sizeof b->found, "%zu", primes);
}

typedef void run(bench *);

/* What is timed on either side, and what shows its result afterwards. */
static const struct what {
    const char *name, *kernel, *model;
    size_t first;
    run *naive, *show_naive, *ours, *show_ours;
} whats[] = {
    { "sum_squares", "sum_squares", "serial", 0, squares_naive, NULL, squares_ours, NULL },
    { "sum_squares_wide", "sum_squares", "serial", 5000000000000, squares_naive, NULL,
      squares_ours, NULL },
    { "moments", "moments", "omp", 0, moments_naive, NULL, moments_ours, NULL },
    { "heavy_math", "heavy_math", "serial", 0, heavy_naive, show_naive_total, heavy_ours,
      show_our_total },
    { "is_prime", "is_prime", "pthread", 0, primes_static, show_primes, primes_dynamic,
      show_primes },
};

static void make_data(bench *b)
{
    const plx_kernel *kernel = b->kernel;
    b->out = room(kernel->fold ? kernel->acc_size : b->n * kernel->out_size);
    if (kernel->in_size == 0)
        return;
    b->in = room(b->n * sizeof(double));
    b->naive_out = room(kernel->map ? b->n * sizeof(double) : 0);
    for (size_t i = 0; i < b->n; i++)
        b->in[i] = 0.5 + (double)(i % 4096);
}

static double time_run(run *go, run *show, bench *b)
{
    const double begun = work_clock_s();
    go(b);
    const double seconds = work_clock_s() - begun;
    if (show)
        show(b);
    return seconds;
}

static double median(double *seconds, int repeats)
{
    qsort(seconds, (size_t)repeats, sizeof *seconds, work_compare);
    return (seconds[repeats / 2] + seconds[(repeats - 1) / 2]) / 2;
}

int main(int argc, char **argv)
{
    static double naive[MOST_REPEATS], ours[MOST_REPEATS];
    const struct what *what = whats, *end = whats + sizeof whats / sizeof *whats;
    while (argc == 5 && what < end && strcmp(what->name, argv[1]) != 0)
        what++;
    const int repeats = argc == 5 ? atoi(argv[4]) : 0;
    if (what == end || atoi(argv[3]) < 1 || repeats < 1 || repeats > MOST_REPEATS)
        return 1;
    bench b = { .first = what->first, .n = (size_t)strtod(argv[2], NULL), .threads = atoi(argv[3]),
                .kernel = plx_kernel_find(what->kernel) };
    check(plx_open(b.threads == 1 ? "serial" : what->model, b.threads, &b.team));
    make_data(&b);
    char found[sizeof b.found];
    for (int r = -1; r < repeats; r++) {        /* the first to warm up */
        naive[r < 0 ? 0 : r] = time_run(what->naive, what->show_naive, &b);
        memcpy(found, b.found, sizeof found);
        ours[r < 0 ? 0 : r] = time_run(what->ours, what->show_ours, &b);
    }
    printf("%.9f %.9f %s %s\n", median(naive, repeats), median(ours, repeats), found, b.found);
    free(b.in);
    free(b.out);
    free(b.naive_out);
    plx_close(b.team);
    return 0;
}
