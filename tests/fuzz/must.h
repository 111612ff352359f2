/* SPDX-License-Identifier: MIT */
/* must.h: a law that fails is named on stdout, which the runs leave open, and the run ends. */
#ifndef FUZZ_MUST_H
#define FUZZ_MUST_H

#include <stdio.h>
#include <stdlib.h>

#define must(law) ((law) ? (void)0 : must_fail(__FILE__, __LINE__, #law))

static inline void must_fail(const char *file, int line, const char *law)
{
    printf("%s:%d: does not hold: %s\n", file, line, law);
    fflush(stdout);
    abort();
}

#endif
