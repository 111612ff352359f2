/* SPDX-License-Identifier: MIT */
/*
 * pipeline.c: an assembly line: roots by any worker, squares by two at a time, and a running
 * product by one hand that sees the stream in order.
 *
 * At most in_flight batches are on the line, so a slow stage holds the source back. An item that
 * fails passes the later stages unrun and comes out in its place, with its error.
 */
#include <math.h>
#include <plx/kernels.h>
#include <plx/pipeline.h>
#include <stdio.h>

static void root(const plx_block *block)
{
    const double *in = block->in;
    double *out = block->out;
    for (size_t i = 0; i < block->hi - block->lo; i++)
        if (isnan(out[i] = sqrt(in[i])))
            plx_fail(block, block->lo + i, 1, "negative");
}

static plx_status multiply(void *product, size_t first, size_t n, const void *in, void *out,
                           const unsigned char *skip)
{
    (void)first;
    for (size_t i = 0; i < n; i++)
        if (!skip[i])
            ((double *)out)[i] = *(double *)product *= ((const double *)in)[i];
    return PLX_OK;
}

static plx_status count_up(void *next, size_t want, void *items, size_t *at, size_t *got)
{
    (void)at;
    for (double *x = next; *got < want && *x < 10; *x += 1)
        ((double *)items)[(*got)++] = *x == 5 ? -1 : *x;
    return PLX_OK;
}

static plx_status print(void *user, size_t first, size_t n, const void *out,
                        const plx_failure *failed, size_t failures)
{
    (void)user;
    for (size_t i = 0, f = 0; i < n; i++)
        if (f < failures && failed[f].item == first + i)
            printf("item %zu: %s\n", first + i, failed[f++].why);
        else
            printf("item %zu: product %.0f\n", first + i, ((const double *)out)[i]);
    return PLX_OK;
}

int main(int argc, char **argv)
{
    const plx_kernel roots = { .size = sizeof roots, .name = "root", .about = "square roots",
                               .in_size = 8, .out_size = 8, .map = root };
    const plx_stage line[] = {
        { .kernel = &roots }, { .kernel = plx_kernel_find("square"), .at_once = 2 },
        { .name = "product", .step = multiply, .user = &(double){ 1 }, .out_size = 8 } };
    const plx_stream stream = { .source = count_up, .sink = print, .user = &(double){ 1 } };
    const plx_job job = { .batch = 2, .in_flight = 4, .keep_going = true };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_pipeline(team, &job, line, 3, &stream, NULL);
    plx_close(team);
    return status == PLX_ITEM_FAILED ? 0 : plx_status_exit(status);
}
