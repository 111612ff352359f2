/* SPDX-License-Identifier: MIT */
/*
 * cli/journal_item.c: see cli/journal_item.h.
 *
 * A subject is read from a file: a field that would lie beyond an entry's bytes is null.
 */
#define _POSIX_C_SOURCE 200809L
#include "journal_item.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plx/kernel.h"
#include "type.h"

enum { FIELDS_MOST = 64 };

struct plx_journal_shape {
    json_t *subject;                    /* holds the names */
    bool command;
    plx_type in, out;
    plx_field fields[FIELDS_MOST];
    size_t count;
};

/* PLX_BYTES for what is no word of a type. */
static plx_type type_named(const json_t *word)
{
    const char *text = json_string_value(word);
    for (int type = PLX_BYTES; text != NULL && type <= PLX_TEXT; type++)
        if (strcmp(plx_cli_type_of((plx_type)type)->word, text) == 0)
            return (plx_type)type;
    return PLX_BYTES;
}

/* Lines, and the numbers of items that have no input, are text. */
static plx_type type_of(const json_t *subject, const char *type, const char *size)
{
    const json_t *told = json_object_get(subject, size);
    if (!json_is_integer(told) || json_integer_value(told) == 0)
        return PLX_TEXT;
    return type_named(json_object_get(subject, type));
}

static bool set_field(plx_field *field, const json_t *told)
{
    const json_int_t offset = json_integer_value(json_object_get(told, "offset"));
    const json_int_t size = json_integer_value(json_object_get(told, "size"));
    field->name = json_string_value(json_object_get(told, "name"));
    field->type = type_named(json_object_get(told, "type"));
    if (field->name == NULL || offset < 0 || size <= 0 || offset > PLX_RESULT_MAX ||
        size > PLX_RESULT_MAX)
        return false;
    field->offset = (size_t)offset;
    field->size = (size_t)size;
    return true;
}

plx_journal_shape *plx_journal_shape_read(const char *subject)
{
    plx_journal_shape *shape = calloc(1, sizeof *shape);
    if (shape == NULL)
        return NULL;
    shape->subject = json_loads(subject, 0, NULL);
    if (plx_cli_json_lacks()) {
        plx_journal_shape_free(shape);
        return NULL;
    }
    shape->command = json_is_string(json_object_get(shape->subject, "exec"));
    shape->in = type_of(shape->subject, "in", "in_size");
    shape->out = type_of(shape->subject, "out", "out_size");
    const json_t *fields = json_object_get(shape->subject, "fields");
    for (size_t i = 0; i < json_array_size(fields) && shape->count < FIELDS_MOST; i++)
        shape->count += set_field(&shape->fields[shape->count], json_array_get(fields, i));
    return shape;
}

void plx_journal_shape_free(plx_journal_shape *shape)
{
    if (shape != NULL)
        json_decref(shape->subject);
    free(shape);
}

bool plx_journal_shape_is_command(const plx_journal_shape *shape)
{
    return shape->command;
}

static json_t *value_json(const plx_field *field, const void *bytes)
{
    char *text = plx_cli_field_text(field, bytes);
    json_t *value = text != NULL ? plx_cli_json_bytes(text, strlen(text)) : plx_cli_json_none();
    free(text);
    return value;
}

/* Values of one type side by side: one as itself, several as an array; all of bytes is one. */
static json_t *values_json(plx_type type, const void *bytes, size_t size)
{
    plx_field field = {.type = type, .size = plx_cli_type_of(type)->size};
    if (type == PLX_TEXT)
        return plx_cli_json_bytes(bytes, size);
    if (type == PLX_BYTES || size % field.size != 0)
        field = (plx_field){.type = PLX_BYTES, .size = size};
    if (size == field.size)
        return value_json(&field, bytes);
    json_t *all = json_array();
    for (; field.offset < size; field.offset += field.size)
        json_array_append_new(all, value_json(&field, bytes));
    return all;
}

