/* SPDX-License-Identifier: MIT */
/*
 * compare/report/labels.c: what is beyond the first few is counted: a list of sixty rows says
 * nothing.
 */
#include "compare/report/labels.h"

enum { NAMED = 6 };

void plx_labels_add(plx_labels *labels, const char *label, double number)
{
    if (labels->count++ >= NAMED)
        return;
    fprintf(labels->out, "%s%s", labels->count > 1 ? ", " : "", label);
    if (number >= 0)
        fprintf(labels->out, " %.2f", number);
}

void plx_labels_end(const plx_labels *labels)
{
    if (labels->count > NAMED)
        fprintf(labels->out, ", %zu more", labels->count - NAMED);
}

const char *plx_labels_refused(plx_compare_state state)
{
    static const char *const words[] = {[PLX_COMPARE_TIMED] = "",
                                        [PLX_COMPARE_DIFFERS] = "DIFFERENT ANSWER, not timed",
                                        [PLX_COMPARE_MISSING] = "not available",
                                        [PLX_COMPARE_FAILED] = "failed, not timed"};
    return words[state];
}
