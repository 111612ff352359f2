/* SPDX-License-Identifier: MIT */
/*
 * cli/policy.c: lists of numbers behind one option, read strictly: each part is a number of its own
 * range, and the line that refuses one shows the whole.
 */
#include "policy.h"

#include <string.h>

#include "duration.h"
#include "error.h"
#include "number.h"

enum { PARTS_MAX = PLX_CLI_CODES_MAX, PART_SIZE = 32 };

static const double longest_s = 1e9;

/* "a,b": its parts; 0 if there are none, too many, or one that is empty or too long. */
static size_t split(const char *text, char parts[PARTS_MAX][PART_SIZE], size_t most)
{
    size_t count = 0;
    for (;; text++) {
        const size_t length = strcspn(text, ",");
        if (length == 0 || length >= PART_SIZE || count == most)
            return 0;
        memcpy(parts[count], text, length);
        parts[count++][length] = '\0';
        text += length;
        if (*text == '\0')
            return count;
    }
}

/* A length of time without its unit is a plain number; whole ones may be long, or 1e6. */
static bool read_number(const char *text, double *value)
{
    uint64_t whole;
    const size_t length = strlen(text);
    if (plx_cli_whole(text, &whole)) {
        *value = (double)whole;
        return true;
    }
    return length > 0 && text[length - 1] >= '0' && text[length - 1] <= '9' &&
           plx_cli_duration(text, value);
}

static bool read_time(const char *text, double *value)
{
    return plx_cli_duration(text, value) && *value <= longest_s;
}

static int refuse(const plx_cli_option *option, const char *text, const char *takes)
{
    char name[64];
    return plx_cli_error(PLX_EXIT_USAGE, "%s '%s': not allowed; it takes %s",
                         plx_cli_option_name(option, name, sizeof name), text, takes);
}

int plx_cli_set_backoff(const plx_cli_option *option, void *field, const char *text)
{
    char parts[PARTS_MAX][PART_SIZE];
    plx_cli_backoff told = { 0 };
    const size_t count = split(text, parts, 4);
    bool good = count > 0 && read_time(parts[0], &told.wait_s);
    if (good && count > 1)
        good = read_number(parts[1], &told.factor) && told.factor >= 1 && told.factor <= 1000;
    if (good && count > 2)
        good = read_time(parts[2], &told.max_s) && told.max_s >= told.wait_s;
    if (good && count > 3)
        good = read_number(parts[3], &told.jitter) && told.jitter <= 1;
    if (!good)
        return refuse(option, text,
                      "TIME[,FACTOR[,MAX[,JITTER]]], such as 100ms or 1s,2,60s,0.5: FACTOR from 1 "
                      "to 1000, MAX a time not below the first, JITTER from 0 to 1");
    *(plx_cli_backoff *)field = told;
    return 0;
}

int plx_cli_set_rate(const plx_cli_option *option, void *field, const char *text)
{
    char parts[PARTS_MAX][PART_SIZE];
    plx_cli_rate told = { 0 };
    const size_t count = split(text, parts, 2);
    bool good = count > 0 && read_number(parts[0], &told.rate) && told.rate > 0 &&
                told.rate <= 1e9;
    if (good && count > 1)
        good = read_number(parts[1], &told.burst) && told.burst >= 1 && told.burst <= 1e9;
    if (!good)
        return refuse(option, text, "RATE[,BURST], such as 0.5 or 100,10: items a second, above 0 "
                                    "to 1e9, and how many at once, from 1");
    *(plx_cli_rate *)field = told;
    return 0;
}

static bool read_code(const char *text, int *code)
{
    uint64_t whole;
    const bool below = *text == '-';
    if (!plx_cli_whole(text + below, &whole) || whole > INT32_MAX)
        return false;
    *code = below ? -(int)whole : (int)whole;
    return true;
}

int plx_cli_set_codes(const plx_cli_option *option, void *field, const char *text)
{
    char parts[PARTS_MAX][PART_SIZE];
    plx_cli_codes told = { .count = split(text, parts, PLX_CLI_CODES_MAX) };
    bool good = told.count > 0;
    for (size_t i = 0; good && i < told.count; i++)
        good = read_code(parts[i], &told.code[i]);
    if (!good)
        return refuse(option, text,
                      "up to 32 codes of failures, such as 3 or 3,-1 (-1: timed out)");
    *(plx_cli_codes *)field = told;
    return 0;
}

/* HH:MM:SS: at most six digits of hours, then minutes and seconds below 60. */
static bool read_clock(const char *text, double *seconds)
{
    double part = 0, sum = 0;
    for (int colons = 0; colons < 3; colons++) {
        const size_t length = strspn(text, "0123456789");
        if (length == 0 || length > (colons == 0 ? 6 : 2))
            return false;
        part = 0;
        for (size_t i = 0; i < length; i++)
            part = 10 * part + (text[i] - '0');
        sum = 60 * sum + part;
        text += length;
        if ((colons > 0 && part >= 60) || *text++ != (colons < 2 ? ':' : '\0'))
            return false;
    }
    *seconds = sum;
    return true;
}

int plx_cli_set_deadline(const plx_cli_option *option, void *field, const char *text)
{
    double seconds = 0;
    if ((!read_time(text, &seconds) && !read_clock(text, &seconds)) || seconds < 1e-3)
        return refuse(option, text,
                      "a time from 1 ms, such as 90, 2m or 00:30:00 (hours:minutes:seconds)");
    *(double *)field = seconds;
    return 0;
}
