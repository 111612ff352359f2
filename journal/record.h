/* SPDX-License-Identifier: MIT */
/*
 * journal/record.h: records in memory, one after the other, as they will stand in a segment.
 *
 * What depends on where a record stands (its number and checks) is set last, so that records can be
 * moved to another segment as they are.
 */
#ifndef PLX_JOURNAL_RECORD_H
#define PLX_JOURNAL_RECORD_H

#include <stddef.h>

#include "journal/format.h"

/** Where the next record of a segment goes. */
typedef struct plx_record_spot {
    uint64_t salt, offset, number;
} plx_record_spot;

/** Bytes of a record with so much payload: a multiple of 8. */
size_t plx_record_bytes(size_t payload);

/** Begin a record; returns where its payload goes. Its last bytes, up to a multiple of 8, are 0. */
unsigned char *plx_record_begin(void *at, plx_kind, size_t payload);

/** Number and check a record for its spot, which moves on; returns its bytes. */
size_t plx_record_seal(void *at, plx_record_spot *);

/** The same for all records of size bytes. */
void plx_record_seal_all(void *at, size_t size, plx_record_spot *);

/** Bytes of an entry's record; its payload, put where plx_record_begin says. */
size_t plx_record_entry_payload(const plx_entry *);
void plx_record_entry_put(unsigned char *payload, const plx_entry *);

#endif
