/* SPDX-License-Identifier: MIT */
/*
 * compare/report/wrap.c: one pass, word by word.
 *
 * The text may come from a file that anybody wrote: whatever it holds, no line gets longer and no
 * terminal sees a control character.
 */
#include "compare/report/wrap.h"

#include <string.h>

enum { LINE = 96 };

static void put(const char *word, size_t size, FILE *out)
{
    for (size_t i = 0; i < size; i++)
        putc(word[i] < ' ' || word[i] > '~' ? '?' : word[i], out);
}

void plx_wrap_write(const char *text, FILE *out)
{
    for (size_t column = 0; *text;) {
        size_t word = strcspn(text, " \n");
        word = word < LINE ? word : LINE;
        if (column > 0 && column + 1 + word > LINE)
            column = (size_t)fprintf(out, "\n  ") - 1;
        else if (column > 0 && word > 0)
            column += (size_t)fprintf(out, " ");
        put(text, word, out);
        column += word;
        text += word;
        if (*text == '\n') {
            putc('\n', out);
            column = 0;
        }
        text += *text == ' ' || *text == '\n';
    }
}
