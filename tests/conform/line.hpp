// SPDX-License-Identifier: MIT
// A pipeline of toys for the laws, and what it must give by a plain loop over items.
//
// An item is 0, 1 or 3 words. Each stage turns it into others that hang on all words, on its number
// and, in a step, on all good items before it: so a lost, doubled or disordered item shows in all
// that follows. A step looks at its own order besides.
#pragma once

#include "suite.hpp"

#include <algorithm>
#include <atomic>

#include "plx/pipeline.h"

struct Knob {
    uint64_t tag, from, every; // fails from, from + every, …; every = 0: none
};

enum class Kind { Kernel, Step };

struct Part {
    Kind kind;
    int in, out; // words of an item; in = -1: items that differ in length
    Knob knob;
    int at_once;
    const plx_policy *policy;
};

struct Plan {
    std::vector<Part> parts;
    size_t n, batch, in_flight, short_every;
    bool keep_going;
};

// What goes wrong, and where: at this item of the stream.
enum class Trouble {
    None,
    Source,
    Step,
    Sink,
    DrainInSource,
    QuitInSource,
    QuitInStep,
    QuitInSink
};

struct Fault {
    Trouble trouble = Trouble::None;
    size_t item = 0, stage = 0;
};

struct Expected {
    std::vector<std::vector<uint64_t>> out; // of a failed item: zeros
    std::vector<plx_failure> failed;
};
Expected expect(const Plan &);
Plan random_plan(uint64_t seed);
std::string text(const Plan &);

class Line;

struct Step {
    Line *line;
    size_t stage;
    uint64_t state = 0;
    size_t next = 0; // item
    std::atomic<int> inside{0};
    bool in_order = true;
};

// One call: the stages and callbacks of a plan, and what came of it.
class Line
{
  public:
    explicit Line(const Plan &, const Fault & = {});
    plx_status run(plx_team *, const plx_policy * = nullptr);

    Plan plan;
    Fault fault;
    plx_stop stop{};
    plx_report report{};
    std::vector<plx_failure> failures, sunk_failures;
    std::vector<plx_worker> workers;
    std::vector<plx_slice> slices;
    std::vector<uint64_t> out;
    std::atomic<size_t> given{0}, done{0};
    size_t sunk = 0, most_ahead = 0, sources = 0;
    bool in_order = true;
    std::vector<Step> steps;
    std::vector<plx_stage> stages;
    std::vector<std::string> names;

  private:
    static plx_status give(void *, size_t, void *, size_t *, size_t *);
    static plx_status note(void *, size_t, size_t, void *, const plx_failure *, size_t);
    static plx_status take(void *, size_t, size_t, const void *, const plx_failure *, size_t);
    static plx_status step(void *, size_t, size_t, const void *, void *, const unsigned char *);
    plx_status strike(Trouble end, Trouble quit, size_t lo, size_t hi);
};
