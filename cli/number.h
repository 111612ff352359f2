/* SPDX-License-Identifier: MIT */
/*
 * cli/number.h: numbers from the command line, read strictly.
 *
 * No sign, blank, hex or trailing letter is taken, and nothing is rounded or wrapped: a text is a
 * number of the allowed range or it is an error that names the option, the text and what is
 * allowed.
 */
#ifndef PLX_CLI_NUMBER_H
#define PLX_CLI_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Largest count that the command takes: 2^63 - 1. */
#define PLX_CLI_COUNT_MAX ((uint64_t)INT64_MAX)

/**
 * Read a whole number: digits, or digits[.digits]e[digits] if its value is whole ("1e9", "2.5e3").
 * False, *value untouched, if text is anything else or its value is above 2^64 - 1.
 */
bool plx_cli_whole(const char *text, uint64_t *value);

/** What an environment variable says, if that is a whole number below 2^31 - 1; else otherwise. */
int plx_cli_told(const char *variable, int otherwise);

/**
 * Read a whole number of [min, max] that option's argument gives, say "-n" or "--ranks".
 * Returns 0, or 64 after printing the line that says what is wrong.
 */
int plx_cli_count(const char *option, const char *text, uint64_t min, uint64_t max,
                  uint64_t *value);

/** The same into a size_t, max at most PLX_CLI_COUNT_MAX. */
int plx_cli_size(const char *option, const char *text, size_t min, size_t max, size_t *value);

/** The same into an int. */
int plx_cli_int(const char *option, const char *text, int min, int max, int *value);

#endif
