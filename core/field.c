/* SPDX-License-Identifier: MIT */
/*
 * core/field.c: named values as text, both ways.
 *
 * What is written reads back to the same value: floating point with as few digits as that takes.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plx/plx.h"

typedef union value {
    double f64;
    float f32;
    int64_t i64;
    uint64_t u64;
    uint8_t u8;
    uint64_t u128[2]; /* low, high */
} value;

static bool parse_float(const char *text, double *out)
{
    char *end;
    if (strspn(text, "0123456789.eE+-") != strlen(text))
        return false;
    errno = 0;
    *out = strtod(text, &end);
    return end != text && *end == '\0' && !(errno == ERANGE && (*out > 1 || *out < -1));
}

/* out = 10 out + digit, unless that is above 128 bits. */
static bool append(uint64_t out[2], unsigned digit)
{
    uint64_t low = (out[0] & 0xffffffff) * 10 + digit;
    uint64_t middle = (out[0] >> 32) * 10 + (low >> 32);
    uint64_t carry = middle >> 32;
    if (out[1] > (UINT64_MAX - carry) / 10)
        return false;
    out[0] = middle << 32 | (low & 0xffffffff);
    out[1] = out[1] * 10 + carry;
    return true;
}

/* Digits, and maybe an exponent of one or two (1e16), up to 128 bits, into two halves: exactly. */
static bool parse_digits(const char *text, uint64_t out[2])
{
    static const char digits[] = "0123456789";
    size_t whole = strspn(text, digits);
    const char *power = text[whole] == 'e' || text[whole] == 'E' ? text + whole + 1 : NULL;
    size_t zeros = power ? (size_t)strtoul(power, NULL, 10) : 0;
    size_t figures = power ? strspn(power, digits) : 0;
    bool bad_power = power && (figures == 0 || figures > 2 || power[figures] != '\0');
    if (whole == 0 || bad_power || (!power && text[whole] != '\0'))
        return false;
    out[0] = out[1] = 0;
    for (size_t i = 0; i < whole + zeros; i++)
        if (!append(out, i < whole ? (unsigned)(text[i] - '0') : 0))
            return false;
    return true;
}

static bool parse_signed(const char *text, int64_t *out)
{
    uint64_t digits[2];
    bool negative = *text == '-';
    if (!parse_digits(text + negative, digits) || digits[1])
        return false;
    if (digits[0] > (uint64_t)INT64_MAX + negative)
        return false;
    *out = negative ? (int64_t)(0 - digits[0]) : (int64_t)digits[0];
    return true;
}

static bool parse(const plx_field *field, const char *text, value *out)
{
    uint64_t digits[2] = {0};
    double real = 0;
    switch (field->type) {
    case PLX_F64:
        return parse_float(text, &out->f64);
    case PLX_F32:
        if (!parse_float(text, &real))
            return false;
        out->f32 = (float)real;
        return isfinite(out->f32); /* beyond its range it would be infinity, which has no text */
    case PLX_I64:
        return parse_signed(text, &out->i64);
    case PLX_U128:
        return parse_digits(text, out->u128);
    case PLX_U64:
    case PLX_U8:
        if (!parse_digits(text, digits) || digits[1] ||
            (field->type == PLX_U8 && digits[0] > UINT8_MAX))
            return false;
        if (field->type == PLX_U8)
            out->u8 = (uint8_t)digits[0];
        else
            out->u64 = digits[0];
        return true;
    default:
        return false;
    }
}

plx_status plx_field_set(const plx_field *field, void *base, const char *text)
{
    char *at = (char *)base + field->offset;
    if (field->type == PLX_TEXT) {
        size_t length = strlen(text);
        if (length >= field->size)
            return PLX_BAD_JOB;
        memset(at, 0, field->size);
        memcpy(at, text, length);
        return PLX_OK;
    }
    value out;
    memset(&out, 0, sizeof out);
    if (field->size > sizeof out || !parse(field, text, &out))
        return PLX_BAD_JOB;
    memcpy(at, &out, field->size);
    return PLX_OK;
}

static int print_f64(double x, char *text, size_t size)
{
    int length = 0;
    if (isnan(x))
        return snprintf(text, size, "nan"); /* a NaN's sign says nothing */
    for (int digits = 15; digits <= 17; digits++) {
        length = snprintf(text, size, "%.*g", digits, x);
        if (length < 0 || (size_t)length >= size || strtod(text, NULL) == x)
            break;
    }
    return length;
}

static int print_f32(float x, char *text, size_t size)
{
    int length = 0;
    if (isnan(x))
        return snprintf(text, size, "nan");
    for (int digits = 6; digits <= 9; digits++) {
        length = snprintf(text, size, "%.*g", digits, (double)x);
        if (length < 0 || (size_t)length >= size || strtof(text, NULL) == x)
            break;
    }
    return length;
}

/* A digit at a time, by long division of four 32-bit limbs. */
static int print_u128(const uint64_t x[2], char *text, size_t size)
{
    uint32_t limb[4] = {(uint32_t)(x[1] >> 32), (uint32_t)x[1], (uint32_t)(x[0] >> 32),
                        (uint32_t)x[0]};
    char digits[40];
    size_t at = sizeof digits - 1;
    digits[at] = '\0';
    do {
        uint64_t rest = 0;
        for (int i = 0; i < 4; i++) {
            rest = rest << 32 | limb[i];
            limb[i] = (uint32_t)(rest / 10);
            rest %= 10;
        }
        digits[--at] = (char)('0' + rest);
    } while (limb[0] || limb[1] || limb[2] || limb[3]);
    return snprintf(text, size, "%s", digits + at);
}

static int print_bytes(const unsigned char *bytes, size_t n, char *text, size_t size)
{
    if (size < 2 * n + 1)
        return -1;
    for (size_t i = 0; i < n; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return (int)(2 * n);
}

int plx_field_text(const plx_field *field, const void *base, char *text, size_t size)
{
    const char *at = (const char *)base + field->offset;
    value x;
    memset(&x, 0, sizeof x);
    if (field->type != PLX_TEXT && field->type != PLX_BYTES)
        memcpy(&x, at, field->size < sizeof x ? field->size : sizeof x);
    int length = -1;
    switch (field->type) {
    case PLX_F64:
        length = print_f64(x.f64, text, size);
        break;
    case PLX_F32:
        length = print_f32(x.f32, text, size);
        break;
    case PLX_I64:
        length = snprintf(text, size, "%lld", (long long)x.i64);
        break;
    case PLX_U64:
        length = snprintf(text, size, "%llu", (unsigned long long)x.u64);
        break;
    case PLX_U8:
        length = snprintf(text, size, "%u", x.u8);
        break;
    case PLX_U128:
        length = print_u128(x.u128, text, size);
        break;
    case PLX_TEXT:
        length = snprintf(text, size, "%.*s", (int)field->size, at);
        break;
    default:
        length = print_bytes((const unsigned char *)at, field->size, text, size);
        break;
    }
    return length >= 0 && (size_t)length < size ? length : -1;
}

void plx_ctx_init(const plx_kernel *kernel, void *ctx)
{
    if (kernel->ctx_size)
        memset(ctx, 0, kernel->ctx_size);
    for (const plx_field *field = kernel->params; field && field->name; field++)
        if (field->initial)
            plx_field_set(field, ctx, field->initial);
}
