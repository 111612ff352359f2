/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/subject.c: what a batch is about: one line of JSON in each segment of its journal.
 *
 * All that an item's result hangs on besides its own bytes: the kernel with its parameters, sizes
 * and, of a user's own, the file's digest; or the command. How results are to be read stands there
 * too, so that a journal can be shown without its kernel.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "../kernel_file.h"
#include "../type.h"
#include "batch.h"

static const char schema[] = "parallax.subject/1";

/* Of the bytes that the user named, source or object; null: built in; NULL: not to be had. */
static json_t *digest_of(const char *path)
{
    unsigned char piece[65536];
    char text[20];
    if (!plx_cli_kernel_is_file(path))
        return json_null();
    FILE *file = fopen(path, "rb");
    XXH64_state_t *state = file != NULL ? XXH64_createState() : NULL;
    size_t got = 1;
    if (state != NULL)
        XXH64_reset(state, 0);
    while (state != NULL && got > 0 && (got = fread(piece, 1, sizeof piece, file)) > 0)
        XXH64_update(state, piece, got);
    const bool whole = state != NULL && !ferror(file);
    if (whole)
        snprintf(text, sizeof text, "%016" PRIx64, XXH64_digest(state));
    if (file != NULL)
        fclose(file);
    XXH64_freeState(state);
    return whole ? json_string(text) : NULL;
}

/* What lacks a value, for want of memory, is none: its journal would be about another batch. */
static json_t *whole_or_none(json_t *made, bool whole)
{
    if (whole)
        return made;
    json_decref(made);
    return NULL;
}

static bool put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

static json_t *word_of(plx_type type)
{
    return json_string(plx_cli_type_of(type)->word);
}

static json_t *field_of(const plx_field *field)
{
    return json_pack("{s:s, s:o, s:I, s:I}", "name", field->name, "type", word_of(field->type),
                     "offset", (json_int_t)field->offset, "size", (json_int_t)field->size);
}

/* Of one out item; of a kernel that also folds its results are the accumulator's. */
static json_t *fields_of(const plx_kernel *kernel)
{
    json_t *list = json_array();
    const plx_field value = { .name = "value", .type = kernel->out_type, .size = kernel->out_size };
    const plx_field *field = kernel->fold == NULL ? kernel->results : NULL;
    bool whole = true;
    if (field == NULL || field->name == NULL)
        whole = json_array_append_new(list, field_of(&value)) == 0;
    for (; whole && field != NULL && field->name != NULL; field++)
        whole = json_array_append_new(list, field_of(field)) == 0;
    return whole_or_none(list, whole);
}

static json_t *size_of(size_t size)
{
    return size == PLX_VARIES ? json_string("lines") : json_integer((json_int_t)size);
}

static json_t *kernel_subject(const plx_batch_ask *ask)
{
    const plx_kernel *kernel = ask->kernel;
    json_t *subject = json_object();
    const bool whole = put(subject, "schema", json_string(schema)) &&
        put(subject, "kernel", json_string(kernel->name)) &&
        put(subject, "file", digest_of(ask->kernel_name)) &&
        put(subject, "in", word_of(kernel->in_type)) &&
        put(subject, "in_size", size_of(kernel->in_size)) &&
        put(subject, "out", word_of(kernel->out_type)) &&
        put(subject, "out_size", size_of(kernel->out_size)) &&
        put(subject, "fields", fields_of(kernel)) &&
        put(subject, "params", plx_cli_json_fields(kernel->params, ask->ctx));
    return whole_or_none(subject, whole);
}

static json_t *command_subject(const plx_batch_ask *ask)
{
    json_t *subject = json_object();
    char digest[20];
    snprintf(digest, sizeof digest, "%016" PRIx64, XXH64(ask->command, strlen(ask->command), 0));
    const bool whole = put(subject, "schema", json_string(schema)) &&
        put(subject, "exec", plx_cli_json_text(ask->command)) &&
        put(subject, "exec_digest", json_string(digest)) &&
        put(subject, "shell", json_boolean(ask->shell));
    return whole_or_none(subject, whole);
}

char *plx_batch_subject(const plx_batch_ask *ask)
{
    json_t *subject = ask->kernel != NULL ? kernel_subject(ask) : command_subject(ask);
    char *line = plx_cli_json_dump(subject, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(subject);
    return line;
}

static void add_change(char words[PLX_JOURNAL_WHY], const char *what, const json_t *then,
                       const json_t *now)
{
    const size_t at = strlen(words);
    char *before = plx_cli_json_dump(then, JSON_ENCODE_ANY | JSON_COMPACT),
         *after = plx_cli_json_dump(now, JSON_ENCODE_ANY | JSON_COMPACT);
    snprintf(words + at, PLX_JOURNAL_WHY - at, "%s%s was %.60s, is %.60s", at > 0 ? "; " : "", what,
             before != NULL ? before : "none", after != NULL ? after : "none");
    free(before);
    free(after);
}

/* What differs; objects within, the parameters, key by key. */
static void compare(json_t *now, json_t *then, char words[PLX_JOURNAL_WHY])
{
    const char *key;
    json_t *value;
    json_object_foreach(now, key, value) {
        json_t *old = json_object_get(then, key);
        if (json_is_object(value) && json_is_object(old))
            compare(value, old, words);
        else if (strcmp(key, "exec_digest") != 0 && !json_equal(value, old))
            add_change(words, key, old, value);
    }
    json_object_foreach(then, key, value)
        if (json_object_get(now, key) == NULL)
            add_change(words, key, value, NULL);
}

/* Another kernel or command is another in all the rest too. */
static bool compare_names(json_t *now, json_t *then, char words[PLX_JOURNAL_WHY])
{
    static const char *const names[] = { "kernel", "exec" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *is = json_object_get(now, names[i]), *was = json_object_get(then, names[i]);
        if ((is != NULL || was != NULL) && !json_equal(is, was))
            add_change(words, names[i], was, is);
    }
    return words[0] != '\0';
}

bool plx_batch_subject_same(const char *now, const char *then, char words[PLX_JOURNAL_WHY])
{
    words[0] = '\0';
    if (strcmp(now, then) == 0)
        return true;
    json_t *mine = json_loads(now, 0, NULL), *old = json_loads(then, 0, NULL);
    const bool known = json_is_object(mine) && json_is_object(old);
    if (known && !compare_names(mine, old, words))
        compare(mine, old, words);
    if (words[0] == '\0')
        snprintf(words, PLX_JOURNAL_WHY, "%s",
                 known ? "the command differs in bytes that cannot be shown"
                       : "what it is about cannot be read");
    json_decref(mine);
    json_decref(old);
    return words[0] == '\0';
}
