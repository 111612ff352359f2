/* SPDX-License-Identifier: MIT */
/*
 * make_journal.c: make_journal N FOLDER [RANKS]: a journal of N small entries, by the writer.
 *
 * For what is measured on large journals. Entries are of an index kernel, with 16 bytes of result.
 * They are dealt to the segments of RANKS (2) ranks in turn.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "journal/journal.h"

enum { RANKS_MOST = 64 };

static const char subject[] =
    "{\"kernel\":\"made\",\"in\":\"bytes\",\"in_size\":0,\"out\":\"bytes\",\"out_size\":16,"
    "\"fields\":[{\"name\":\"index\",\"type\":\"uint64\",\"offset\":0,\"size\":8},"
    "{\"name\":\"square\",\"type\":\"uint64\",\"offset\":8,\"size\":8}],"
    "\"params\":{},\"schema\":\"parallax.subject/1\"}";

static int failed(const char *why)
{
    fprintf(stderr, "make_journal: %s\n", why);
    return 1;
}

static plx_status put(plx_writer *writer, uint64_t i)
{
    char item[24];
    plx_place place;
    const uint64_t result[2] = {i, i * i};
    const size_t size = (size_t)snprintf(item, sizeof item, "%" PRIu64, i);
    const plx_entry entry = {.key = plx_key_of(item, size), .state = PLX_ITEM_OK, .tries = 1,
                             .elapsed_s = 1e-6, .ended_s = 1.7e9 + (double)i * 1e-6,
                             .item = item, .item_size = size,
                             .result = result, .result_size = sizeof result, .why = ""};
    return plx_writer_put(writer, &entry, (const int[]){-1, -1}, &place);
}

int main(int argc, char **argv)
{
    char why[PLX_JOURNAL_WHY] = "";
    plx_writer *writers[RANKS_MOST];
    plx_status status = PLX_OK;
    const uint64_t n = argc > 2 ? strtoull(argv[1], NULL, 10) : 0;
    const long ranks = argc > 3 ? strtol(argv[3], NULL, 10) : 2;
    if (argc < 3 || ranks < 1 || ranks > RANKS_MOST)
        return failed("usage: make_journal N FOLDER [RANKS]");
    if (mkdir(argv[2], 0777) != 0)
        return failed(strerror(errno));
    for (int r = 0; r < ranks; r++) {
        const plx_writer_how how = {.folder = argv[2], .subject = subject, .session = 1, .rank = r,
                                    .durability = PLX_DURABLE_NONE};
        if (plx_writer_open(&writers[r], &how, why) != PLX_OK)
            return failed(why);
    }
    for (uint64_t i = 0; status == PLX_OK && i < n; i++)
        status = put(writers[i % (uint64_t)ranks], i);
    if (status != PLX_OK)
        return failed(plx_status_text(status));
    for (int r = 0; r < ranks; r++)
        if (plx_writer_close(writers[r], NULL, why) != PLX_OK)
            return failed(why);
    return 0;
}
