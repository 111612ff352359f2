/* SPDX-License-Identifier: MIT */
/*
 * compare/report/fields.h: values out of JSON that a stranger wrote.
 *
 * A place knows its way from the top, so that a complaint names the field: "models[3].samples_s[0]:
 * is text; a number is needed". The first complaint stays; after it every getter gives nothing, so
 * that a caller may read on and look once at the end.
 */
#ifndef COMPARE_FIELDS_H
#define COMPARE_FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "compare/compare.h"

typedef struct plx_fields_fault {
    char why[320];                  /* one line; empty: nothing was wrong */
    bool memory;                    /* it was memory */
} plx_fields_fault;

typedef struct plx_place {
    const struct plx_place *above;  /* NULL: the top */
    const char *key;                /* in the object above; NULL: by index in an array */
    size_t index;
    json_t *value;                  /* NULL: absent */
    plx_fields_fault *fault;
} plx_place;

/** Complain of a place, unless somebody did before. Returns false. */
bool plx_fields_wrong(const plx_place *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool plx_fields_no_memory(const plx_place *);

/** A member or an entry: its value is NULL if it is absent, null, or above is nothing. */
plx_place plx_fields_at(const plx_place *above, const char *key);
plx_place plx_fields_entry(const plx_place *above, size_t index);

/** An object or array must stand here; at most so many entries. False: it does not. */
bool plx_fields_is_object(const plx_place *);
bool plx_fields_is_array(const plx_place *, size_t most);

/**
 * Members of the object above. Absent or null is the same as not measured: text becomes "", numbers
 * what stands in the field already, and only a `need` makes that wrong. Text is made harmless:
 * control characters, and those that turn the direction of writing, become blanks.
 */
bool plx_fields_text(const plx_place *above, const char *key, char *text, size_t size, bool need);
/** To be freed; NULL if absent. Its newlines stay if it has lines. */
bool plx_fields_long_text(const plx_place *above, const char *key, bool lines, char **text);
bool plx_fields_int(const plx_place *above, const char *key, int least, int most, int *value);
bool plx_fields_real(const plx_place *above, const char *key, double least, double most,
                     double *value);
bool plx_fields_bool(const plx_place *above, const char *key, bool *value);
/** The number of a word in a list of count. */
bool plx_fields_word(const plx_place *above, const char *key, const char *const *words,
                     size_t count, int *value);
/** [low, high] into the interval, which is known if they are there. */
bool plx_fields_interval(const plx_place *above, const char *key, plx_interval *);
/** Exactly count numbers, in an array of their own, to be freed. Nothing if absent. */
bool plx_fields_reals(const plx_place *above, const char *key, size_t count, double most,
                      double **values);

#endif
