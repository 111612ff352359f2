// SPDX-License-Identifier: MIT
// The laws of streams: batch, pipeline, queue.
#include "chaos.hpp"

#include <algorithm>
#include <atomic>

#include "plx/pipeline.h"
#include "plx/queue.h"

static void raise_values(const plx_block *b)
{
    Case &c = *static_cast<const Case::Ctx *>(b->ctx)->its;
    for (size_t i = b->lo; i < b->hi; i++) {
        c.reached(i);
        uint64_t x;
        std::memcpy(&x, static_cast<const char *>(b->in) + (i - b->lo) * sizeof x, sizeof x);
        x++;
        if (c.bad[i])
            plx_fail(b, i, (int)i, "bad");
        else
            std::memcpy(static_cast<char *>(b->out) + (i - b->lo) * sizeof x, &x, sizeof x);
    }
}

static plx_kernel make_raise()
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "raised";
    k.in_size = k.out_size = sizeof(uint64_t);
    k.ctx_size = sizeof(Case::Ctx);
    k.map = raise_values;
    return k;
}
const plx_kernel raised = make_raise();

namespace
{

struct Stream {
    Case *its = nullptr;
    size_t given = 0, at_most = SIZE_MAX, in_step = 0;
    uint64_t added = 0; // to each good item on its way
    std::string wrong;
    std::vector<uint64_t> sunk;
};

} // namespace

static plx_status give(void *user, size_t want, void *items, size_t *, size_t *got)
{
    auto *s = static_cast<Stream *>(user);
    *got = std::min(want, s->its->n - s->given);
    for (size_t i = 0; i < *got; i++, s->given++) {
        uint64_t x = s->its->value(s->given);
        std::memcpy(static_cast<char *>(items) + i * sizeof x, &x, sizeof x);
    }
    if (s->given - s->sunk.size() > s->at_most)
        s->wrong = "too many items between source and sink";
    return PLX_OK;
}

static plx_status drain(void *user, size_t first, size_t n, const void *out, const plx_failure *f,
                        size_t failures)
{
    auto *s = static_cast<Stream *>(user);
    if (first != s->sunk.size())
        s->wrong = "sunk out of order";
    auto *x = static_cast<const uint64_t *>(out);
    s->sunk.insert(s->sunk.end(), x, x + n);
    for (size_t i = first; i < first + n; i++) {
        size_t told = 0;
        for (size_t k = 0; k < failures; k++)
            told += f[k].item == i;
        uint64_t expected = s->its->bad[i] ? 0 : s->its->value(i) + s->added;
        if (told != s->its->bad[i] || x[i - first] != expected)
            s->wrong = "item " + std::to_string(i) + " is wrong";
    }
    return PLX_OK;
}

static std::string judge_stream(const Case &c, plx_status status, const Stream &s)
{
    std::string wrong = judge(c, status, c.bad.any());
    if (wrong.empty() && status != PLX_NO_MEMORY)
        wrong = s.wrong;
    size_t end = status == PLX_OK || c.job.keep_going ? c.n : c.lowest_bad(c.n) + 1;
    bool ended = status == PLX_OK || status == PLX_ITEM_FAILED;
    return wrong.empty() && ended && s.sunk.size() != end ? "not all was sunk" : wrong;
}

// A batch takes items that come without input: here they come from the source.
std::string batch_law(Case &c)
{
    Stream s;
    s.its = &c;
    s.added = 1;
    plx_stream stream{};
    stream.source = give;
    stream.sink = drain;
    stream.user = &s;
    c.job.kernel = &raised;
    c.job.n = 0;
    c.job.batch = 1 + c.below(20);
    c.job.in_flight = c.below(5);
    if (c.job.in_flight)
        s.at_most = c.job.in_flight * c.job.batch;
    return judge_stream(c, c.status = plx_batch(c.team, &c.job, &stream, &c.report), s);
}

static plx_status add_in_order(void *user, size_t first, size_t n, const void *in, void *out,
                               const unsigned char *skip)
{
    auto *s = static_cast<Stream *>(user);
    if (first != s->in_step)
        s->wrong = "a step sees items out of order";
    s->in_step = first + n;
    for (size_t i = 0; i < n; i++)
        if (!skip || !skip[i])
            static_cast<uint64_t *>(out)[i] = static_cast<const uint64_t *>(in)[i] + 100;
    return PLX_OK;
}

