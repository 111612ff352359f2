/* SPDX-License-Identifier: MIT */
/* mandelbrot against std::complex, pixel by pixel, and every path against the plain one. */
#include "drive.h"

#include <cmath>
#include <complex>
#include <limits>

extern "C" {
#include "kernels/mandelbrot.h"
}

struct View {
    uint64_t width, height, iterations;
    double re, im, span;
};

static const View views[] = {
    { 40, 30, 100, -0.75, 0, 3.6 },
    { 33, 7, 57, -0.7436, 0.1318, 0.01 },               /* steps that are no multiple of 8 */
    { 5, 5, 1, 0, 0, 4 },
    { 17, 3, 8, -1.25, 0.02, 0.1 },
    { 9, 4, 40, 0, 0, 3000 },                           /* most escape in the first step */
    { 3, 3, 9, 1e4, -2, 1e14 },                         /* the count would be negative */
    { 3, 2, 9, 0, 0, 1e300 },
};

static float expected(const View &v, size_t item)
{
    const double pixel = v.span / (double)v.width;
    const double right = (double)(item % v.width) + 0.5 - (double)v.width / 2;
    const double down = (double)(item / v.width) + 0.5 - (double)v.height / 2;
    const std::complex<double> c(v.re + right * pixel, v.im - down * pixel);
    std::complex<double> z = 0;
    for (uint64_t step = 1; step <= v.iterations; step++) {
        z = z * z + c;
        if (std::norm(z) > 65536)
            return (float)std::max(0.0, (double)step + 5 - std::log2(std::log2(std::norm(z))));
    }
    return std::numeric_limits<float>::infinity();
}

class Mandelbrot : public ::testing::Test {
protected:
    Drive drive{ "mandelbrot" };
    size_t aim(const View &v)
    {
        drive.set("width", v.width).set("height", v.height).set("iterations", v.iterations);
        drive.set("re", v.re).set("im", v.im).set("span", v.span);
        return drive.kernel->items(drive.ctx.data());
    }
};

TEST_F(Mandelbrot, EveryPixelAsStdComplexSays)
{
    for (const View &v : views) {
        const size_t n = aim(v);
        ASSERT_EQ(n, v.width * v.height);
        ASSERT_TRUE(drive.open(n)) << drive.refused;
        const std::vector<float> got = as<float>(drive.map(0, n));
        for (size_t item = 0; item < n; item++)
            ASSERT_EQ(got[item], expected(v, item)) << v.width << ": " << item;
    }
}

TEST_F(Mandelbrot, TheWholePartIsThePlainCount)
{
    aim(views[0]);
    ASSERT_TRUE(drive.open(1200));
    const std::vector<float> got = as<float>(drive.map(0, 1200));
    size_t inside = 0, escaped = 0;
    for (size_t item = 0; item < 1200; item++) {
        const std::complex<double> c(-0.75 + ((double)(item % 40) - 19.5) * 0.09,
                                     ((double)(item / 40) - 14.5) * -0.09);
        std::complex<double> z = 0;
        int steps = 0;
        for (; steps < 100 && std::abs(z) <= 256; steps++)
            z = z * z + c;
        inside += std::isinf(got[item]);
        escaped += std::isfinite(got[item]);
        if (std::isfinite(got[item])) {
            EXPECT_NEAR(got[item], steps + 0.5, 0.501) << item;
        }
    }
    EXPECT_GT(inside, 100u);
    EXPECT_GT(escaped, 500u);
}

TEST_F(Mandelbrot, AnyCutAndAnyAlignmentGivesTheSameBytes)
{
    for (const View &v : views) {
        const size_t n = aim(v);
        ASSERT_TRUE(drive.open(n));
        const Bytes whole = drive.map(0, n);
        for (size_t lo = 0; lo < 20 && lo < n; lo++)
            for (size_t hi : { lo, lo + 1, lo + 15, lo + 17, n }) {
                hi = std::min(hi, n);
                const Bytes part = drive.map(lo, hi, nullptr, 4 * (lo % 16));
                const auto at = [&](size_t item) { return whole.begin() + (long)(4 * item); };
                EXPECT_EQ(part, Bytes(at(lo), at(hi))) << lo << " " << hi;
            }
    }
}

TEST_F(Mandelbrot, AllPathsAgree)
{
    static const plx_hooks hooks = { [](const plx_block *, size_t, int, const char *) {},
                                     [](const plx_block *) { return false; },
                                     [](const plx_block *) -> void * { return nullptr; } };
    for (const View &v : views) {
        const size_t n = aim(v);
        std::vector<Bytes> out;
        for (int level = 0; level <= plx_wide_level(); level++) {
            Room room(4 * n, 4);
            plx_block block{};
            block.hi = n;
            block.out = room.data();
            block.ctx = drive.ctx.data();
            block.hooks = &hooks;
            ASSERT_NE(plx_mandelbrot_paths[level], nullptr);
            plx_mandelbrot_paths[level](&block);
            EXPECT_TRUE(room.guarded());
            out.push_back(room.bytes());
            EXPECT_EQ(out.back(), out.front()) << level;
        }
    }
}

/* The set is its own mirror image, and so is a picture around the real axis. */
TEST_F(Mandelbrot, UpperAndLowerHalfMirrorEachOther)
{
    const View &v = views[0];
    const size_t n = aim(v);
    ASSERT_TRUE(drive.open(n));
    const std::vector<float> got = as<float>(drive.map(0, n));
    for (size_t row = 0; row < v.height; row++)
        for (size_t column = 0; column < v.width; column++)
            EXPECT_EQ(got[row * v.width + column], got[(v.height - 1 - row) * v.width + column]);
    aim({ 40, 30, 100, -0.75, 1, 3.6 });        /* i is up: the set moves down */
    const std::vector<float> moved = as<float>(drive.map(0, n));
    EXPECT_TRUE(std::isfinite(moved[5 * v.width + 20]));
    EXPECT_TRUE(std::isinf(moved[26 * v.width + 20]));
}

TEST_F(Mandelbrot, RefusesWhatIsNoPicture)
{
    const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
    const struct { View view; const char *why; } bad[] = {
        { { 0, 5, 9, 0, 0, 1 }, "width" }, { { 5, 0, 9, 0, 0, 1 }, "height" },
        { { 65536, 5, 9, 0, 0, 1 }, "65535" }, { { 5, UINT64_MAX, 9, 0, 0, 1 }, "65535" },
        { { 5, 5, 0, 0, 0, 1 }, "iterations" }, { { 5, 5, 1000000001, 0, 0, 1 }, "iterations" },
        { { 5, 5, 9, nan, 0, 1 }, "re and im" }, { { 5, 5, 9, 0, inf, 1 }, "re and im" },
        { { 5, 5, 9, 0, 0, 0 }, "span" }, { { 5, 5, 9, 0, 0, nan }, "span" },
        { { 5, 5, 9, 0, 0, -1 }, "span" }, { { 5, 5, 9, 0, 0, inf }, "span" },
    };
    for (const auto &b : bad) {
        EXPECT_GE(aim(b.view), 1u);
        EXPECT_FALSE(drive.open(1));
        EXPECT_NE(drive.refused.find(b.why), std::string::npos) << drive.refused;
    }
    EXPECT_TRUE(drive.open(aim(views[0])));
    EXPECT_FALSE(drive.open(aim(views[0]) + 1));
}

TEST_F(Mandelbrot, StopsWhenNothingIsWantedAnyMore)
{
    aim(views[0]);
    ASSERT_TRUE(drive.open(100));
    drive.stop_after = 0;
    EXPECT_EQ(drive.map(0, 100), Bytes(400));
}
