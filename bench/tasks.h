/* SPDX-License-Identifier: MIT */
/*
 * bench/tasks.h: what bench/tasks.c and its peers in OpenMP and oneTBB have in common: the work,
 * the clock and the arguments, WHAT THREADS REPEATS SIZE. Each prints one line: the median in
 * seconds.
 *
 * fib         fib(SIZE) without cut-off, a task for each left branch
 * empty       a loop over SIZE empty items, no grain given
 * even        SIZE items of about a microsecond, a task for each
 * triangular  SIZE items, item i costs i units, no grain given
 * fan         a call that has one empty item for each thread, at once after the one before it
 * pair        the same inside a call that goes on: two empty parts
 * barriers    1,000 times all threads meet
 * idle        CPU seconds in the second after the last task
 * metg50      SIZE independent tasks of ever smaller length: the length at 50 % of full speed
 * metg75      … at 75 %
 */
#ifndef BENCH_TASKS_H
#define BENCH_TASKS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MOST_REPEATS = 1000, FAN_CALLS = 1000, BARRIERS = 1000, MICROSECOND = 1200 };

typedef void action(int threads, size_t size);

static inline double clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A chain of multiplications, each of which waits for the one before: about 3 cycles each. */
static inline void spin(size_t steps)
{
    uint64_t x = steps | 1;
    for (size_t i = 0; i < steps; i++) {
        x *= 6364136223846793005u;
        __asm__ volatile("" : "+r"(x));
    }
}

static inline void nothing(void)
{
    __asm__ volatile("");
}

static inline int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline double median_of(double *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, compare_doubles);
    return (values[n / 2] + values[(n - 1) / 2]) / 2;
}

/* One call to warm up. */
static inline double time_action(action *run, int threads, size_t size, int repeats)
{
    static double seconds[MOST_REPEATS];
    for (int r = -1; r < repeats; r++) {
        const double begun = clock_s();
        run(threads, size);
        seconds[r < 0 ? 0 : r] = clock_s() - begun;
    }
    return median_of(seconds, repeats);
}

static inline double cpu_s(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/* Of all threads: this one sleeps. */
static inline double cpu_while_idle(action *run, int threads)
{
    const struct timespec second = { 1, 0 };
    for (int i = 0; i < 100; i++)
        run(threads, 0);
    const double before = cpu_s();
    nanosleep(&second, NULL);
    return cpu_s() - before;
}

/* Seconds of one task at which all threads together do that share of what as many copies of the
   loop alone would: steps shrink by a fifth until it is below, then a line between the last two. */
static size_t metg_steps;

static inline void spin_task(void)
{
    spin(metg_steps);
}

static inline double loop_alone(size_t tasks)
{
    const double begun = clock_s();
    for (size_t i = 0; i < tasks; i++)
        spin_task();
    return clock_s() - begun;
}

static inline double metg(action *run, double wanted, int threads, size_t tasks, int repeats)
{
    double last_length = 0, last_share = 1;
    for (double steps = 20000; steps >= 1; steps *= 0.8) {
        metg_steps = (size_t)steps;
        const size_t n = metg_steps > 1000 ? tasks / 20 : tasks;
        const double alone = loop_alone(n);
        const double share = alone / threads / time_action(run, threads, n, repeats);
        const double length = alone / (double)n;
        if (share < wanted)
            return last_length == 0 ? length
                                    : length + (last_length - length) * (wanted - share) /
                                                   (last_share - share);
        last_length = length;
        last_share = share;
    }
    return last_length;
}

/* actions: those of the table that this program has; NULL ends it. */
typedef struct named_action {
    const char *name;
    action *run;
} named_action;

static inline double measure(const named_action *what, int threads, size_t size, int repeats)
{
    if (strcmp(what->name, "idle") == 0)
        return cpu_while_idle(what->run, threads);
    if (strncmp(what->name, "metg", 4) == 0)
        return metg(what->run, atof(what->name + 4) / 100, threads, size, repeats);
    const double seconds = time_action(what->run, threads, size, repeats);
    return strcmp(what->name, "fan") == 0 || strcmp(what->name, "pair") == 0 ? seconds / FAN_CALLS
                                                                              : seconds;
}

static inline int tasks_main(int argc, char **argv, const named_action *actions)
{
    const int threads = argc == 5 ? atoi(argv[2]) : 0, repeats = argc == 5 ? atoi(argv[3]) : 0;
    while (threads > 0 && actions->name && strcmp(actions->name, argv[1]) != 0)
        actions++;
    if (threads < 1 || !actions->name || repeats < 1 || repeats > MOST_REPEATS)
        return 64;
    const size_t size = (size_t)strtod(argv[4], NULL);
    printf("%.10f\n", measure(actions, threads, size, repeats));
    return 0;
}

#endif
