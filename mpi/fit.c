/* SPDX-License-Identifier: MIT */
/*
 * mpi/fit.c: ranks that do not fit together: who they are, and whether all run the same library.
 *
 * Another version may lay out every message in another way. So the very first exchange of a team is
 * one whose layout must never change: 32 bytes of rank 0's, then numbers. Where it finds a
 * difference no rank sends anything more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "mpi/model.h"

/* The next of a list: "3", or "3 to 5" for three and more in a row. Returns how many ranks that
   names, *at is then behind them. */
static int next_word(const int *differs, int ranks, int *at, char word[32])
{
    int lo = *at;
    while (!differs[lo])
        lo++;
    int hi = lo;
    while (hi < ranks && differs[hi])
        hi++;
    int named = hi - lo > 2 ? hi - lo : 1;
    if (named == 1)
        snprintf(word, 32, "%d", lo);
    else
        snprintf(word, 32, "%d to %d", lo, hi - 1);
    *at = lo + named;
    return named;
}

void plx_fit_name(const int *differs, int ranks, char *text, size_t size)
{
    enum { OTHERS = sizeof " and 2147483647 others run" };
    int left = 0, at = 0;
    for (int r = 0; r < ranks; r++)
        left += differs[r] != 0;
    const char *verb = left == 1 ? " runs" : " run", *before = "";
    size_t length = (size_t)snprintf(text, size, left == 1 ? "rank " : "ranks ");
    for (char word[32]; left > 0; before = ", ") {
        int named = next_word(differs, ranks, &at, word);
        if (length + strlen(", ") + strlen(word) + OTHERS > size)
            break;
        if (named == left && before[0])
            before = " and ";
        length += (size_t)snprintf(text + length, size - length, "%s%s", before, word);
        left -= named;
    }
    if (left > 0)
        length += (size_t)snprintf(text + length, size - length, " and %d others", left);
    snprintf(text + length, size - length, "%s", verb);
}

/* The first that ranks tell each other, in every version of this library. */
typedef struct opening {
    char version[24];
    uint64_t layout; /* a digest of what the bytes of messages follow from */
} opening;
_Static_assert(sizeof(opening) == 32, "no room between its parts");

static opening describe(void)
{
    opening mine = {.version = ""};
    const uint64_t sizes[] = {sizeof(plx_kernel),  sizeof(plx_job),    sizeof(plx_report),
                              sizeof(plx_failure), sizeof(plx_worker), sizeof(plx_slice),
                              sizeof(plx_policy),  sizeof(size_t),     PLX_CTX_MAX,
                              PLX_PIECE};
    snprintf(mine.version, sizeof mine.version, "%s", plx_version());
    mine.layout = XXH64(sizes, sizeof sizes, 0);
    return mine;
}

static void say(char apart[108], const char *version, const int *differs, int ranks)
{
    char than[80], who[108];
    int length = snprintf(than, sizeof than,
                          " another version or build of the library than rank 0 (%.23s)", version);
    if (differs)
        plx_fit_name(differs, ranks, who, sizeof who - (size_t)length);
    else
        snprintf(who, sizeof who, "some ranks run"); /* no memory to know which */
    plx_check_say(apart, "%s%s", who, than);
}

void plx_fit_check(MPI_Comm comm, char apart[108])
{
    opening mine = describe(), root = mine;
    int ranks;
    MPI_Comm_size(comm, &ranks);
    MPI_Bcast(&root, sizeof root, MPI_BYTE, 0, comm);
    int *differs = malloc((size_t)ranks * sizeof *differs);
    int differ = memcmp(&mine, &root, sizeof mine) != 0, worst[2] = {differ, !differs};
    MPI_Allreduce(MPI_IN_PLACE, worst, 2, MPI_INT, MPI_MAX, comm);
    if (worst[0] && !worst[1])
        MPI_Allgather(&differ, 1, MPI_INT, differs, 1, MPI_INT, comm);
    if (worst[0])
        say(apart, root.version, worst[1] ? NULL : differs, ranks);
    free(differs);
}
