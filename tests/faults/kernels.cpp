// SPDX-License-Identifier: MIT
// The kernels: each item has a value, a map writes it, a fold composes x -> v x + v in item order,
// which does not commute. All do what the plan says is wrong, and write down that they did.
#include "faults.hpp"

#include <atomic>
#include <cstring>

int my_rank;
const Plan *plan;

// Ranks have threads: bits are set by any of them.
static std::atomic<uint64_t> failed[most_items / 64];
static std::atomic<uint64_t> statuses;

Notes take_notes()
{
    Notes notes;
    for (size_t i = 0; i < most_items / 64; i++)
        notes.failed[i] = failed[i].exchange(0);
    notes.statuses = statuses.exchange(0);
    return notes;
}

void note(plx_status status)
{
    statuses |= uint64_t{1} << status;
}

static void note_item(size_t item)
{
    failed[item / 64] |= uint64_t{1} << item % 64;
    note(PLX_ITEM_FAILED);
}

const Data &data()
{
    static const Data all = [] {
        Data d;
        d.at.push_back(0);
        for (size_t i = 0; i < most_items; i++) {
            d.fixed.push_back(i * 2654435761u + 17);
            d.bytes += std::string(i * 5 % 7, (char)('a' + i % 26));
            d.at.push_back(d.bytes.size());
        }
        return d;
    }();
    return all;
}

static uint64_t index_value(size_t item)
{
    return item * item + 5;
}

static uint64_t bytes_value(const char *bytes, size_t length)
{
    uint64_t value = length + 3;
    for (size_t i = 0; i < length; i++)
        value = value * 31 + (unsigned char)bytes[i];
    return value;
}

uint64_t value_at(Items items, size_t item)
{
    const Data &d = data();
    return items == Items::none ? index_value(item)
           : items == Items::fixed
               ? d.fixed[item]
               : bytes_value(d.bytes.data() + d.at[item], d.at[item + 1] - d.at[item]);
}

static uint64_t value_in(const plx_block *b, size_t i)
{
    uint64_t value;
    if (!b->in)
        return index_value(b->lo + i);
    if (b->at)
        return bytes_value(static_cast<const char *>(b->in) + b->at[i], b->at[i + 1] - b->at[i]);
    std::memcpy(&value, static_cast<const char *>(b->in) + i * sizeof value, sizeof value);
    return value;
}

// What the plan says of this item on this rank. True: it failed.
static bool goes_wrong(const plx_block *b, size_t item)
{
    if (plan->has(Wrong::outside, my_rank) && item % 11 == 5) {
        plx_fail(b, b->hi + 3, 1, "not mine");
        note(PLX_BAD_KERNEL);
    }
    if (!plan->bad[item] && !(plan->has(Wrong::rank_fails, my_rank) && item % 7 == 3))
        return false;
    plx_fail(b, item, (int)item + 1, "bad item");
    note_item(item);
    return true;
}

static void map(const plx_block *b)
{
    for (size_t i = 0; i < b->hi - b->lo; i++)
        if (!goes_wrong(b, b->lo + i)) {
            uint64_t value = value_in(b, i);
            std::memcpy(static_cast<char *>(b->out) + i * sizeof value, &value, sizeof value);
        }
}

Acc acc_of(uint64_t value)
{
    return {value | 1, value};
}

Acc then(Acc first, Acc second)
{
    return {first.a * second.a, first.b * second.a + second.b};
}

static void fold(const plx_block *b, void *acc)
{
    Acc *all = static_cast<Acc *>(acc);
    for (size_t i = 0; i < b->hi - b->lo; i++)
        if (!goes_wrong(b, b->lo + i))
            *all = then(*all, acc_of(value_in(b, i)));
}

// In a fan it is called for a task, which then fails.
static int prepare(size_t n, const void *, void **, const char **why)
{
    if (!plan->has(Wrong::refuses, my_rank))
        return 0;
    if (plan->pattern == PLX_FAN)
        note_item(n - 1);
    else
        note(PLX_REFUSED);
    *why = "not here";
    return 1;
}

static plx_kernel make(Items items, bool large)
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "faulty";
    k.in_size = items == Items::none ? 0 : items == Items::fixed ? sizeof(uint64_t) : PLX_VARIES;
    k.out_size = sizeof(uint64_t);
    k.acc_size = large ? 4096 : sizeof(Acc);
    k.scratch_size = [](size_t, const void *) { return size_t{24}; };
    k.prepare = prepare;
    k.map = map;
    k.fold = fold;
    k.identity = large ? [](void *acc, const void *) {
        std::memset(acc, 0, 4096);
        static_cast<Acc *>(acc)->a = 1;
    } : [](void *acc, const void *) { *static_cast<Acc *>(acc) = {1, 0}; };
    k.combine = [](void *left, const void *right, const void *) {
        Acc *all = static_cast<Acc *>(left);
        *all = then(*all, *static_cast<const Acc *>(right));
    };
    return k;
}

const plx_kernel &kernel_of(Items items, bool large)
{
    static const plx_kernel all[3][2] = {{make(Items::none, false), make(Items::none, true)},
                                         {make(Items::fixed, false), make(Items::fixed, true)},
                                         {make(Items::varies, false), make(Items::varies, true)}};
    return all[(int)items][large];
}

const plx_kernel &mapping(Items items)
{
    static const auto only = [](Items of) {
        plx_kernel k = make(of, false);
        k.fold = nullptr;
        k.acc_size = 0;
        return k;
    };
    static const plx_kernel all[] = {only(Items::none), only(Items::fixed), only(Items::varies)};
    return all[(int)items];
}
