// SPDX-License-Identifier: MIT
// bench/tasks_tbb.cpp: the same by oneTBB: task_group, and parallel_for with its own partitioner.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_group.h>

#include "tasks.h"

using namespace oneapi;

static long fib_of(long n)
{
    if (n < 2)
        return n;
    long x, y;
    tbb::task_group group;
    group.run([&] { x = fib_of(n - 1); });
    y = fib_of(n - 2);
    group.wait();
    return x + y;
}

static void fib(int, size_t size)
{
    if (fib_of(static_cast<long>(size)) < 0)
        abort();
}

static void empty(int, size_t size)
{
    tbb::parallel_for(tbb::blocked_range<size_t>(0, size), [](const auto &range) {
        for (size_t i = range.begin(); i < range.end(); i++)
            nothing();
    });
}

static void fan(int threads, size_t)
{
    for (int call = 0; call < FAN_CALLS; call++)
        tbb::parallel_for(0, threads, [](int) { nothing(); }, tbb::simple_partitioner());
}

static void tasks(int, size_t size)
{
    tbb::task_group group;
    for (size_t i = 0; i < size; i++)
        group.run([] { spin_task(); });
    group.wait();
}

int main(int argc, char **argv)
{
    static const named_action actions[] = {
        {"fib", fib},         {"empty", empty},     {"fan", fan},       {"idle", fan},
        {"metg50", tasks},    {"metg75", tasks},    {nullptr, nullptr}};
    const int threads = argc > 2 ? atoi(argv[2]) : 1;
    tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                              threads > 0 ? static_cast<size_t>(threads) : 1);
    return tasks_main(argc, argv, actions);
}
