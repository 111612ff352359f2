/* SPDX-License-Identifier: MIT */
/*
 * cli/trace.c: slices to JSON text, one event a line, in bounded memory.
 *
 * A million events as a tree of values would take a gigabyte, so lines are written as they come.
 * Both ends of a slice are rounded to nanoseconds before they are subtracted: what did not overlap
 * does not overlap in the file.
 */
#include "trace.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "json.h"

enum { ROOM = 1 << 16, LINE = 512, WAIT_NS = 100 }; /* shorter: the clock's own reading */

typedef struct writer {
    plx_output *output;
    const plx_trace *trace;
    int64_t *until;        /* of each rank's each thread: the end of all so far, in ns */
    const char *separator; /* before the next event */
    size_t used;
    int code;
    char text[ROOM];
} writer;

static const struct {
    const char *name, *category;
} kinds[] = {
    [PLX_SLICE_CHUNK] = {NULL, "chunk"},          [PLX_SLICE_PREPARE] = {"prepare", "prepare"},
    [PLX_SLICE_SCATTER] = {"scatter", "message"}, [PLX_SLICE_GATHER] = {"gather", "message"},
    [PLX_SLICE_SERVE] = {"serve", "message"},
};

static void flush_text(writer *w)
{
    if (w->code == 0)
        w->code = plx_output_write(w->output, w->text, w->used);
    w->used = 0;
}

__attribute__((format(printf, 2, 3))) static void add_text(writer *w, const char *format, ...)
{
    va_list args;
    if (w->used > ROOM - LINE)
        flush_text(w);
    va_start(args, format);
    int length = vsnprintf(w->text + w->used, LINE, format, args);
    va_end(args);
    w->used += length > 0 && length < LINE ? (size_t)length : 0;
}

static void add_row(writer *w, int rank, int thread, const char *key, const char *word, int number)
{
    add_text(w, "%s{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%d,\"tid\":%d,\"args\":", w->separator,
             key, rank, thread);
    if (word != NULL)
        add_text(w, "{\"name\":\"%s %d\"}}", word, number);
    else
        add_text(w, "{\"sort_index\":%d}}", number);
    w->separator = ",\n";
}

static void add_rows(writer *w)
{
    for (size_t i = 0; i < w->trace->workers_count; i++) {
        const plx_worker *worker = &w->trace->workers[i];
        if (worker->thread == 0)
            add_row(w, worker->rank, 0, "process_name", "rank", worker->rank);
        add_row(w, worker->rank, worker->thread, "thread_name", "worker", worker->thread);
        add_row(w, worker->rank, worker->thread, "thread_sort_index", NULL, worker->thread);
    }
}

/* An event without its closing brace: arguments may follow. */
static void begin_event(writer *w, const char *name, const char *category, int rank, int thread,
                        int64_t begin, int64_t end)
{
    int64_t took = end > begin ? end - begin : 0;
    add_text(w,
             "%s{\"ph\":\"X\",\"name\":\"%s\",\"cat\":\"%s\",\"pid\":%d,\"tid\":%d,"
             "\"ts\":%" PRId64 ".%03d,\"dur\":%" PRId64 ".%03d",
             w->separator, name, category, rank, thread, begin / 1000, (int)(begin % 1000),
             took / 1000, (int)(took % 1000));
    w->separator = ",\n";
}

static void add_wait(writer *w, int rank, int thread, int64_t begin, int64_t end)
{
    if (end - begin < WAIT_NS)
        return;
    begin_event(w, "wait", "wait", rank, thread, begin, end);
    add_text(w, "}");
}

/* Numbers up to 2^53, where readers begin to round, then text. */
static void add_count(writer *w, const char *key, size_t count)
{
    const char *quote = count > UINT64_C(1) << 53 ? "\"" : "";
    add_text(w, "\"%s\":%s%zu%s", key, quote, count, quote);
}

static int64_t to_ns(double seconds)
{
    return seconds > 0 ? (int64_t)llround(seconds * 1e9) : 0;
}

static void add_slice(writer *w, const plx_slice *slice)
{
    int64_t begin = to_ns(slice->begin_s), end = to_ns(slice->end_s);
    int64_t *until =
        &w->until[(size_t)slice->rank * (size_t)w->trace->threads + (size_t)slice->thread];
    add_wait(w, slice->rank, slice->thread, *until, begin);
    const char *name = kinds[slice->kind].name;
    begin_event(w, name != NULL ? name : w->trace->chunk, kinds[slice->kind].category, slice->rank,
                slice->thread, begin, end);
    if (slice->kind == PLX_SLICE_CHUNK) {
        add_text(w, ",\"args\":{");
        add_count(w, "lo", slice->lo);
        add_text(w, ",");
        add_count(w, "hi", slice->hi);
        add_text(w, "}");
    }
    add_text(w, "}");
    if (end > *until)
        *until = end;
}

static void add_events(writer *w)
{
    const plx_trace *trace = w->trace;
    add_rows(w);
    for (size_t i = 0; i < trace->count; i++)
        add_slice(w, &trace->slices[i]);
    for (size_t i = 0; trace->left_out == 0 && i < trace->workers_count; i++) {
        const plx_worker *worker = &trace->workers[i];
        add_wait(w, worker->rank, worker->thread,
                 w->until[(size_t)worker->rank * (size_t)trace->threads + (size_t)worker->thread],
                 to_ns(trace->elapsed_s));
    }
}

int plx_trace_write(plx_output *output, const plx_trace *trace, const json_t *about)
{
    char *other = plx_cli_json_dump(about, JSON_COMPACT | JSON_REAL_PRECISION(12));
    writer *w = malloc(sizeof *w);
    int64_t *until = calloc((size_t)trace->ranks * (size_t)trace->threads, sizeof *until);
    int code = PLX_EXIT_SYSTEM;
    if (w == NULL || until == NULL || other == NULL) {
        plx_cli_error(code, "no memory for the trace");
    } else {
        *w = (writer){.output = output, .trace = trace, .until = until, .separator = "\n"};
        add_text(w, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
        add_events(w);
        add_text(w, "\n],\"otherData\":");
        flush_text(w);
        if (w->code == 0)
            w->code = plx_output_write(output, other, strlen(other));
        add_text(w, "}\n");
        flush_text(w);
        code = w->code;
    }
    free(other);
    free(until);
    free(w);
    return code;
}
