// SPDX-License-Identifier: MIT
// What must be true after a call, whatever went wrong in it: the kernels' and callbacks' own notes
// say what did, and nothing of the library's is asked.
#include "call.hpp"

#include <algorithm>
#include <cstring>
#include <sstream>

#include <mpi.h>

// Nothing behind the end of the words.
static plx_report whole(plx_report report)
{
    size_t length = strnlen(report.why, sizeof report.why);
    memset(report.why + length, 0, sizeof report.why - length);
    return report;
}

struct Judge {
    const Call &call;
    const Notes &notes; // all ranks'
    std::ostringstream wrong;
    std::vector<size_t> units; // items that failed; a fan's tasks

    void check(bool good, const char *what, size_t is, size_t should)
    {
        if (!good && wrong.tellp() == 0)
            wrong << what << " is " << is << ", should be " << should;
    }
    void equal(const char *what, size_t is, size_t should)
    {
        check(is == should, what, is, should);
    }

    // Judges every call: a status that something called for, the same report on every rank.
    void agreement(plx_status root, const plx_report &roots)
    {
        plx_report mine = whole(call.report);
        equal("status", (size_t)call.status, (size_t)root);
        check(notes.statuses == 0 ? call.status == PLX_OK : notes.has(call.status),
              "status, of the bits of what went wrong,", (size_t)call.status, notes.statuses);
        check(memcmp(&roots, &mine, sizeof roots) == 0,
              "done in this rank's report, which differs,", mine.done, roots.done);
        bool words = call.status != PLX_OK && call.status != PLX_ITEM_FAILED;
        check((call.report.why[0] != '\0') == words, "why's first byte", (size_t)call.report.why[0],
              words);
    }
    void counts()
    {
        const plx_report &r = call.report;
        const Plan &p = call.p;
        bool ran = call.status == PLX_OK || call.status == PLX_ITEM_FAILED;
        bool stopped = call.status == PLX_ITEM_FAILED && !p.keep_going;
        equal("done + failed + not_run", r.done + r.failed + r.not_run, r.n);
        if (p.pattern != PLX_BATCH)
            equal("n", r.n, p.n);
        else if (ran)
            equal("n", r.n, stopped ? units.front() + 1 : p.n);
        if (!ran && p.pattern != PLX_BATCH)
            equal("done + failed", r.done + r.failed, 0);
        if (!ran)
            return;
        equal("failed", r.failed, stopped ? 1 : units.size());
        equal("done", r.done, stopped ? units.front() : p.n - units.size());
        size_t listed = std::min(stopped ? 1 : units.size(), p.failures_cap);
        equal("failures", r.failures, listed);
        for (size_t i = 0; i < listed; i++)
            equal("item in the list", call.failures[i].item, units[i]);
    }

    bool has_result() const
    {
        return call.status == PLX_OK || (call.status == PLX_ITEM_FAILED && call.p.keep_going);
    }
    // What stands for item i of a map, a task's map or a batch.
    uint64_t value(size_t i) const
    {
        return notes.has_failed(i) ? 0 : value_at(call.p.items, i);
    }
    Acc fold(size_t lo, size_t hi) const
    {
        Acc all{1, 0};
        for (size_t i = lo; i < hi; i++)
            if (!notes.has_failed(i))
                all = then(all, acc_of(value_at(call.p.items, i)));
        return all;
    }
    void same(const char *what, const void *is, Acc should)
    {
        Acc found;
        memcpy(&found, is, sizeof found);
        equal(what, found.a, should.a);
        equal(what, found.b, should.b);
    }

    // Behind the last item whose result is promised here.
    size_t promised() const
    {
        return has_result()                     ? call.hi
               : call.status == PLX_ITEM_FAILED ? std::min(call.hi, units.front())
                                                : call.lo;
    }
    void scanned()
    {
        size_t size = call.acc.size();
        Acc all = fold(0, call.lo);
        for (size_t i = call.lo; i < promised(); i++) {
            Acc before = all;
            all = then(all, fold(i, i + 1));
            same("an item of a scan", &call.out[(i - call.lo) * size],
                 call.p.exclusive ? before : all);
        }
    }
    void mapped()
    {
        for (size_t i = call.lo; i < promised(); i++)
            equal("an item of out", call.out[i - call.lo], value(i));
    }
    void reduced()
    {
        if (has_result())
            same("the accumulator", call.acc.data(), fold(0, call.p.n));
        else
            same("the accumulator untouched", call.acc.data(), {untouched, untouched});
    }
    void fanned()
    {
        Acc all{1, 0};
        if (!has_result())
            return;
        for (size_t t = 0; t < call.p.n; t++) {
            size_t lo = t * task_items;
            const uint64_t *out = call.outs.data() + t * task_room;
            if (std::find(units.begin(), units.end(), t) != units.end())
                continue;
            if (call.rank == 0 && t % 2 == 0)
                same("a task's accumulator", out, fold(lo, lo + task_items));
            for (size_t i = 0; call.rank == 0 && t % 2 && i < task_items; i++)
                equal("an item of a task's out", out[i], value(lo + i));
            all = then(all, fold(lo, lo + task_items));
        }
        same("the total", &call.total, all);
    }
    // Whatever ended the stream: what was sunk is right, or was said to have failed.
    void sunk()
    {
        if (call.rank != 0)
            return;
        equal("items sunk", call.out.size(), call.report.done + call.report.failed);
        for (size_t i = 0; i < call.out.size(); i++) {
            equal("an item sunk", call.out[i], value(i));
            equal("an item sunk as failed", call.told_failed[i], notes.has_failed(i));
        }
    }
    void results()
    {
        switch (call.p.pattern) {
        case PLX_MAP:
            mapped();
            break;
        case PLX_REDUCE:
            reduced();
            break;
        case PLX_SCAN:
            scanned();
            break;
        case PLX_FAN:
            fanned();
            break;
        default:
            sunk();
            break;
        }
    }
};

static std::vector<size_t> units_of(const Plan &p, const Notes &notes)
{
    std::vector<size_t> units;
    for (size_t i = 0; i < most_items; i++) {
        size_t unit = p.pattern == PLX_FAN ? i / task_items : i;
        if (notes.has_failed(i) && (units.empty() || units.back() != unit))
            units.push_back(unit);
    }
    return units;
}

Outcome carry_out(plx_team *team, const Plan &p)
{
    plan = &p;
    Call call(team, p);
    call.run();
    Notes mine = take_notes(), all;
    static_assert(sizeof mine == sizeof(uint64_t[most_items / 64 + 1]), "all of it is bits");
    MPI_Allreduce(&mine, &all, sizeof mine / sizeof(uint64_t), MPI_UINT64_T, MPI_BOR,
                  MPI_COMM_WORLD);
    plx_report report = whole(call.report);
    int status = call.status;
    MPI_Bcast(&report, sizeof report, MPI_BYTE, 0, MPI_COMM_WORLD);
    MPI_Bcast(&status, 1, MPI_INT, 0, MPI_COMM_WORLD);
    Judge judge{call, all, {}, units_of(p, all)};
    judge.agreement((plx_status)status, report);
    judge.counts();
    judge.results();
    MPI_Barrier(MPI_COMM_WORLD);
    judge.equal("the team's quiet", inside_is_quiet(team), true);
    int good = judge.wrong.tellp() == 0;
    MPI_Allreduce(MPI_IN_PLACE, &good, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    return {good != 0, all.has(PLX_NO_MEMORY), judge.wrong.str()};
}
