/* SPDX-License-Identifier: MIT */
/* compare/page/page_text.h: text into HTML, where a stranger's text must stay text. */
#ifndef COMPARE_PAGE_TEXT_H
#define COMPARE_PAGE_TEXT_H

#include <stdio.h>

/** Text with & < > " ' escaped: fit for content and for a quoted attribute. */
void plx_page_text(const char *text, FILE *);

/** <tag>text</tag>; the tag may have attributes: "th scope=col". Nothing for an empty text. */
void plx_page_tag(const char *tag, const char *text, FILE *);

#endif
