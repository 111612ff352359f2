/* SPDX-License-Identifier: MIT */
/*
 * compare/differ.c: the first differing byte, found by running both once more.
 *
 * An answer in JSON holds a digest of the bytes, not the bytes. So the two are launched again, this
 * time into files of a folder of our own, which is removed whatever happens. An answer that differs
 * by luck may not differ this time: then that is what is said.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/differ.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compare/answer.h"
#include "compare/factor.h"
#include "compare/folder.h"
#include "compare/launch.h"
#include "compare/plan.h"

enum { PIECE = 65536 };

/* Of two pieces as long as they were read. */
static void compare_pieces(const unsigned char *mine, size_t mine_size, const unsigned char *theirs,
                           size_t theirs_size, plx_differ_found *found)
{
    size_t both = mine_size < theirs_size ? mine_size : theirs_size, i = 0;
    while (i < both && mine[i] == theirs[i])
        i++;
    found->at += i;
    if (i == both && mine_size == theirs_size)
        return;
    found->same = false;
    found->mine = i < mine_size ? mine[i] : -1;
    found->theirs = i < theirs_size ? theirs[i] : -1;
}

plx_differ_found plx_differ_files(const char *mine, const char *theirs)
{
    unsigned char pieces[2][PIECE];
    plx_differ_found found = {.same = true};
    FILE *files[2] = {fopen(mine, "rb"), fopen(theirs, "rb")};
    size_t sizes[2] = {PIECE, PIECE};
    found.read = files[0] && files[1];
    while (found.read && found.same && sizes[0] == PIECE) {
        for (int i = 0; i < 2; i++) {
            sizes[i] = fread(pieces[i], 1, PIECE, files[i]);
            found.read = found.read && !ferror(files[i]);
        }
        if (found.read)
            compare_pieces(pieces[0], sizes[0], pieces[1], sizes[1], &found);
    }
    for (int i = 0; i < 2; i++)
        if (files[i])
            fclose(files[i]);
    return found;
}

/* One launch into a file; false: it did not end well. */
static bool write_bytes(const plx_compare_plan *plan, const plx_compare_row *row, const char *path,
                        plx_answer *answer)
{
    plx_launch process = {.end = PLX_LAUNCH_NOT_STARTED, .last = "out of memory"};
    const char *changes[PLX_FACTOR_CHANGES];
    char **argv = plx_plan_bytes_command(plan, row, path);
    plx_factor_environment(plan, row, changes);
    if (argv)
        plx_launch_run_many(&(plx_launch_what){argv, changes}, 1, plan->limit_s, &process);
    plx_answer_explain(answer, &process, plan->limit_s);
    free(process.out);
    free(argv);
    return answer->kind == PLX_ANSWER_GOOD;
}

static bool is(const plx_compare_plan *plan, plx_pattern pattern)
{
    return strcmp(plan->pattern, plx_pattern_name(pattern)) == 0;
}

/* What that byte is part of: an item of an array, or a result of a fold. */
static void name_place(const plx_compare_plan *plan, uint64_t at, char text[96])
{
    const plx_kernel *kernel = plan->kernel;
    const plx_field *field = kernel->results;
    const bool scan = is(plan, PLX_SCAN),
               tasks = is(plan, PLX_FAN) || is(plan, PLX_TASK) || is(plan, PLX_PRIORITY);
    const size_t item_size = scan ? kernel->acc_size : kernel->out_size;
    text[0] = '\0';
    if (is(plan, PLX_REDUCE) || (tasks && kernel->fold)) {
        for (; field && field->name; field++)
            if (at >= field->offset && at - field->offset < field->size)
                snprintf(text, 96, " (in %.64s)", field->name);
    } else if (item_size > 0) {
        snprintf(text, 96, " (item %" PRIu64 ")", at / item_size);
    }
}

static void name_byte(int byte, char text[16])
{
    if (byte < 0)
        snprintf(text, 16, "missing");
    else
        snprintf(text, 16, "0x%02x", (unsigned)byte & 0xffu);
}

static void add(char why[320], const char *words)
{
    size_t used = strlen(why);
    snprintf(why + used, 320 - used, "; %s", words);
}

static void say_found(const plx_compare_plan *plan, const plx_compare_row *row,
                      const plx_compare_row *serial, const plx_differ_found *found, char why[320])
{
    char words[448], place[96], mine[16], theirs[16];
    if (!found->read) {
        add(why, "the bytes could not be compared");
        return;
    }
    if (found->same) {
        add(why, "launched again, its bytes are the same: it is wrong now and then");
        return;
    }
    name_place(plan, found->at, place);
    name_byte(found->mine, mine);
    name_byte(found->theirs, theirs);
    snprintf(words, sizeof words, "byte %" PRIu64 " is %s under %s, %s under %s%s", found->at, mine,
             row->label, theirs, serial->label, place);
    add(why, words);
}

void plx_differ_explain(const plx_compare_result *result, const plx_compare_row *row,
                        const plx_compare_row *serial, char why[320])
{
    const plx_compare_plan *plan = &result->plan;
    char folder[PLX_FOLDER_PATH], paths[2][PLX_FOLDER_PATH + 16];
    plx_answer answer;
    if (!plx_folder_make(folder)) {
        add(why, "there is no room for the bytes of both");
        return;
    }
    snprintf(paths[0], sizeof paths[0], "%s/mine", folder);
    snprintf(paths[1], sizeof paths[1], "%s/theirs", folder);
    if (write_bytes(plan, row, paths[0], &answer) && write_bytes(plan, serial, paths[1], &answer)) {
        plx_differ_found found = plx_differ_files(paths[0], paths[1]);
        say_found(plan, row, serial, &found, why);
    } else if (answer.kind != PLX_ANSWER_INTERRUPTED) {
        char words[320];
        snprintf(words, sizeof words, "launched again for its bytes, it failed: %.200s",
                 answer.why);
        add(why, words);
    }
    unlink(paths[0]);
    unlink(paths[1]);
    rmdir(folder);
}
