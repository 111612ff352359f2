// SPDX-License-Identifier: MIT
// A picture reads back, by libpng's other interface, as the pixels that its items say.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <png.h>
#include <string>
#include <unistd.h>
#include <vector>

extern "C" {
#include "cli/picture.h"
}

namespace {

struct Shape {
    uint64_t width, height;
};

const plx_field fields[] = {
    {"width", "w", "1", PLX_U64, offsetof(Shape, width), 8},
    {"height", "h", "1", PLX_U64, offsetof(Shape, height), 8},
    {nullptr, nullptr, nullptr, PLX_BYTES, 0, 0},
};

plx_kernel kernel_of(plx_type type, size_t size)
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "toy";
    k.out_type = type;
    k.out_size = size;
    k.ctx_size = sizeof(Shape);
    k.params = fields;
    return k;
}

using Colour = std::array<unsigned char, 3>;

Colour colour(double place)
{
    Colour c;
    plx_picture_colour(place, c.data());
    return c;
}

class Picture : public testing::Test {
protected:
    void SetUp() override
    {
        char path[] = "/tmp/plx_picture_XXXXXX";
        ASSERT_NE(mkdtemp(path), nullptr);
        folder = path;
        file = folder + "/o.png";
    }
    void TearDown() override
    {
        unlink(file.c_str());
        rmdir(folder.c_str());
    }
    int write(const std::string &path, const plx_kernel &kernel, Shape shape, const void *items)
    {
        plx_output output = {};
        int code = plx_output_begin(&output, path.c_str(), true);
        if (code == 0)
            code = plx_picture_write(&output, &kernel, &shape, items);
        if (code == 0)
            code = plx_output_keep(&output);
        plx_output_drop(&output);
        return code;
    }
    // All pixels as RGB, by another way than they were written.
    std::vector<Colour> read(Shape shape, bool grey)
    {
        png_image image{};
        image.version = PNG_IMAGE_VERSION;
        EXPECT_NE(png_image_begin_read_from_file(&image, file.c_str()), 0) << image.message;
        EXPECT_EQ(image.width, shape.width);
        EXPECT_EQ(image.height, shape.height);
        EXPECT_EQ(image.format, grey ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB);
        image.format = PNG_FORMAT_RGB;
        std::vector<Colour> pixels(image.width * image.height);
        EXPECT_NE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr), 0);
        return pixels;
    }
    template <typename T> std::vector<Colour> show(plx_type type, const std::vector<T> &items)
    {
        const Shape shape = {items.size() / 2, 2};
        EXPECT_EQ(write(file, kernel_of(type, sizeof(T)), shape, items.data()), 0);
        return read(shape, false);
    }

    std::string folder, file;
};

TEST_F(Picture, BytesAreGreyOrColourAsTheyAre)
{
    std::vector<unsigned char> bytes(36);
    for (size_t i = 0; i < bytes.size(); i++)
        bytes[i] = (unsigned char)(i * 7);
    ASSERT_EQ(write(file, kernel_of(PLX_U8, 3), {4, 3}, bytes.data()), 0);
    const std::vector<Colour> rgb = read({4, 3}, false);
    EXPECT_EQ(0, memcmp(rgb.data(), bytes.data(), 36));
    ASSERT_EQ(write(file, kernel_of(PLX_U8, 1), {9, 4}, bytes.data()), 0);
    const std::vector<Colour> grey = read({9, 4}, true);
    for (size_t i = 0; i < 36; i++)
        EXPECT_EQ(grey[i], (Colour{bytes[i], bytes[i], bytes[i]})) << i;
}

