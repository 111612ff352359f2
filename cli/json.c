/* SPDX-License-Identifier: MIT */
/* cli/json.c: values that every reader takes in as we meant them. */
#include "json.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

json_t *plx_cli_json_count(size_t count)
{
    char text[24];
    if (count <= (UINT64_C(1) << 53))
        return json_integer((json_int_t)count);
    snprintf(text, sizeof text, "%zu", count);
    return json_string(text);
}

json_t *plx_cli_json_seconds(double seconds)
{
    return seconds >= 0 && isfinite(seconds) ? json_real(seconds) : json_null();
}

json_t *plx_cli_json_text(const char *text)
{
    char plain[512];
    if (text == NULL)
        return json_null();
    json_t *whole = json_string(text);
    if (whole != NULL)
        return whole;
    snprintf(plain, sizeof plain, "%s", text);
    for (char *c = plain; *c != '\0'; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    return json_string(plain);
}

int plx_cli_json_print(json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(12));
    json_decref(object);
    if (text == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "no memory for the JSON output");
    puts(text);
    json_free_t release;
    json_get_alloc_funcs(NULL, &release);
    release(text);
    return 0;
}

int plx_cli_json_line(char *line)
{
    if (line == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "out of memory");
    puts(line);
    free(line);
    return 0;
}
