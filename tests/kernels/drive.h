/* SPDX-License-Identifier: MIT */
/*
 * drive.h: runs a kernel block by block by hand, so that kernels are tested without the library.
 *
 * One Drive is one call in one worker: prepared once, one scratch for all its blocks. Scratch,
 * outputs and accumulators stand between guard bytes, checked after every block.
 */
#ifndef DRIVE_H
#define DRIVE_H

#include "plx/kernel.h"
#include "plx/kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using Bytes = std::vector<uint8_t>;

/** Room of a size, aligned to 64 bytes plus shift, with 64 guard bytes on either side. */
class Room {
public:
    explicit Room(size_t size, size_t shift = 0, int fill = 0)
        : size_(size), store_(size + 256, guard)
    {
        const size_t start = reinterpret_cast<uintptr_t>(store_.data()) + 64;
        first_ = store_.data() + 64 + (64 - start % 64) % 64 + shift;
        if (size > 0)
            std::memset(first_, fill, size);
    }
    Room(const Room &) = delete;
    Room &operator=(const Room &) = delete;

    uint8_t *data() { return first_; }
    Bytes bytes() const { return Bytes(first_, first_ + size_); }
    bool guarded() const
    {
        const uint8_t *begin = store_.data(), *end = begin + store_.size();
        const auto kept = [](uint8_t byte) { return byte == guard; };
        return std::all_of(begin, static_cast<const uint8_t *>(first_), kept) &&
               std::all_of(static_cast<const uint8_t *>(first_) + size_, end, kept);
    }

private:
    static constexpr uint8_t guard = 0xa5;
    size_t size_;
    std::vector<uint8_t> store_;
    uint8_t *first_;
};

/** The field of that name; NULL if the list has none. */
inline const plx_field *find_field(const plx_field *list, const std::string &name)
{
    for (; list && list->name; list++)
        if (name == list->name)
            return list;
    return nullptr;
}

/** Read one number of a field's type from text: the whole of it, or false. */
inline bool set_field(const plx_field &field, void *base, const char *text)
{
    char *end = nullptr, *at = static_cast<char *>(base) + field.offset;
    if (field.type == PLX_F64) {
        const double value = std::strtod(text, &end);
        std::memcpy(at, &value, sizeof value);
    } else if (field.type == PLX_U64) {
        const uint64_t value = std::strtoull(text, &end, 10);
        std::memcpy(at, &value, sizeof value);
    }
    return end && end != text && *end == '\0';
}

template <typename T>
T read_field(const plx_kernel *kernel, const Bytes &from, const std::string &name)
{
    T value{};
    const plx_field *field = find_field(kernel->results, name);
    if (!field || field->size != sizeof value || field->offset + field->size > from.size())
        ADD_FAILURE() << "no such result: " << name;
    else
        std::memcpy(&value, from.data() + field->offset, sizeof value);
    return value;
}

class Drive {
public:
    const plx_kernel *kernel;
    Bytes ctx;
    std::string refused;            /* prepare's words, if it refused */
    int failures = 0;
    struct Failure { size_t item; int code; std::string why; };
    std::vector<Failure> failed;    /* each of them, in order */
    const size_t *at = nullptr;     /* of items that differ in length: item 0's begins the list */
    size_t stop_after = SIZE_MAX;   /* answers "no" so many times, then "yes, stopped" */

    explicit Drive(const char *name)
        : kernel(plx_kernel_find(name)), ctx(kernel ? kernel->ctx_size : 0)
    {
        if (!kernel)
            throw std::runtime_error(std::string("no kernel ") + name);
        for (const plx_field *field = kernel->params; field && field->name; field++)
            if (field->initial && !set_field(*field, ctx.data(), field->initial))
                ADD_FAILURE() << field->name;
    }
    Drive(const Drive &) = delete;
    Drive &operator=(const Drive &) = delete;
    ~Drive() { close(); }

    template <typename T> Drive &set(const char *name, T value)
    {
        const plx_field *field = find_field(kernel->params, name);
        EXPECT_TRUE(field && field->size == sizeof value) << name;
        std::memcpy(ctx.data() + field->offset, &value, sizeof value);
        return *this;
    }

    bool open(size_t n, int scratch_fill = 0)
    {
        close();
        const char *why = nullptr;
        if (kernel->prepare && kernel->prepare(n, ctx.data(), &shared_, &why) != 0) {
            refused = why ? why : "";
            return false;
        }
        open_ = true;
        const size_t size = kernel->scratch_size ? kernel->scratch_size(n, ctx.data()) : 0;
        scratch_ = std::make_unique<Room>(size, 0, scratch_fill);
        return true;
    }

