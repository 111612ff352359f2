/* SPDX-License-Identifier: MIT */
/*
 * counter.c: the race on a counter, and its three cures: a lock, an atomic, and a reduction, which
 * shares nothing: so it is the fastest, and the only one that works across ranks.
 */
#include <plx/plx.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { THREADS = 4, EACH = 20000 };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long locked;
static atomic_long raced, added;

static void *count(void *unused)
{
    for (int i = 0; i < EACH; i++) {
        atomic_store(&raced, atomic_load(&raced) + 1);  /* what ++ does: two may read the same */
        pthread_mutex_lock(&lock);
        locked++;
        pthread_mutex_unlock(&lock);
        atomic_fetch_add(&added, 1);
    }
    return unused;
}

static void fold(const plx_block *block, void *acc)     /* acc is this worker's alone */
{
    *(uint64_t *)acc += block->hi - block->lo;
}

static void combine(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    *(uint64_t *)left += *(const uint64_t *)right;
}

int main(int argc, char **argv)
{
    const plx_kernel counter = { .size = sizeof counter, .name = "counter", .about = "counts",
                                 .acc_size = sizeof(uint64_t), .fold = fold, .combine = combine };
    uint64_t reduced = 0;
    const plx_job job = { .kernel = &counter, .n = THREADS * EACH, .out = &reduced };
    pthread_t thread[THREADS];
    plx_team *team;
    int made = 0;
    while (made < THREADS && pthread_create(&thread[made], NULL, count, NULL) == 0)
        made++;
    for (int t = 0; t < made; t++)
        pthread_join(thread[t], NULL);
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_reduce(team, &job, NULL);
    fprintf(stderr, "race %ld, it should be %d\n", atomic_load(&raced), THREADS * EACH);
    if (plx_team_rank(team) == 0)
        printf("lock %ld, atomic %ld, reduction %d\n", locked, atomic_load(&added), (int)reduced);
    plx_close(team);
    return plx_status_exit(made == THREADS ? status : PLX_SYSTEM);
}
