/* SPDX-License-Identifier: MIT */
/*
 * compare/report/fields.c: nothing is believed: each value has the right type and lies in its
 * range, or there is one line that says where it does not.
 */
#include "compare/report/fields.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Control characters of ASCII, of Latin 1 (C2 80 .. C2 9F), and those that turn or hide what is
   written: U+200B .. U+200F, U+2028 .. U+202E, U+2066 .. U+2069, U+FEFF. */
static size_t harm_at(const unsigned char *c)
{
    if (c[0] < 0x20 || c[0] == 0x7f)
        return 1;
    if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f)
        return 2;
    if (c[0] == 0xe2 && c[1] == 0x80 &&
        ((c[2] >= 0x8b && c[2] <= 0x8f) || (c[2] >= 0xa8 && c[2] <= 0xae)))
        return 3;
    if (c[0] == 0xe2 && c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9)
        return 3;
    return c[0] == 0xef && c[1] == 0xbb && c[2] == 0xbf ? 3 : 0;
}

static void make_harmless(char *text, bool lines)
{
    for (char *c = text; *c; c++)
        if (!(lines && *c == '\n'))
            memset(c, ' ', harm_at((const unsigned char *)c));
}

static const char *kind_of(const json_t *value)
{
    static const char *const kinds[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array", [JSON_STRING] = "text",
        [JSON_INTEGER] = "a number", [JSON_REAL] = "a number",  [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",      [JSON_NULL] = "null"};
    return value ? kinds[json_typeof(value)] : "absent";
}

/* The way from the top: "models[3].median_s"; what is too long is cut. */
static size_t write_way(const plx_place *place, char *way, size_t size)
{
    size_t used = place->above ? write_way(place->above, way, size) : 0;
    int more = 0;
    if (place->above && place->key)
        more = snprintf(way + used, size - used, "%s%s", used ? "." : "", place->key);
    else if (place->above)
        more = snprintf(way + used, size - used, "[%zu]", place->index);
    used += more > 0 ? (size_t)more : 0;
    return used < size ? used : size - 1;
}

/* What the file itself says may be quoted, by the JSON library too: it stays one harmless line. */
bool plx_fields_wrong(const plx_place *place, const char *format, ...)
{
    char way[160] = "", what[158];
    if (*place->fault->why)
        return false;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    make_harmless(what, false);
    write_way(place, way, sizeof way);
    snprintf(place->fault->why, sizeof place->fault->why, "%s%s%s", way, *way ? ": " : "", what);
    return false;
}

bool plx_fields_no_memory(const plx_place *place)
{
    place->fault->memory = true;
    return plx_fields_wrong(place, "out of memory");
}

static bool is_good(const plx_place *place)
{
    return !*place->fault->why;
}

static json_t *unless_null(json_t *value)
{
    return json_is_null(value) ? NULL : value;
}

plx_place plx_fields_at(const plx_place *above, const char *key)
{
    json_t *value = above->value ? json_object_get(above->value, key) : NULL;
    return (plx_place){above, key, 0, unless_null(value), above->fault};
}

plx_place plx_fields_entry(const plx_place *above, size_t index)
{
    json_t *value = above->value ? json_array_get(above->value, index) : NULL;
    return (plx_place){above, NULL, index, unless_null(value), above->fault};
}

bool plx_fields_is_object(const plx_place *place)
{
    if (!json_is_object(place->value))
        return plx_fields_wrong(place, "is %s; an object is needed", kind_of(place->value));
    return is_good(place);
}

bool plx_fields_is_array(const plx_place *place, size_t most)
{
    if (!json_is_array(place->value))
        return plx_fields_wrong(place, "is %s; an array is needed", kind_of(place->value));
    if (json_array_size(place->value) > most)
        return plx_fields_wrong(place, "has %zu entries; at most %zu are taken",
                                json_array_size(place->value), most);
    return is_good(place);
}

/* The value as text, or NULL if it is not there, or not text. JSON's own strings hold no NUL. */
static const char *text_of(const plx_place *place, bool need)
{
    if (!place->value && !need)
        return NULL;
    if (!json_is_string(place->value))
        plx_fields_wrong(place, "is %s; text is needed", kind_of(place->value));
    return json_string_value(place->value);
}

bool plx_fields_text(const plx_place *above, const char *key, char *text, size_t size, bool need)
{
    plx_place place = plx_fields_at(above, key);
    const char *from = text_of(&place, need);
    text[0] = '\0';
    if (from && strlen(from) >= size)
        return plx_fields_wrong(&place, "has %zu bytes; at most %zu are taken", strlen(from),
                                size - 1);
    if (from)
        memcpy(text, from, strlen(from) + 1);
    make_harmless(text, false);
    if (need && !*text)
        return plx_fields_wrong(&place, "is empty");
    return is_good(&place);
}

bool plx_fields_long_text(const plx_place *above, const char *key, bool lines, char **text)
{
    plx_place place = plx_fields_at(above, key);
    const char *from = text_of(&place, false);
    if (!from)
        return is_good(&place);
    size_t size = strlen(from) + 1;
    *text = malloc(size);
    if (!*text)
        return plx_fields_no_memory(&place);
    memcpy(*text, from, size);
    make_harmless(*text, lines);
    return is_good(&place);
}

bool plx_fields_int(const plx_place *above, const char *key, int least, int most, int *value)
{
    plx_place place = plx_fields_at(above, key);
    if (!place.value)
        return is_good(&place);
    if (!json_is_integer(place.value))
        return plx_fields_wrong(&place, "is %s; a whole number is needed", kind_of(place.value));
    json_int_t found = json_integer_value(place.value);
    if (found < least || found > most)
        return plx_fields_wrong(&place, "is %lld; it must be %d to %d", (long long)found, least,
                                most);
    *value = (int)found;
    return is_good(&place);
}

/* JSON knows no NaN and no infinity, so what is a number is finite. */
static bool take_real(const plx_place *place, double least, double most, double *value)
{
    if (!json_is_number(place->value))
        return plx_fields_wrong(place, "is %s; a number is needed", kind_of(place->value));
    double found = json_number_value(place->value);
    if (!(found >= least && found <= most))
        return plx_fields_wrong(place, "is %g; it must be %g to %g", found, least, most);
    *value = found;
    return is_good(place);
}

bool plx_fields_real(const plx_place *above, const char *key, double least, double most,
                     double *value)
{
    plx_place place = plx_fields_at(above, key);
    return place.value ? take_real(&place, least, most, value) : is_good(&place);
}

bool plx_fields_bool(const plx_place *above, const char *key, bool *value)
{
    plx_place place = plx_fields_at(above, key);
    if (place.value && !json_is_boolean(place.value))
        return plx_fields_wrong(&place, "is %s; true or false is needed", kind_of(place.value));
    if (place.value)
        *value = json_is_true(place.value);
    return is_good(&place);
}

bool plx_fields_word(const plx_place *above, const char *key, const char *const *words,
                     size_t count, int *value)
{
    char found[24];
    if (!plx_fields_text(above, key, found, sizeof found, false))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(found, words[i]) == 0) {
            *value = (int)i;
            return true;
        }
    plx_place place = plx_fields_at(above, key);
    return *found ? plx_fields_wrong(&place, "is '%s', which is none of its words", found) : true;
}

bool plx_fields_interval(const plx_place *above, const char *key, plx_interval *interval)
{
    plx_place place = plx_fields_at(above, key);
    interval->known = place.value != NULL;
    if (!interval->known)
        return is_good(&place);
    plx_place low = plx_fields_entry(&place, 0), high = plx_fields_entry(&place, 1);
    if (!plx_fields_is_array(&place, 2) || !take_real(&low, -1e300, 1e300, &interval->low) ||
        !take_real(&high, -1e300, 1e300, &interval->high))
        return false;
    if (interval->low > interval->high)
        return plx_fields_wrong(&place, "ends before it begins");
    return true;
}

bool plx_fields_reals(const plx_place *above, const char *key, size_t count, double most,
                      double **values)
{
    plx_place place = plx_fields_at(above, key);
    if (!place.value)
        return is_good(&place);
    if (!plx_fields_is_array(&place, count))
        return false;
    if (json_array_size(place.value) != count)
        return plx_fields_wrong(&place, "has %zu entries; %zu launches were made",
                                json_array_size(place.value), count);
    *values = malloc((count + 1) * sizeof **values);
    if (!*values)
        return plx_fields_no_memory(&place);
    for (size_t i = 0; i < count; i++) {
        plx_place entry = plx_fields_entry(&place, i);
        if (!take_real(&entry, 0, most, &(*values)[i]))
            return false;
    }
    return true;
}
