/* SPDX-License-Identifier: MIT */
/*
 * params_fuzz.c: whatever stands behind -P, -n or -w is a value in range or a line that says no; it
 * never writes beyond the parameters.
 *
 * Each line of the input is one KEY=VALUE of a kernel with a parameter of every type, and one
 * number. A value that was taken must read back from its own text.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/names.h"
#include "cli/number.h"
#include "tests/fuzz/must.h"

enum { ROOM = 4096, TEXT = 600 };

typedef struct params {
    double f64;
    uint64_t u64, u128[2];
    int64_t i64;
    float f32;
    uint8_t u8;
    char text[9];
} params;

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define FIELD(member, kind, first)                                                                 \
    { .name = #member, .about = "a " #member, .initial = first, .type = kind,                      \
      .offset = offsetof(params, member), .size = sizeof((params *)0)->member }

static const plx_field fields[] = {
    FIELD(f64, PLX_F64, "0.5"), FIELD(u64, PLX_U64, "7"),   FIELD(u128, PLX_U128, "1"),
    FIELD(i64, PLX_I64, "-1"),  FIELD(f32, PLX_F32, "1e9"), FIELD(u8, PLX_U8, "255"),
    FIELD(text, PLX_TEXT, "x"), { .name = NULL },
};

static const plx_kernel kernel = {
    .size = sizeof(plx_kernel), .name = "any", .ctx_size = sizeof(params), .params = fields };

/* What names.c also looks up, by words that are not tried here. */
const plx_kernel *plx_kernel_find(const char *name)
{
    (void)name;
    return NULL;
}

const plx_kernel *plx_kernel_at(size_t i)
{
    (void)i;
    return NULL;
}

const char *plx_pattern_name(plx_pattern pattern)
{
    (void)pattern;
    return "";
}

bool plx_kernel_fits(const plx_kernel *any, plx_pattern pattern)
{
    (void)any;
    (void)pattern;
    return false;
}

bool plx_model_at(size_t i, plx_model_info *info)
{
    (void)i;
    (void)info;
    return false;
}

bool plx_offers(const char *model, plx_pattern pattern, const char **why)
{
    (void)model;
    (void)pattern;
    (void)why;
    return false;
}

static void check_params(const plx_cli_texts *texts)
{
    char text[TEXT];
    params *ctx = malloc(sizeof *ctx), *again = malloc(sizeof *again);
    must(ctx != NULL && again != NULL);
    const int code = plx_cli_set_params(&kernel, texts, ctx);
    must(code == 0 || code == 64);
    must(code != 0 || memchr(ctx->text, '\0', sizeof ctx->text) != NULL);
    *again = *ctx;
    for (const plx_field *field = fields; code == 0 && field->name != NULL; field++) {
        must(plx_field_text(field, ctx, text, sizeof text) > 0 || field->type == PLX_TEXT);
        memset((char *)again + field->offset, 0xee, field->size);
        must(plx_field_set(field, again, text) == PLX_OK);
        must(memcmp((char *)ctx + field->offset, (char *)again + field->offset, field->size) == 0);
    }
    free(ctx);
    free(again);
}

static void check_number(const char *word)
{
    char text[24];
    uint64_t value = 0, again = 0;
    int small = -1;
    if (plx_cli_whole(word, &value)) {
        snprintf(text, sizeof text, "%" PRIu64, value);
        must(plx_cli_whole(text, &again) && again == value);
        if (word[strspn(word, "0123456789")] == '\0')
            must(strcmp(word[0] == '0' ? text : word, text) == 0);
    }
    must(plx_cli_int("-w", word, 1, 99, &small) == 0 ? small >= 1 && small <= 99 : small == -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char room[ROOM + 1];
    plx_cli_texts texts = { .count = 0 };
    const size_t used = size < ROOM ? size : ROOM;
    memcpy(room, data, used);
    room[used] = '\0';
    for (char *word = room, *end; word != NULL && texts.count < PLX_CLI_LIST_MAX; word = end) {
        end = strchr(word, '\n');
        if (end != NULL)
            *end++ = '\0';
        check_number(word);
        texts.text[texts.count++] = word;
    }
    check_params(&texts);
    return 0;
}