TEST_F(Picture, NumbersAreColouredByTheLogarithmOfTheirPlace)
{
    const std::vector<float> f = {3, 4, 10, 100, 1000, 103};
    const std::vector<Colour> got = show(PLX_F32, f);
    for (size_t i = 0; i < f.size(); i++)
        EXPECT_EQ(got[i], colour(std::log1p(f[i] - 3.0) / std::log1p(997.0))) << i;
    EXPECT_EQ(got[0], colour(0));
    EXPECT_EQ(got[4], colour(1));
    EXPECT_EQ(show(PLX_F64, std::vector<double>(f.begin(), f.end())), got);
    EXPECT_EQ(show(PLX_U64, std::vector<uint64_t>{3, 4, 10, 100, 1000, 103}), got);
    EXPECT_EQ(show(PLX_I64, std::vector<int64_t>{-997, -996, -990, -900, 0, -897}), got);
}

TEST_F(Picture, WhatIsNotFiniteIsBlackAndOutOfTheRange)
{
    const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
    const Colour black{};
    EXPECT_EQ(show(PLX_F64, std::vector<double>{1, inf, nan, 2, -inf, 1}),
              (std::vector<Colour>{colour(0), black, black, colour(1), black, colour(0)}));
    EXPECT_EQ(show(PLX_F64, std::vector<double>{inf, nan}), (std::vector<Colour>{black, black}));
    EXPECT_EQ(show(PLX_F64, std::vector<double>{5, 5}), std::vector<Colour>(2, colour(0)));
    EXPECT_EQ(show(PLX_F64, std::vector<double>{-1e308, 1e308}).size(), 2u) << "no range: no crash";
}

TEST_F(Picture, ColoursChangeSmoothlyAndNoneIsBlack)
{
    Colour last = colour(0);
    for (int i = 0; i <= 1000; i++) {
        const Colour c = colour(i / 1000.0);
        for (size_t k = 0; k < 3; k++)
            EXPECT_LE(std::abs(c[k] - last[k]), 2) << i;
        EXPECT_NE(c, Colour{}) << i;
        last = c;
    }
    EXPECT_NE(colour(0), colour(1));
}

TEST_F(Picture, IsNamedByItsEnd)
{
    EXPECT_TRUE(plx_picture_named("a.png"));
    EXPECT_TRUE(plx_picture_named("./b/.png"));
    for (const char *name : {"", "png", "a.npy", "a.png.npy", "a.PNG", "a.png/"})
        EXPECT_FALSE(plx_picture_named(name)) << name;
}

TEST_F(Picture, SaysWhyItIsNone)
{
    Shape shape = {3, 2};
    plx_kernel k = kernel_of(PLX_F32, 4);
    EXPECT_EQ(plx_picture_why_not(&k, &shape, 6), nullptr);
    for (size_t n : {size_t{0}, size_t{3}, size_t{5}, size_t{7}, size_t{12}, SIZE_MAX})
        EXPECT_STREQ(plx_picture_why_not(&k, &shape, n), "its items are not width * height") << n;
    shape = {0, 0};
    EXPECT_STREQ(plx_picture_why_not(&k, &shape, 0), "its parameters tell no width and height");
    shape = {uint64_t{1} << 31, uint64_t{1} << 33};
    EXPECT_NE(strstr(plx_picture_why_not(&k, &shape, 0), "beyond"), nullptr);
    shape = {3, 2};
    for (plx_kernel bad : {kernel_of(PLX_U8, 4), kernel_of(PLX_F64, 16), kernel_of(PLX_U128, 16),
                           kernel_of(PLX_BYTES, 1), kernel_of(PLX_TEXT, 8)})
        EXPECT_NE(plx_picture_why_not(&bad, &shape, 6), nullptr) << bad.out_type;
    k.params = nullptr;
    EXPECT_NE(plx_picture_why_not(&k, &shape, 6), nullptr);
}

TEST_F(Picture, AFullDiskIsOneLineAndNoLeak)
{
    const std::vector<float> items(100 * 100, 1);
    testing::internal::CaptureStderr();
    int code = write("/dev/full", kernel_of(PLX_F32, 4), {100, 100}, items.data());
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_EQ(code, 74);
    EXPECT_EQ(said, "parallax: -o '/dev/full': writing failed: No space left on device\n");
}

}  // namespace
