/* SPDX-License-Identifier: MIT */
/* compare/report/json.c: values as reports write them. */
#include "compare/report/json.h"

#include <math.h>
#include <stdio.h>

json_t *plx_json_real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *plx_json_positive(double value)
{
    return value > 0 ? plx_json_real(value) : json_null();
}

json_t *plx_json_text(const char *text)
{
    char plain[512];
    json_t *whole = *text ? json_string(text) : json_null();
    if (whole)
        return whole;
    snprintf(plain, sizeof plain, "%s", text);
    for (char *c = plain; *c; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    return json_string(plain);
}

json_t *plx_json_interval(const plx_interval *interval)
{
    return interval->known
               ? json_pack("[o, o]", plx_json_real(interval->low), plx_json_real(interval->high))
               : json_null();
}

char *plx_json_line(json_t *object)
{
    char *line = object ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    return line;
}
