// SPDX-License-Identifier: MIT
#include "line.hpp"

#include <cstdio>

static uint64_t mix(uint64_t x, uint64_t i, uint64_t tag)
{
    x = (x ^ (i + 1) * 0x9E3779B97F4A7C15u) + tag;
    return (x ^ x >> 29) * 0xBF58476D1CE4E5B9u;
}

static uint64_t sum(const uint64_t *item, int n)
{
    uint64_t all = 0;
    for (int j = 0; j < n; j++)
        all += item[j] * (uint64_t)(2 * j + 1);
    return all;
}

static bool fails(const Knob &knob, size_t i)
{
    return knob.every && i >= knob.from && (i - knob.from) % knob.every == 0;
}

static size_t length_of(size_t i)
{
    return i * 7 % 6;
}

static uint64_t text_sum(size_t length, char first)
{
    return length * 256 + (uint64_t)first;
}

// A source's item as words: what a first stage of `in` words sees.
static std::vector<uint64_t> source_item(size_t i, int in)
{
    std::vector<uint64_t> all;
    if (in < 0)
        return {text_sum(length_of(i), length_of(i) ? (char)('a' + i % 26) : '\0')};
    for (int j = 0; j < in; j++)
        all.push_back(i * 3 + (uint64_t)j);
    return all;
}

template <int In, int Out> static void map_items(const plx_block *b)
{
    auto *knob = static_cast<const Knob *>(b->ctx);
    auto *in = static_cast<const uint64_t *>(b->in);
    auto *out = static_cast<uint64_t *>(b->out);
    for (size_t k = 0; k < b->hi - b->lo; k++) {
        size_t i = b->lo + k;
        uint64_t x;
        if constexpr (In < 0) {
            auto *first = static_cast<const char *>(b->in) + b->at[k];
            size_t length = b->at[k + 1] - b->at[k];
            x = text_sum(length, length ? *first : '\0');
        } else
            x = In ? sum(in + k * In, In) : 0;
        for (int j = 0; j < Out; j++)
            out[k * Out + (size_t)j] = mix(x, i, knob->tag + (uint64_t)j);
        if (fails(*knob, i))
            plx_fail(b, i, (int)(knob->tag % 100), "asked to");
    }
}

template <int In, int Out> static plx_kernel kernel(const char *name)
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = name;
    k.in_size = In < 0 ? PLX_VARIES : size_t{8} * (In < 0 ? 0 : In);
    k.out_size = 8 * Out;
    k.ctx_size = sizeof(Knob);
    k.map = map_items<In, Out>;
    return k;
}

static const plx_kernel *kernel_of(int in, int out)
{
    static const plx_kernel all[] = {
        kernel<-1, 1>("sized"),    kernel<-1, 3>("sized_wide"), kernel<0, 1>("born"),
        kernel<0, 3>("born_wide"), kernel<1, 1>("blend"),       kernel<1, 3>("widen"),
        kernel<3, 1>("narrow"),    kernel<3, 3>("blend_wide"),
    };
    int row = in < 0 ? 0 : in == 0 ? 1 : in == 1 ? 2 : 3;
    return &all[2 * row + (out == 3)];
}

static uint64_t below(uint64_t &state, uint64_t bound)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 11) % bound;
}

Plan random_plan(uint64_t seed)
{
    uint64_t state = seed * 2654435761u + 88172645463325252u;
    static const size_t ns[] = {0, 1, 9, 100, 257}, batches[] = {1, 3, 10, 64, 0};
    Plan plan{};
    size_t stages = 1 + below(state, 5);
    int width = (int)below(state, 4) - 1; // -1, 0, 1, and 2 for 3
    width = width == 2 ? 3 : width;
    for (size_t k = 0; k < stages; k++) {
        Part part{};
        part.kind = width >= 0 && below(state, 3) == 0 ? Kind::Step : Kind::Kernel;
        part.in = width;
        part.out = width = below(state, 2) ? 3 : 1;
        part.knob = {below(state, 1000), below(state, 200),
                     below(state, 3) ? 0 : 1 + below(state, 60)};
        part.at_once = part.kind == Kind::Step ? (int)below(state, 2) : (int)below(state, 4);
        plan.parts.push_back(part);
    }
    plan.n = ns[below(state, 5)];
    plan.batch = batches[below(state, 5)];
    plan.in_flight = 1 + below(state, 8);
    plan.short_every = below(state, 3);
    plan.keep_going = below(state, 2);
    return plan;
}

std::string text(const Plan &plan)
{
    std::string all = "n " + std::to_string(plan.n) + " batch " + std::to_string(plan.batch) +
                      " in flight " + std::to_string(plan.in_flight) +
                      (plan.keep_going ? " keep going:" : ":");
    for (const Part &part : plan.parts)
        all += (part.kind == Kind::Step ? " step " : " kernel ") + std::to_string(part.in) + "->" +
               std::to_string(part.out) + " at once " + std::to_string(part.at_once) +
               (part.knob.every ? " fails" : "");
    return all;
}

// Item after item through all stages: steps are in order, so nothing else can come of it.
Expected expect(const Plan &plan)
{
    Expected e;
    std::vector<uint64_t> states(plan.parts.size());
    for (size_t i = 0; i < plan.n; i++) {
        std::vector<uint64_t> item = source_item(i, plan.parts[0].in);
        bool failed = false;
        for (size_t k = 0; k < plan.parts.size() && !failed; k++) {
            const Part &part = plan.parts[k];
            uint64_t x = part.in < 0 ? item[0] : sum(item.data(), part.in), tag = part.knob.tag;
            if (part.kind == Kind::Step) {
                x = states[k] = states[k] * 31 + x;
                tag = k;
            } else if (fails(part.knob, i)) {
                failed = true;
                plx_failure f{};
                f.item = i;
                f.code = (int32_t)(part.knob.tag % 100);
                std::snprintf(f.why, sizeof f.why, "stage%zu: asked to", k);
                e.failed.push_back(f);
            }
            item.assign((size_t)part.out, 0);
            for (size_t j = 0; j < item.size(); j++)
                item[j] = mix(x, i, tag + j);
        }
        size_t last = (size_t)plan.parts.back().out;
        e.out.push_back(failed ? std::vector<uint64_t>(last) : item);
    }
    return e;
}