static json_t *field_json(const plx_field *field, const void *bytes, size_t size)
{
    if (field->offset > size || field->size > size - field->offset)
        return json_null();
    const char *at = (const char *)bytes + field->offset;
    const char *end = field->type == PLX_TEXT ? memchr(at, '\0', field->size) : NULL;
    return values_json(field->type, at, end != NULL ? (size_t)(end - at) : field->size);
}

static json_t *result_json(const plx_journal_shape *shape, const plx_entry *entry)
{
    if (entry->result_size == 0)
        return json_null();
    json_t *result = json_object();
    if (shape->count == 0)
        json_object_set_new(result, "value",
                            values_json(shape->out, entry->result, entry->result_size));
    for (size_t i = 0; i < shape->count; i++)
        json_object_set_new(result, i == 0 ? "value" : shape->fields[i].name,
                            field_json(&shape->fields[i], entry->result, entry->result_size));
    return result;
}

void plx_journal_time(double since_1970_s, char text[PLX_JOURNAL_TIME])
{
    struct tm tm;
    *text = '\0';
    if (!(since_1970_s >= 0 && since_1970_s < 1e11))
        return;
    const double whole = floor(since_1970_s);
    const time_t seconds = (time_t)whole;
    if (gmtime_r(&seconds, &tm) == NULL)
        return;
    const size_t used = strftime(text, PLX_JOURNAL_TIME, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + used, PLX_JOURNAL_TIME - used, ".%03dZ", (int)((since_1970_s - whole) * 1000));
}

static json_t *key_json(plx_key key)
{
    char text[32];
    snprintf(text, sizeof text, "%08" PRIx32 "%08" PRIx32 "%08" PRIx32, key.word[0], key.word[1],
             key.word[2]);
    return json_string(text);
}

/* A command's result is what it wrote, or the text that stands in for it. */
static void set_result(json_t *item, const plx_journal_shape *shape, const plx_entry *entry,
                       const void *output, size_t size)
{
    const bool instead = entry->result_size > 0;
    if (!shape->command) {
        json_object_set_new(item, "result", result_json(shape, entry));
        return;
    }
    json_object_set_new(item, "result",
                        instead ? plx_cli_json_bytes(entry->result, entry->result_size)
                                : plx_cli_json_bytes(output, size));
    json_object_set_new(item, "result_bytes",
                        plx_cli_json_count(instead ? entry->result_size
                                                   : (size_t)entry->output[0]));
}

/* Its text stays what it always was, so two items may have the same. */
static json_t *hex_json(const plx_journal_shape *shape, const plx_entry *entry)
{
    if (!shape->command && shape->in != PLX_TEXT)
        return json_null();
    json_t *text = json_stringn(entry->item, entry->item_size);
    json_decref(text);
    return text != NULL ? json_null() : plx_cli_json_hex(entry->item, entry->item_size);
}

json_t *plx_journal_item_json(const plx_journal_shape *shape, const plx_entry *entry,
                              const void *output, size_t output_size)
{
    char ended[PLX_JOURNAL_TIME];
    json_t *item = json_object();
    plx_journal_time(entry->ended_s, ended);
    json_object_set_new(item, "item",
                        shape->command ? plx_cli_json_bytes(entry->item, entry->item_size)
                                       : values_json(shape->in, entry->item, entry->item_size));
    json_object_set_new(item, "key", key_json(entry->key));
    json_object_set_new(item, "state", plx_cli_json_text(plx_item_state_name(entry->state)));
    json_object_set_new(item, "code", json_integer(entry->code));
    json_object_set_new(item, "signal",
                        entry->signal != 0 ? json_integer(entry->signal) : json_null());
    json_object_set_new(item, "tries", json_integer(entry->tries));
    json_object_set_new(item, "elapsed_s", plx_cli_json_seconds(entry->elapsed_s));
    set_result(item, shape, entry, output, output_size);
    json_object_set_new(item, "why", *entry->why ? plx_cli_json_text(entry->why) : json_null());
    json_object_set_new(item, "ended", *ended ? json_string(ended) : json_null());
    json_object_set_new(item, "item_hex", hex_json(shape, entry));
    return item;
}
