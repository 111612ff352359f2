/* SPDX-License-Identifier: MIT */
/*
 * batch_lines.c: a stream of unknown length: stdin's lines through a kernel, in bounded memory.
 *
 * Line i is bytes [at[i], at[i+1]). The sink sees lines in input order; an empty one fails alone.
 */
#include <plx/plx.h>
#include <stdio.h>
#include <string.h>

enum { ROOM = 200 };                                    /* for the longest line and its end */

static void count_words(const plx_block *block)
{
    const char *in = block->in;
    int32_t *out = block->out;
    for (size_t i = 0; i < block->hi - block->lo; i++) {
        out[i] = 0;
        for (size_t c = block->at[i]; c < block->at[i + 1]; c++)
            out[i] += in[c] != ' ' && (c == block->at[i] || in[c - 1] == ' ');
        if (out[i] == 0)
            plx_fail(block, block->lo + i, 1, "no words");
    }
}

static plx_status read_lines(void *file, size_t want, void *items, size_t *at, size_t *got)
{
    for (char *line = items; *got < want && fgets(line, ROOM, file); ++*got) {
        const size_t length = strcspn(line, "\n");
        if (length == ROOM - 1)
            return PLX_TOO_BIG;
        at[*got + 1] = at[*got] + length;
        line += length;
    }
    return ferror(file) ? PLX_NO_INPUT : PLX_OK;
}

static plx_status print_counts(void *user, size_t first, size_t n, const void *out,
                               const plx_failure *failed, size_t failures)
{
    (void)user;
    for (size_t i = 0, f = 0; i < n; i++)               /* failed: those of this batch, in order */
        if (f < failures && failed[f].item == first + i)
            printf("line %zu: %s\n", first + i + 1, failed[f++].why);
        else
            printf("line %zu: %d\n", first + i + 1, ((const int32_t *)out)[i]);
    return ferror(stdout) ? PLX_IO : PLX_OK;
}

int main(int argc, char **argv)
{
    const plx_kernel words = { .size = sizeof words, .name = "words", .about = "words of a line",
                               .in_size = PLX_VARIES, .out_size = 4, .map = count_words };
    const plx_stream lines = { read_lines, NULL, print_counts, stdin, .item_size = ROOM };
    const plx_job job = { .kernel = &words, .batch = 2, .keep_going = true };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_batch(team, &job, &lines, NULL);
    if (status != PLX_OK && status != PLX_ITEM_FAILED)
        fprintf(stderr, "batch_lines: %s\n", plx_status_text(status));
    plx_close(team);
    return status == PLX_ITEM_FAILED ? 0 : plx_status_exit(status);     /* the sink has told */
}
