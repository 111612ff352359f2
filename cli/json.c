/* SPDX-License-Identifier: MIT */
/*
 * cli/json.c: values that every reader takes in as we meant them, or no document at all.
 *
 * jansson leaves out what it has no memory for, at hundreds of places that cannot all ask: so its
 * allocator notes each refused piece, and no line is made once there was one. Nor does its reader
 * ask whether its buffer grew, and would read past its end: so a reserve is given up first.
 */
#include "json.h"

#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "type.h"

enum { RESERVE = 1 << 20 };             /* bytes that are never written, so mere addresses */

static atomic_bool refused;
static _Atomic(void *) reserve;

static void *ask_memory(size_t size)
{
    void *piece = malloc(size);
    if (piece != NULL)
        return piece;
    atomic_store(&refused, true);
    free(atomic_exchange(&reserve, NULL));
    return malloc(size);
}

void plx_cli_json_watch(void)
{
    atomic_store(&reserve, malloc(RESERVE));
    json_set_alloc_funcs(ask_memory, free);
}

bool plx_cli_json_lacks(void)
{
    return atomic_load(&refused);
}

json_t *plx_cli_json_none(void)
{
    atomic_store(&refused, true);
    return json_null();
}

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

/* Bytes of the character that begins here; 0: none does. */
static size_t character(const unsigned char *c, size_t left)
{
    const size_t size = *c < 0x80 ? 1 : *c >= 0xf0 ? 4 : *c >= 0xe0 ? 3 : *c >= 0xc0 ? 2 : 0;
    if (size == 0 || size > left)
        return 0;
    json_t *one = json_stringn((const char *)c, size); /* jansson knows which are none */
    json_decref(one);
    return one != NULL ? size : 0;
}

json_t *plx_cli_json_bytes(const void *bytes, size_t size)
{
    json_t *whole = json_stringn(bytes, size);
    unsigned char *plain = whole == NULL ? malloc(size) : NULL;
    if (plain == NULL)
        return whole != NULL ? whole : plx_cli_json_none();
    memcpy(plain, bytes, size);
    for (size_t at = 0, step; at < size; at += step > 0 ? step : 1) {
        step = character(plain + at, size - at);
        if (step == 0)
            plain[at] = '?';
    }
    whole = json_stringn((const char *)plain, size);
    free(plain);
    return whole;
}

json_t *plx_cli_json_hex(const void *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *from = bytes;
    char *text = malloc(2 * size + 1);
    if (text == NULL)
        return plx_cli_json_none();
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[from[i] >> 4];
        text[2 * i + 1] = digits[from[i] & 15];
    }
    json_t *hex = json_stringn(text, 2 * size);
    free(text);
    return hex;
}

json_t *plx_cli_json_fields(const plx_field *fields, const void *base)
{
    json_t *values = json_object();
    bool whole = true;
    for (const plx_field *field = fields; whole && field != NULL && field->name != NULL; field++) {
        char *text = plx_cli_field_text(field, base);
        whole = text != NULL &&
            json_object_set_new(values, field->name, plx_cli_json_text(text)) == 0;
        free(text);
    }
    if (whole)
        return values;
    atomic_store(&refused, true);
    json_decref(values);
    return NULL;
}

/* Not json_dumps: when its buffer cannot grow, it leaves keys out and goes on. What does not fit is
   dumped once more into as much room as it said that it needs. */
char *plx_cli_json_dump(const json_t *object, size_t flags)
{
    enum { MOSTLY = 2048 };
    size_t room = MOSTLY, size = 1;
    char *text = malloc(room);
    while (text != NULL && (size = json_dumpb(object, text, room, flags)) >= room) {
        free(text);
        room = size + 1;
        text = malloc(room);
    }
    if (text != NULL && size > 0 && !plx_cli_json_lacks()) {
        text[size] = '\0';
        return text;
    }
    free(text);
    return NULL;
}

int plx_cli_json_print(json_t *object)
{
    char *text = plx_cli_json_dump(object, JSON_COMPACT | JSON_REAL_PRECISION(12));
    json_decref(object);
    if (text == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "no memory for the JSON output");
    puts(text);
    free(text);
    return 0;
}

int plx_cli_json_line(char *line)
{
    const bool whole = line != NULL && !plx_cli_json_lacks();
    if (whole)
        puts(line);
    free(line);
    return whole ? 0 : plx_cli_error(PLX_EXIT_SYSTEM, "no memory for the JSON output");
}
