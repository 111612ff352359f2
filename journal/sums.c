/* SPDX-License-Identifier: MIT */
/*
 * journal/sums.c: see journal/sums.h.
 *
 * Source   XXH3, 64 bits: Y. Collet, xxHash, specification of version 0.8
 */
#include "journal/sums.h"

#include <stddef.h>
#include <xxhash.h>

uint64_t plx_sums_header(const plx_header *header, const void *subject)
{
    return XXH3_64bits_withSeed(subject, header->subject_size,
                                XXH3_64bits(header, offsetof(plx_header, check)));
}

uint64_t plx_sums_payload(const void *payload, size_t size, uint64_t salt)
{
    return XXH3_64bits_withSeed(payload, size, salt);
}

uint64_t plx_sums_record(const plx_record *record, uint64_t salt, uint64_t offset)
{
    return XXH3_64bits_withSeed(record, offsetof(plx_record, check), salt ^ offset);
}
