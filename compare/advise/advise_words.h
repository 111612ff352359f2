/* SPDX-License-Identifier: MIT */
/* compare/advise/advise_words.h: an advice in words: the ladder, how sure, what to type. */
#ifndef COMPARE_ADVISE_WORDS_H
#define COMPARE_ADVISE_WORDS_H

#include "compare/advise/advise.h"

/** Fill the steps, sure and the command from facts, candidates and choice. False: no memory. */
bool plx_advise_say(plx_advise_result *, const plx_compare_plan *, const char *shown);

#endif
