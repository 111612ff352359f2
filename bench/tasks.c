/* SPDX-License-Identifier: MIT */
/* bench/tasks.c: the same by the library: MODEL before the arguments of bench/tasks.h. */
#include <plx/divide.h>

#include "tasks.h"

enum { MOST_ITEMS = 1000000 };

static plx_team *team;

static void check(plx_status status)
{
    if (status == PLX_OK)
        return;
    fprintf(stderr, "tasks: %s\n", plx_status_text(status));
    exit(1);
}

typedef struct number {
    long n, value;
} number;

static void fib_of(plx_strand *strand, void *arg)
{
    number *f = arg;
    f->value = f->n;
    if (f->n < 2)
        return;
    number x = { .n = f->n - 1 }, y = { .n = f->n - 2 };
    plx_both(strand, fib_of, &x, fib_of, &y);
    f->value = x.value + y.value;
}

static void fib(int threads, size_t size)
{
    (void)threads;
    number f = { .n = (long)size };
    check(plx_divide(team, NULL, fib_of, &f, NULL));
}

static void map_nothing(const plx_block *block)
{
    for (size_t i = block->lo; i < block->hi; i++)
        nothing();
}

static void map_even(const plx_block *block)
{
    for (size_t i = block->lo; i < block->hi; i++)
        spin(MICROSECOND);
}

static void map_triangular(const plx_block *block)
{
    for (size_t i = block->lo; i < block->hi; i++)
        spin(i * 8);
}

/* A map has an out, which none of these writes. */
static void map(void (*items)(const plx_block *), size_t n, size_t grain, double item_ns)
{
    static unsigned char out[MOST_ITEMS];
    const plx_kernel kernel = { .size = sizeof kernel, .name = "items", .about = "a loop",
                                .out_size = 1, .item_ns = item_ns, .map = items };
    check(plx_map(team, &(plx_job){ .kernel = &kernel, .n = n, .grain = grain, .out = out }, NULL));
}

static void empty(int threads, size_t size)
{
    (void)threads;
    map(map_nothing, size, 0, 1);
}

static void even(int threads, size_t size)
{
    (void)threads;
    map(map_even, size, 1, 1000);
}

static void triangular(int threads, size_t size)
{
    (void)threads;
    map(map_triangular, size, 0, 0);
}

static void fan(int threads, size_t size)
{
    (void)size;
    for (int call = 0; call < FAN_CALLS; call++)
        map(map_nothing, (size_t)threads, 1, 1);
}

static void part_of_nothing(plx_strand *strand, void *arg)
{
    (void)strand, (void)arg;
    nothing();
}

static void fork_often(plx_strand *strand, void *arg)
{
    (void)arg;
    for (int call = 0; call < FAN_CALLS; call++)
        plx_both(strand, part_of_nothing, NULL, part_of_nothing, NULL);
}

static void pair(int threads, size_t size)
{
    (void)threads, (void)size;
    check(plx_divide(team, NULL, fork_often, NULL, NULL));
}

/* Half of the tasks each, down to one: every one can be taken by whoever is free. */
typedef struct range {
    size_t lo, hi;
} range;

static void tasks_of(plx_strand *strand, void *arg)
{
    const range *all = arg;
    if (all->hi - all->lo < 2) {
        spin_task();
        return;
    }
    const size_t half = all->lo + (all->hi - all->lo) / 2;
    range low = { all->lo, half }, high = { half, all->hi };
    plx_both(strand, tasks_of, &low, tasks_of, &high);
}

static void tasks(int threads, size_t size)
{
    (void)threads;
    range all = { 0, size };
    check(plx_divide(team, NULL, tasks_of, &all, NULL));
}

int main(int argc, char **argv)
{
    static const named_action actions[] = {
        { "fib", fib }, { "empty", empty }, { "even", even }, { "triangular", triangular },
        { "fan", fan }, { "pair", pair }, { "barriers", fan }, { "idle", fan },
        { "metg50", tasks }, { "metg75", tasks }, { NULL, NULL }
    };
    if (argc < 4)
        return 64;
    check(plx_open(argv[1], atoi(argv[3]), &team));
    const int code = tasks_main(argc - 1, argv + 1, actions);
    plx_close(team);
    return code;
}
