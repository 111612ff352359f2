/* SPDX-License-Identifier: MIT */
/*
 * cli/npy_parse.c: the header of a .npy file: magic, version, length, and a Python dict of three
 * keys.
 *
 * A cursor that never passes its end; what is not exactly expected ends the parse with a reason.
 */
#include <string.h>

#include "npy.h"
#include "type.h"

typedef struct cursor {
    const char *at, *end;
    const char *why;            /* the first fault; nothing is taken after it */
} cursor;

typedef struct dict {
    const char *descr;
    size_t descr_length;
    bool has_descr, has_order, has_shape, fortran;
    size_t values, dimensions;
} dict;

static const char garbled[] = "its header is no dict of 'descr', 'fortran_order' and 'shape'";

static void skip_blanks(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\n'))
        c->at++;
}

static bool take(cursor *c, const char *word)
{
    skip_blanks(c);
    size_t length = strlen(word);
    if (c->why != NULL || (size_t)(c->end - c->at) < length || memcmp(c->at, word, length) != 0)
        return false;
    c->at += length;
    return true;
}

static void fail(cursor *c, const char *why)
{
    if (c->why == NULL)
        c->why = why;
}

static void expect(cursor *c, const char *word)
{
    if (!take(c, word))
        fail(c, garbled);
}

/* A quoted text without escapes. */
static const char *take_text(cursor *c, size_t *length)
{
    char quote = take(c, "'") ? '\'' : '"';
    if (quote == '"')
        expect(c, "\"");
    const char *from = c->at;
    while (c->why == NULL && c->at < c->end && *c->at != quote && *c->at != '\\')
        c->at++;
    *length = (size_t)(c->at - from);
    if (c->why == NULL && (c->at == c->end || *c->at++ != quote))
        fail(c, garbled);
    return from;
}

static size_t take_count(cursor *c)
{
    size_t count = 0;
    skip_blanks(c);
    if (c->why != NULL || c->at == c->end || *c->at < '0' || *c->at > '9') {
        fail(c, c->at < c->end && *c->at == '-' ? "its shape holds a negative number" : garbled);
        return 0;
    }
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
        size_t digit = (size_t)(*c->at - '0');
        if (count > (SIZE_MAX - digit) / 10) {
            fail(c, "its shape holds a number above 2^64");
            return 0;
        }
        count = count * 10 + digit;
    }
    return count;
}

/* () | (n,) | (n, n ...) with or without a last comma. A zero anywhere makes the array empty,
   whatever else overflows. */
static void take_shape(cursor *c, dict *d)
{
    bool comma = true, empty = false, overflow = false;
    d->values = 1;
    expect(c, "(");
    while (c->why == NULL && !take(c, ")")) {
        if (!comma)
            fail(c, garbled);
        size_t count = take_count(c);
        empty = empty || count == 0;
        overflow = overflow || (count != 0 && d->values > SIZE_MAX / count);
        d->values = overflow ? SIZE_MAX : d->values * (count != 0 ? count : 1);
        d->dimensions++;
        comma = take(c, ",");
    }
    if (d->dimensions == 1 && !comma)
        fail(c, garbled);       /* (n) is a number, not a tuple */
    if (empty)
        d->values = 0;
    else if (overflow)
        fail(c, "its shape is a product above 2^64");
}

static void take_descr(cursor *c, dict *d)
{
    if (take(c, "["))
        fail(c, "it holds records; taken are <f8, <f4, <i8, <u8 and |u1");
    d->descr = take_text(c, &d->descr_length);
}

static bool is_key(const char *key, size_t length, const char *name, bool *seen)
{
    if (length != strlen(name) || memcmp(key, name, length) != 0 || *seen)
        return false;
    *seen = true;
    return true;
}

static void take_entry(cursor *c, dict *d)
{
    size_t length;
    const char *key = take_text(c, &length);
    expect(c, ":");
    if (c->why != NULL)
        return;
    if (is_key(key, length, "descr", &d->has_descr))
        take_descr(c, d);
    else if (is_key(key, length, "shape", &d->has_shape))
        take_shape(c, d);
    else if (is_key(key, length, "fortran_order", &d->has_order)) {
        d->fortran = take(c, "True");
        if (!d->fortran)
            expect(c, "False");
    } else
        fail(c, garbled);
}

static void take_dict(cursor *c, dict *d)
{
    bool comma = true;
    expect(c, "{");
    while (c->why == NULL && !take(c, "}")) {
        if (!comma)
            fail(c, garbled);
        take_entry(c, d);
        comma = take(c, ",");
    }
    skip_blanks(c);
    if (c->at != c->end || !d->has_descr || !d->has_order || !d->has_shape)
        fail(c, garbled);
}

static const char *judge_type(const dict *d, plx_npy *npy)
{
    const plx_cli_type *type = plx_cli_type_named(d->descr, d->descr_length);
    if (type == NULL && d->descr_length > 0 && d->descr[0] == '>')
        return "it is big-endian; taken are <f8, <f4, <i8, <u8 and |u1";
    if (type == NULL && d->descr_length > 1 && d->descr[1] == 'O')
        return "it holds Python objects; taken are <f8, <f4, <i8, <u8 and |u1";
    if (type == NULL)
        return "its dtype is not taken; taken are <f8, <f4, <i8, <u8 and |u1";
    npy->type = type->type;
    return d->fortran && d->dimensions > 1 ? "it is in Fortran order; save it in C order" : NULL;
}

static const char *judge_length(const dict *d, size_t size, plx_npy *npy)
{
    size_t value = plx_cli_type_of(npy->type)->size, left = size - npy->data;
    npy->values = d->values;
    if (d->values > left / value)
        return "its header claims more values than the file holds";
    if (d->values * value != left)
        return "it is longer than its header says";
    return NULL;
}

/* Where the dict begins and, in *end, where the data do; 0 with *why if the file has no such place.
   */
static size_t find_dict(const unsigned char *file, size_t size, size_t *end, const char **why)
{
    if (size < 10 || memcmp(file, "\x93NUMPY", 6) != 0) {
        *why = size == 0 ? "it is empty" : "it is no .npy file";
        return 0;
    }
    if (file[6] < 1 || file[6] > 2 || file[7] != 0) {
        *why = "its .npy format is not 1.0 or 2.0";
        return 0;
    }
    size_t start = file[6] == 1 ? 10 : 12;
    if (size < start) {
        *why = "it ends inside its header";
        return 0;
    }
    *end = start + file[8] + ((size_t)file[9] << 8);
    if (file[6] == 2)
        *end += ((size_t)file[10] << 16) + ((size_t)file[11] << 24);
    if (*end > size)
        *why = "it ends inside its header";
    return *end > size ? 0 : start;
}

const char *plx_npy_parse(const void *file, size_t size, plx_npy *npy)
{
    const char *why = NULL;
    dict d = { 0 };
    size_t end = 0, start = find_dict(file, size, &end, &why);
    if (start == 0)
        return why;
    cursor c = { (const char *)file + start, (const char *)file + end, NULL };
    take_dict(&c, &d);
    if (c.why != NULL)
        return c.why;
    npy->data = end;
    why = judge_type(&d, npy);
    return why != NULL ? why : judge_length(&d, size, npy);
}
