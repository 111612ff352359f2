/* SPDX-License-Identifier: MIT */
/*
 * cli/json.h: what the commands share in writing JSON.
 *
 * A piece of memory that a value was refused is never forgotten: a process that lacked one once
 * prints no document any more, for nobody knows which it was to be part of.
 */
#ifndef PLX_CLI_JSON_H
#define PLX_CLI_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "plx/kernel.h"

/** Note from now on what jansson is refused: before its first use. */
void plx_cli_json_watch(void);

/** Was a piece refused, to read or to write JSON? Then what was made of it may lack something. */
bool plx_cli_json_lacks(void);

/** The null that stands in for a value that there was no memory for, which it notes. */
json_t *plx_cli_json_none(void);

/** A count: a number up to 2^53, text beyond it, where readers would round it. */
json_t *plx_cli_json_count(size_t);

/** Seconds; null if negative (not known) or not finite. */
json_t *plx_cli_json_seconds(double);

/** A text of any bytes: what is no UTF-8 is shown as '?'. NULL gives null. */
json_t *plx_cli_json_text(const char *);

/** The same of size bytes, NULs among them; only what is no UTF-8 is shown as '?'. */
json_t *plx_cli_json_bytes(const void *bytes, size_t size);

/** The same, two hex digits a byte. */
json_t *plx_cli_json_hex(const void *bytes, size_t size);

/** An object of all fields' values at base, as the command shows them, none if fields is NULL.
    NULL: no memory. */
json_t *plx_cli_json_fields(const plx_field *, const void *base);

/** One line with json_dumps' flags, malloc'ed and whole; NULL: memory lacks, or did before. */
char *plx_cli_json_dump(const json_t *, size_t flags);

/** Print the object as one line on stdout and free it. 0, or 71 after printing the line. */
int plx_cli_json_print(json_t *);
/** The same of a line that is made already; NULL: there was no memory. Frees it. */
int plx_cli_json_line(char *line);

#endif
