/* SPDX-License-Identifier: MIT */
/*
 * file_digest: items are paths; out = the file's size in bytes, its newlines and its XXH64.
 *
 * Real I/O in bounded memory: a file is read in pieces into this worker's scratch, and each piece
 * is counted and hashed while it is in the cache. Regular files only, so that no FIFO or device is
 * waited for; what cannot be opened or read fails its item, with errno as the code.
 *
 * Check    wc -lc and xxh64sum of the same file; the hash stands as they print it, big end first
 * Source   POSIX.1 open and read; XXH64 of libxxhash (seed 0)
 * Better   io_uring, if the disk and not the hash is what takes the time
 */
#define _POSIX_C_SOURCE 200809L
#include "plx/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_STATIC_LINKING_ONLY     /* the state's size, so that it can live on the stack */
#include <xxhash.h>

enum { PIECE = 256 * 1024, LANES = 64, WHY_SIZE = 108 };

typedef struct digest {
    uint64_t size, lines;
    XXH64_canonical_t xxh64;
} digest;

/* A failure's line: the reason, then the path with its control bytes made harmless. */
static void fail(const plx_block *block, size_t item, int code, const char *reason,
                 const char *path)
{
    char why[WHY_SIZE], text[64];
    if (reason == NULL) {
        reason = text;
        if (strerror_r(code, text, sizeof text) != 0)
            snprintf(text, sizeof text, "error %d", code);
    }
    snprintf(why, sizeof why, "%s: %.*s", reason, (int)(sizeof why - strlen(reason) - 3), path);
    for (char *c = why; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    plx_fail(block, item, code, why);
}

/* Byte-wide lanes, emptied before one can pass 255: compilers make full vectors of it. */
static uint64_t count_lines(const unsigned char *from, size_t size)
{
    uint64_t lines = 0;
    while (size >= LANES) {
        uint8_t lane[LANES] = { 0 };
        size_t rounds = size / LANES < UINT8_MAX ? size / LANES : UINT8_MAX;
        for (size_t r = 0; r < rounds; r++, from += LANES)
            for (size_t j = 0; j < LANES; j++)
                lane[j] = (uint8_t)(lane[j] + (from[j] == '\n'));
        for (size_t j = 0; j < LANES; j++)
            lines += lane[j];
        size -= rounds * LANES;
    }
    for (size_t j = 0; j < size; j++)
        lines += from[j] == '\n';
    return lines;
}

/* 0, or the errno of the read that failed. If nobody wants it any more, what was read so far. */
static int digest_open(const plx_block *block, int fd, digest *out)
{
    XXH64_state_t state;
    unsigned char *piece = block->scratch;
    *out = (digest){ 0 };
    XXH64_reset(&state, 0);
    while (!plx_stopped(block)) {
        const ssize_t got = read(fd, piece, PIECE);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0)
            break;
        out->size += (uint64_t)got;
        out->lines += count_lines(piece, (size_t)got);
        XXH64_update(&state, piece, (size_t)got);
    }
    XXH64_canonicalFromHash(&out->xxh64, XXH64_digest(&state));
    return 0;
}

/* O_NONBLOCK: opening a FIFO that nobody writes to must not wait for one who does. */
static void digest_path(const plx_block *block, size_t item, const char *path, char *out)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        fail(block, item, errno, NULL, path);
        return;
    }
    digest made;
    int code = fstat(fd, &st) != 0 ? errno : 0;
    const char *reason = NULL;
    if (code == 0 && S_ISDIR(st.st_mode)) {
        code = EISDIR;
    } else if (code == 0 && !S_ISREG(st.st_mode)) {
        code = EINVAL;
        reason = "no regular file";
    } else if (code == 0) {
        code = digest_open(block, fd, &made);
    }
    close(fd);
    if (code == 0)
        memcpy(out, &made, sizeof made);
    else
        fail(block, item, code, reason, path);
}

static void map(const plx_block *block)
{
    char path[PATH_MAX], *out = block->out;
    for (size_t i = block->lo; i < block->hi; i++, out += sizeof(digest)) {
        const size_t *at = block->at + (i - block->lo), size = at[1] - at[0];
        const size_t kept = size < sizeof path ? size : sizeof path - 1;
        if (plx_stopped(block))
            return;
        memcpy(path, (const char *)block->in + at[0], kept);
        path[kept] = '\0';
        if (kept < size)
            fail(block, i, ENAMETOOLONG, NULL, path);
        else if (strlen(path) < size)
            fail(block, i, EINVAL, "a path holds no NUL byte", path);
        else
            digest_path(block, i, path, out);
    }
}

static size_t scratch_size(size_t n, const void *ctx)
{
    (void)n;
    (void)ctx;
    return PIECE;
}

/* What a small file in the page cache costs; how long the files are is not known before. */
static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    (void)ctx;
    if (bytes)
        *bytes = (double)sizeof(digest) * (double)(hi - lo);
    return 2e4 * (double)(hi - lo);
}

static const plx_field results[] = {
    { .name = "size", .about = "bytes", .type = PLX_U64, .offset = offsetof(digest, size),
      .size = 8 },
    { .name = "lines", .about = "newlines, as wc -l counts them", .type = PLX_U64,
      .offset = offsetof(digest, lines), .size = 8 },
    { .name = "xxh64", .about = "XXH64, as xxh64sum prints it", .type = PLX_BYTES,
      .offset = offsetof(digest, xxh64), .size = 8 },
    { .name = NULL }
};

const plx_kernel plx_file_digest_kernel = {
    .size = sizeof(plx_kernel),
    .name = "file_digest",
    .about = "size, lines and XXH64 of the files whose paths are the items: real I/O",
    .better = "io_uring, where the disk is what takes the time",
    .in_size = PLX_VARIES,
    .out_size = sizeof(digest),
    .in_type = PLX_TEXT,
    .results = results,
    .item_ns = 2e4,
    .scratch_size = scratch_size,
    .work = work,
    .map = map,
};