Line::Line(const Plan &p, const Fault &f) : plan(p), fault(f), steps(p.parts.size())
{
    names.resize(plan.parts.size());
    for (size_t k = 0; k < plan.parts.size(); k++) {
        const Part &part = plan.parts[k];
        plx_stage stage{};
        names[k] = "stage" + std::to_string(k);
        stage.name = names[k].c_str();
        stage.at_once = part.at_once;
        stage.policy = part.policy;
        steps[k].line = this;
        steps[k].stage = k;
        if (part.kind == Kind::Step) {
            stage.step = step;
            stage.user = &steps[k];
            stage.out_size = 8 * (size_t)part.out;
        } else {
            stage.kernel = kernel_of(part.in, part.out);
            stage.ctx = &plan.parts[k].knob;
        }
        stages.push_back(stage);
    }
}

plx_status Line::run(plx_team *team, const plx_policy *policy)
{
    plx_policy stops{};
    stops.stop = &stop;
    failures.assign(8, plx_failure{});
    workers.assign(64, plx_worker{});
    slices.assign(4096, plx_slice{});
    plx_job job{};
    job.batch = plan.batch;
    job.in_flight = plan.in_flight;
    job.keep_going = plan.keep_going;
    job.failures = failures.data();
    job.failures_cap = failures.size();
    job.by_worker = workers.data();
    job.by_worker_cap = workers.size();
    job.slices = slices.data();
    job.slices_cap = slices.size();
    job.policy = policy ? policy : &stops;
    plx_stream stream{};
    stream.source = give;
    stream.done = note;
    stream.sink = take;
    stream.user = this;
    stream.item_size = plan.parts[0].in < 0 ? 5 : 8 * (size_t)plan.parts[0].in;
    return plx_pipeline(team, &job, stages.data(), stages.size(), &stream, &report);
}

// The fault's item is among [lo, hi): end the call here, or ask it to stop.
plx_status Line::strike(Trouble end, Trouble quit, size_t lo, size_t hi)
{
    if (fault.item < lo || fault.item >= hi)
        return PLX_OK;
    if (fault.trouble == quit)
        plx_stop_ask(&stop, PLX_QUIT);
    return fault.trouble == end ? PLX_IO : PLX_OK;
}

plx_status Line::give(void *user, size_t want, void *items, size_t *at, size_t *got)
{
    auto *line = static_cast<Line *>(user);
    size_t from = line->given, left = line->plan.n - from;
    if (line->plan.short_every && ++line->sources % line->plan.short_every == 0)
        want = (want + 1) / 2;
    size_t n = std::min(want, left);
    if (line->fault.trouble == Trouble::DrainInSource && line->fault.item < from + n)
        plx_stop_ask(&line->stop, PLX_DRAIN);
    plx_status status = line->strike(Trouble::Source, Trouble::QuitInSource, from, from + n);
    if (status != PLX_OK)
        return status;
    int in = line->plan.parts[0].in;
    for (size_t k = 0; k < n; k++)
        if (at) {
            size_t length = length_of(from + k);
            std::memset(static_cast<char *>(items) + at[k], 'a' + (int)((from + k) % 26), length);
            at[k + 1] = at[k] + length;
        } else if (in > 0)
            std::memcpy(static_cast<uint64_t *>(items) + k * (size_t)in,
                        source_item(from + k, in).data(), 8 * (size_t)in);
    *got = n;
    line->given += n;
    line->most_ahead = std::max(line->most_ahead, line->given - line->sunk);
    return PLX_OK;
}

plx_status Line::note(void *user, size_t, size_t n, void *, const plx_failure *, size_t)
{
    static_cast<Line *>(user)->done += n;
    return PLX_OK;
}

plx_status Line::take(void *user, size_t first, size_t n, const void *out,
                      const plx_failure *failed, size_t failures)
{
    auto *line = static_cast<Line *>(user);
    auto *x = static_cast<const uint64_t *>(out);
    line->in_order = line->in_order && first == line->sunk && n > 0;
    line->sunk += n;
    line->out.insert(line->out.end(), x, x + n * (size_t)line->plan.parts.back().out);
    line->sunk_failures.insert(line->sunk_failures.end(), failed, failed + failures);
    return line->strike(Trouble::Sink, Trouble::QuitInSink, first, first + n);
}

plx_status Line::step(void *user, size_t first, size_t n, const void *in, void *out,
                      const unsigned char *skip)
{
    auto *s = static_cast<Step *>(user);
    Line *line = s->line;
    const Part &part = line->plan.parts[s->stage];
    s->in_order = s->in_order && s->inside++ == 0 && first == s->next;
    s->next = first + n;
    auto *x = static_cast<const uint64_t *>(in);
    auto *y = static_cast<uint64_t *>(out);
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < (size_t)part.out; j++) {
            if (j == 0 && !skip[k])
                s->state = s->state * 31 + sum(x + k * (size_t)part.in, part.in);
            y[k * (size_t)part.out + j] = mix(s->state, first + k, s->stage + j);
        }
    s->inside--;
    bool mine = line->fault.stage == s->stage;
    return mine ? line->strike(Trouble::Step, Trouble::QuitInStep, first, first + n) : PLX_OK;
}