    void close()
    {
        if (open_ && kernel->release)
            kernel->release(shared_);
        open_ = false;
    }

    Bytes identity() const
    {
        Room acc(kernel->acc_size);
        if (kernel->identity)
            kernel->identity(acc.data(), ctx.data());
        return acc.bytes();
    }

    /** acc = acc + [lo, hi). */
    void fold_on(Bytes &acc, size_t lo, size_t hi, const void *in = nullptr)
    {
        Room room(kernel->acc_size);
        std::memcpy(room.data(), acc.data(), acc.size());
        const plx_block block = make_block(lo, hi, in, nullptr);
        kernel->fold(&block, room.data());
        EXPECT_TRUE(room.guarded() && scratch_->guarded()) << lo << " " << hi;
        acc = room.bytes();
    }

    Bytes fold(size_t lo, size_t hi, const void *in = nullptr)
    {
        Bytes acc = identity();
        fold_on(acc, lo, hi, in);
        return acc;
    }

    Bytes map(size_t lo, size_t hi, const void *in = nullptr, size_t shift = 0)
    {
        Room out((hi - lo) * kernel->out_size, shift);
        const plx_block block = make_block(lo, hi, in, out.data());
        kernel->map(&block);
        EXPECT_TRUE(out.guarded() && scratch_->guarded()) << lo << " " << hi;
        return out.bytes();
    }

    Bytes combine(const Bytes &left, const Bytes &right) const
    {
        Room room(kernel->acc_size);
        std::memcpy(room.data(), left.data(), left.size());
        kernel->combine(room.data(), right.data(), ctx.data());
        EXPECT_TRUE(room.guarded());
        return room.bytes();
    }

    Bytes finish(const Bytes &acc) const
    {
        Room room(kernel->acc_size);
        std::memcpy(room.data(), acc.data(), acc.size());
        if (kernel->finish)
            kernel->finish(room.data(), ctx.data());
        EXPECT_TRUE(room.guarded());
        return room.bytes();
    }

    /** All of [0, n) in blocks of grain items (0: its own), joined left to right, finished. */
    Bytes reduce(size_t n, size_t grain = 0, const char *in = nullptr)
    {
        EXPECT_TRUE(open(n)) << refused;
        if (grain == 0)
            grain = kernel->grain ? kernel->grain(n, ctx.data()) : 10000;
        Bytes all = identity();
        for (size_t lo = 0; lo < n; lo += grain) {
            const size_t hi = n - lo < grain ? n : lo + grain;
            all = combine(all, fold(lo, hi, in ? in + lo * kernel->in_size : nullptr));
        }
        return finish(all);
    }

private:
    struct Run {
        Drive *drive;
        size_t asked = 0;
    };
    static void fail(const plx_block *block, size_t item, int code, const char *why)
    {
        Drive *drive = static_cast<Run *>(block->run)->drive;
        const size_t size = drive->kernel->out_size;
        if (block->out)
            std::memset(static_cast<char *>(block->out) + (item - block->lo) * size, 0, size);
        drive->failed.push_back({ item, code, why });
        drive->failures++;
    }
    static bool stopped(const plx_block *block)
    {
        Run *run = static_cast<Run *>(block->run);
        return run->asked++ >= run->drive->stop_after;
    }

    static void *no_resource(const plx_block *) { return nullptr; }

    plx_block make_block(size_t lo, size_t hi, const void *in, void *out)
    {
        static const plx_hooks hooks = { fail, stopped, no_resource };
        run_ = Run{ this };
        plx_block block{};
        block.lo = lo;
        block.hi = hi;
        block.in = in;
        block.at = at ? at + lo : nullptr;
        block.out = out;
        block.ctx = ctx.data();
        block.shared = shared_;
        block.scratch = scratch_->data();
        block.hooks = &hooks;
        block.run = &run_;
        return block;
    }

    void *shared_ = nullptr;
    std::unique_ptr<Room> scratch_;
    Run run_{ this };
    bool open_ = false;
};

template <typename T> std::vector<T> as(const Bytes &bytes)
{
    std::vector<T> items(bytes.size() / sizeof(T));
    if (!items.empty())
        std::memcpy(items.data(), bytes.data(), items.size() * sizeof(T));
    return items;
}

#endif
