/* SPDX-License-Identifier: MIT */
/*
 * journal/format.h: the bytes of a segment, shared by writer and reader.
 *
 * A segment is two copies of its header, then records, each aligned to 8 bytes. A record's header
 * is checked by a hash over itself, the segment's salt and the record's own offset, its payload by
 * another: so a record that is torn, shifted, recycled or of another segment is none. The next one
 * is found by its length; where that cannot be believed, by looking at every eighth byte on.
 *
 *   OUTPUT  up to 64 KiB of what a command wrote: {stream, key}, bytes. An item's stand directly
 *           before its entry, stdout first
 *   ENTRY   an item's final state
 *   END     the writer closed the segment: its counts
 *
 * Numbers are little-endian; a header of another byte order is not readable. Room taken ahead reads
 * as zeros. A reader takes any minor version of its major one, and passes over kinds it does not
 * know.
 */
#ifndef PLX_JOURNAL_FORMAT_H
#define PLX_JOURNAL_FORMAT_H

#include <stdint.h>

#include "journal/journal.h"

#define PLX_SEGMENT_MAGIC "PLXJRNL"     /* and its NUL: 8 bytes */
#define PLX_RECORD_MAGIC 0x72584C50u    /* "PLXr" */

enum {
    PLX_FORMAT_MAJOR = 1, PLX_FORMAT_MINOR = 0,
    PLX_FORMAT_ORDER = 0x01020304,      /* as a number of this machine's byte order */
    PLX_FORMAT_ALIGN = 8,               /* what headers and records are padded to */
    PLX_OUTPUT_PIECE = 65536,           /* most bytes of one OUTPUT */
    PLX_WHY_MAX = 107,                  /* most bytes of a why */
    PLX_PAYLOAD_MAX = 262144            /* most bytes of any payload: a longer one is damage */
};

typedef enum plx_kind { PLX_KIND_OUTPUT = 1, PLX_KIND_ENTRY = 2, PLX_KIND_END = 3 } plx_kind;

/**
 * A header: this, the subject with its NUL, zeros to a multiple of 8; then both once more. It keeps
 * its form in all versions, so that an older reader knows a newer journal for what it is.
 */
typedef struct plx_header {
    char magic[8];
    uint16_t major, minor;
    uint32_t order;                     /* PLX_FORMAT_ORDER */
    uint64_t salt;                      /* of this segment alone: of time, process, place */
    uint32_t session, part;
    int32_t rank;
    uint32_t subject_size;              /* with its NUL */
    int64_t pid, pid_start;             /* start: field 22 of /proc/PID/stat */
    double begun_s;
    char host[PLX_HOST_MAX], boot[40];
    uint64_t check;                     /* XXH3 of the subject, seeded with that of all before */
} plx_header;

typedef struct plx_record {
    uint32_t magic;
    uint16_t kind, reserved;
    uint32_t size, reserved2;           /* of the payload */
    uint64_t number;                    /* in its segment, from 0 */
    uint64_t payload_check;             /* XXH3 of the payload, seeded with the salt */
    uint64_t check;                     /* XXH3 of all before, seeded with salt ^ offset */
} plx_record;

/** ENTRY: this, then item, result, why, without NULs. */
typedef struct plx_entry_head {
    plx_key key;
    int32_t state, code, signal, tries;
    uint32_t item_size, result_size, why_size;
    double elapsed_s, ended_s;
    uint64_t output[2];
} plx_entry_head;

/** OUTPUT: this, then bytes. */
typedef struct plx_output_head {
    plx_key key;
    int32_t stream;
} plx_output_head;

/** END. */
typedef struct plx_end_record {
    uint64_t entries;
} plx_end_record;

#endif
