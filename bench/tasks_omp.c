/* SPDX-License-Identifier: MIT */
/* bench/tasks_omp.c: OpenMP tasks as one writes them; by gcc for libgomp, by clang for libomp. */
#include "tasks.h"

static long fib_of(long n)
{
    if (n < 2)
        return n;
    long x, y;
    #pragma omp task shared(x)
    x = fib_of(n - 1);
    y = fib_of(n - 2);
    #pragma omp taskwait
    return x + y;
}

static void fib(int threads, size_t size)
{
    #pragma omp parallel num_threads(threads)
    #pragma omp single
    if (fib_of((long)size) < 0)
        abort();
}

static void empty(int threads, size_t size)
{
    #pragma omp parallel num_threads(threads)
    #pragma omp single
    #pragma omp taskloop
    for (size_t i = 0; i < size; i++)
        nothing();
}

static void even(int threads, size_t size)
{
    #pragma omp parallel num_threads(threads)
    #pragma omp single
    #pragma omp taskloop grainsize(1)
    for (size_t i = 0; i < size; i++)
        spin(MICROSECOND);
}

static void triangular(int threads, size_t size)
{
    #pragma omp parallel num_threads(threads)
    #pragma omp single
    #pragma omp taskloop
    for (size_t i = 0; i < size; i++)
        spin(i * 8);
}

static void fan(int threads, size_t size)
{
    (void)size;
    for (int call = 0; call < FAN_CALLS; call++) {
        #pragma omp parallel num_threads(threads)
        nothing();
    }
}

static void barriers(int threads, size_t size)
{
    (void)size;
    #pragma omp parallel num_threads(threads)
    for (int i = 0; i < BARRIERS; i++) {
        #pragma omp barrier
    }
}

static void tasks(int threads, size_t size)
{
    #pragma omp parallel num_threads(threads)
    #pragma omp single
    for (size_t i = 0; i < size; i++) {
        #pragma omp task
        spin_task();
    }
}

int main(int argc, char **argv)
{
    static const named_action actions[] = {
        { "fib", fib }, { "empty", empty }, { "even", even }, { "triangular", triangular },
        { "fan", fan }, { "barriers", barriers }, { "idle", fan },
        { "metg50", tasks }, { "metg75", tasks }, { NULL, NULL }
    };
    return tasks_main(argc, argv, actions);
}
