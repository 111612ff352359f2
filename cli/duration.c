/* SPDX-License-Identifier: MIT */
/*
 * cli/duration.c: a number of at most nine digits and its unit, read strictly: no sign, blank or
 * exponent, whatever the locale.
 */
#include "duration.h"

#include <string.h>

#include "error.h"

static double read_digits(const char **text, int *count)
{
    double value = 0;
    *count = 0;
    for (; **text >= '0' && **text <= '9' && *count <= 9; (*text)++, (*count)++)
        value = 10 * value + (**text - '0');
    return value;
}

bool plx_cli_duration(const char *text, double *seconds)
{
    static const struct { const char *name; double seconds; } units[] = {
        {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"", 1},
    };
    int count, behind = 0;
    double value = read_digits(&text, &count);
    if (count == 0 || count > 9)
        return false;
    if (*text == '.') {
        text++;
        double fraction = read_digits(&text, &behind);
        if (behind == 0 || behind > 9)
            return false;
        for (; behind > 0; behind--)
            fraction /= 10;
        value += fraction;
    }
    for (size_t u = 0; u < sizeof units / sizeof *units; u++)
        if (strcmp(text, units[u].name) == 0) {
            *seconds = value * units[u].seconds;
            return true;
        }
    return false;
}

int plx_cli_set_duration(const plx_cli_option *option, void *field, const char *text)
{
    char name[64];
    double seconds;
    if (plx_cli_duration(text, &seconds) && seconds * 1e3 >= (double)option->min &&
        seconds * 1e3 <= (double)option->max) {
        *(double *)field = seconds;
        return 0;
    }
    return plx_cli_error(PLX_EXIT_USAGE,
                         "%s '%s': not allowed; it takes a time from %g s to %g s, such as 60s, "
                         "2m or 500ms",
                         plx_cli_option_name(option, name, sizeof name), text,
                         (double)option->min * 1e-3, (double)option->max * 1e-3);
}
