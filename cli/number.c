/* SPDX-License-Identifier: MIT */
/*
 * cli/number.c: exact reading of whole numbers, in integers from the first digit to the last.
 *
 * strtod and strtoull take signs, blanks, hex and the locale's comma, and round or wrap; none of
 * that may happen to a count that decides how much work is done.
 */
#include "number.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

/* value * 10 + digit, unless that is above 2^64 - 1. */
static bool append(uint64_t *value, unsigned digit)
{
    if (*value > (UINT64_MAX - digit) / 10)
        return false;
    *value = *value * 10 + digit;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The exponent's digits, held at 1,000: anything from 20 on is too large or times zero. */
static bool read_exponent(const char **text, unsigned *exponent)
{
    if (!is_digit(**text))
        return false;
    for (; is_digit(**text); (*text)++)
        if (*exponent < 1000)
            *exponent = *exponent * 10 + (unsigned)(**text - '0');
    return true;
}

bool plx_cli_whole(const char *text, uint64_t *value)
{
    uint64_t whole = 0;
    unsigned exponent = 0;
    const char *fraction = "";
    if (!is_digit(*text))
        return false;
    for (; is_digit(*text); text++)
        if (!append(&whole, (unsigned)(*text - '0')))
            return false;
    if (*text == '.') {
        fraction = ++text;
        if (!is_digit(*text))
            return false;
        text += strspn(text, "0123456789");
        if (*text != 'e' && *text != 'E')
            return false;                   /* 4.0 is no count; 2.5e3 says clearly what is meant */
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        if (!read_exponent(&text, &exponent))
            return false;
    }
    if (*text != '\0')
        return false;
    for (; exponent > 0 && (whole != 0 || is_digit(*fraction)); exponent--)
        if (!append(&whole, is_digit(*fraction) ? (unsigned)(*fraction++ - '0') : 0))
            return false;
    fraction += strspn(fraction, "0");
    if (is_digit(*fraction))
        return false;                       /* something below one is left */
    *value = whole;
    return true;
}

int plx_cli_told(const char *variable, int otherwise)
{
    const char *text = getenv(variable);
    uint64_t value;
    return text != NULL && plx_cli_whole(text, &value) && value < INT_MAX ? (int)value : otherwise;
}

int plx_cli_count(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
    uint64_t read;
    if (plx_cli_whole(text, &read) && read >= min && read <= max) {
        *value = read;
        return 0;
    }
    return plx_cli_error(PLX_EXIT_USAGE,
                         "%s '%s': not allowed; it takes a whole number from %llu to %llu%s",
                         option, text, (unsigned long long)min, (unsigned long long)max,
                         max >= 1000000000 ? ", such as 1000 or 1e9" : "");
}

int plx_cli_size(const char *option, const char *text, size_t min, size_t max, size_t *value)
{
    uint64_t read = 0;
    int code = plx_cli_count(option, text, min, max, &read);
    if (code == 0)
        *value = (size_t)read;
    return code;
}

int plx_cli_int(const char *option, const char *text, int min, int max, int *value)
{
    uint64_t read = 0;
    int code = plx_cli_count(option, text, (uint64_t)min, (uint64_t)max, &read);
    if (code == 0)
        *value = (int)read;
    return code;
}
