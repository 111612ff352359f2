/* SPDX-License-Identifier: MIT */
/*
 * batch_lines.c: a stream of unknown length: each line of stdin through a kernel, in bounded memory.
 *
 * Lines differ in length, so items are PLX_VARIES: line i is bytes [at[i], at[i+1]). They run in any
 * order on all workers, the sink sees them in input order; an empty line fails and costs itself alone.
 */
#include <plx/plx.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 200 };

static void count_words(const plx_block *block)
{
    uint32_t *out = block->out;
    for (size_t i = 0; i < block->hi - block->lo; i++) {
        const char *line = (const char *)block->in + block->at[i];
        const size_t length = block->at[i + 1] - block->at[i];
        uint32_t words = 0;
        for (size_t c = 0; c < length; c++)
            words += line[c] != ' ' && (c == 0 || line[c - 1] == ' ');
        out[i] = words;
        if (words == 0)
            plx_fail(block, block->lo + i, 1, "no words");
    }
}

static const plx_kernel words = {
    .size = sizeof(plx_kernel), .name = "words", .about = "words of a line",
    .in_size = PLX_VARIES, .out_size = sizeof(uint32_t), .item_ns = 100, .map = count_words,
};

static plx_status read_lines(void *user, size_t want, void *items, size_t *at, size_t *got)
{
    char line[LONGEST + 2];                             /* with its newline and the NUL */
    for (at[*got = 0] = 0; *got < want && fgets(line, sizeof line, user); ++*got) {
        const size_t length = strcspn(line, "\n");
        if (length > LONGEST)
            return PLX_TOO_BIG;
        memcpy((char *)items + at[*got], line, length);
        at[*got + 1] = at[*got] + length;
    }
    return ferror(user) ? PLX_NO_INPUT : PLX_OK;
}

static plx_status print_counts(void *user, size_t first, size_t n, const void *out,
                               const plx_failure *failed, size_t failures)
{
    (void)user;
    for (size_t i = 0; i < n; i++)
        if (failures && failed->item == first + i) {
            printf("line %zu: %s\n", first + i + 1, failed->why);
            failed++, failures--;
        } else
            printf("line %zu: %d\n", first + i + 1, (int)((const uint32_t *)out)[i]);
    return ferror(stdout) ? PLX_IO : PLX_OK;
}

int main(int argc, char **argv)
{
    plx_stream lines = { .source = read_lines, .sink = print_counts, .user = stdin, .item_size = LONGEST };
    plx_job job = { .kernel = &words, .batch = 2, .keep_going = true, .failures_cap = 2 };
    plx_team *team;
    plx_report report = { 0 };
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_batch(team, &job, &lines, &report);
    if (status != PLX_OK && status != PLX_ITEM_FAILED)
        fprintf(stderr, "batch_lines: %s\n", report.why[0] ? report.why : plx_status_text(status));
    plx_close(team);
    return status == PLX_ITEM_FAILED ? 0 : plx_status_exit(status);
}