// Kernels by turns with steps of one state each; only the first kernel has items that fail.
std::string pipeline_law(Case &c)
{
    Stream s;
    s.its = &c;
    plx_stage stages[3]{};
    size_t n = 1 + c.below(3);
    plx_kernel good = raised;
    good.map = [](const plx_block *b) {
        auto *in = static_cast<const uint64_t *>(b->in);
        for (size_t i = 0; i < b->hi - b->lo; i++)
            static_cast<uint64_t *>(b->out)[i] = in[i] + 10000;
    };
    stages[0].kernel = &raised;
    stages[0].ctx = &c.ctx;
    stages[0].at_once = (int)c.below(3);
    stages[1].name = "step";
    stages[1].step = add_in_order;
    stages[1].user = &s;
    stages[1].out_size = sizeof(uint64_t);
    stages[2].kernel = &good;
    stages[2].ctx = &c.ctx;
    stages[2].at_once = (int)c.below(2);
    s.added = n == 1 ? 1 : n == 2 ? 101 : 10101;
    plx_stream stream{};
    stream.source = give;
    stream.sink = drain;
    stream.user = &s;
    c.job.kernel = nullptr;
    c.job.ctx = nullptr;
    c.job.n = 0;
    c.job.batch = 1 + c.below(20);
    c.job.in_flight = c.below(5);
    if (c.job.in_flight)
        s.at_most = c.job.in_flight * c.job.batch;
    return judge_stream(c, c.status = plx_pipeline(c.team, &c.job, stages, n, &stream, &c.report),
                        s);
}

namespace
{

struct Shop {
    Case *its;
    size_t producers, per;
    std::vector<size_t> made;
    std::vector<std::atomic<int>> taken; // by item
    std::vector<std::atomic<bool>> inside;
    std::atomic<size_t> done{0}, failed{0};
    std::atomic<int> at_once{0};
};

} // namespace

static bool make(void *user, size_t p, void *item)
{
    auto *s = static_cast<Shop *>(user);
    s->at_once += s->inside[p].exchange(true);
    uint64_t number = p + s->producers * s->made[p];
    std::memcpy(item, &number, sizeof number);
    bool more = s->made[p] < s->per;
    s->made[p] += more;
    inside_yield();
    s->inside[p] = false;
    return more;
}

static int take(void *user, size_t consumer, const void *item, const char **why)
{
    auto *s = static_cast<Shop *>(user);
    std::atomic<bool> &inside = s->inside[s->producers + consumer];
    s->at_once += inside.exchange(true);
    uint64_t number;
    std::memcpy(&number, item, sizeof number);
    s->its->reached(number);
    s->taken[number]++;
    bool is_bad = s->its->bad[number];
    *why = "bad";
    (is_bad ? s->failed : s->done)++;
    inside = false;
    return is_bad ? 7 : 0;
}

std::string queue_law(Case &c)
{
    size_t producers = 1 + c.below(5), consumers = 1 + c.below(5), per = c.n / producers;
    Shop s{&c,
           producers,
           per,
           std::vector<size_t>(producers),
           std::vector<std::atomic<int>>(c.n + 1),
           std::vector<std::atomic<bool>>(producers + consumers)};
    plx_steps steps{};
    steps.producers = producers;
    steps.consumers = consumers;
    steps.item_size = sizeof(uint64_t);
    steps.capacity = c.below(6);
    steps.produce = make;
    steps.consume = take;
    steps.user = &s;
    bool any_bad = c.lowest_bad(producers * per) < producers * per;
    plx_status status = c.status = plx_produce(c.team, &c.job, &steps, &c.report);
    std::string wrong = judge(c, status, any_bad);
    if (!wrong.empty())
        return wrong;
    if (s.at_once)
        return "two steps of one producer or consumer at once";
    bool complete = status == PLX_OK || (status == PLX_ITEM_FAILED && c.job.keep_going);
    for (size_t i = 0; i < producers * per; i++)
        if (complete ? s.taken[i] != 1 : s.taken[i] > 1)
            return "item " + std::to_string(i) + " was not taken once";
    bool counted = c.report.done == s.done && c.report.failed == s.failed;
    return status != PLX_NO_MEMORY && !counted ? "the counts are not what was consumed" : "";
}
