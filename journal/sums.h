/* SPDX-License-Identifier: MIT */
/*
 * journal/sums.h: the checks of a segment's parts, as format.h says: one place for the writer and
 * the reader.
 */
#ifndef PLX_JOURNAL_SUMS_H
#define PLX_JOURNAL_SUMS_H

#include "journal/format.h"

/** Of the subject's bytes, its NUL too, seeded with that of the header's before its check. */
uint64_t plx_sums_header(const plx_header *, const void *subject);

uint64_t plx_sums_payload(const void *payload, size_t size, uint64_t salt);

/** Of a record's header at this offset of its file; its payload_check is set. */
uint64_t plx_sums_record(const plx_record *, uint64_t salt, uint64_t offset);

#endif
