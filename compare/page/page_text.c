/* SPDX-License-Identifier: MIT */
/* compare/page/page_text.c: the one place where text becomes HTML. */
#include "compare/page/page_text.h"

#include <stddef.h>
#include <string.h>

void plx_page_text(const char *text, FILE *out)
{
    static const char special[] = "&<>\"'";
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    while (*text) {
        const size_t plain = strcspn(text, special);
        fwrite(text, 1, plain, out);
        text += plain;
        if (*text)
            fputs(entities[strchr(special, *text++) - special], out);
    }
}

void plx_page_tag(const char *tag, const char *text, FILE *out)
{
    if (!*text)
        return;
    fprintf(out, "<%s>", tag);
    plx_page_text(text, out);
    fprintf(out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}
