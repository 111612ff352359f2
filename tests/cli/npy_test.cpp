// SPDX-License-Identifier: MIT
// .npy headers: what numpy writes is read, and no header whatsoever reads beyond the file or lies
// about it.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>

extern "C" {
#include "cli/npy.h"
#include "cli/type.h"
}

namespace {

// A file as a header's dict, padded as numpy does, and its data.
std::string file_of(const std::string &dict, size_t data, int major = 1)
{
    std::string head =
        "\x93NUMPY" + std::string(1, static_cast<char>(major)) + std::string(1, '\0');
    size_t prefix = major == 1 ? 10 : 12,
           length = (prefix + dict.size() + 1 + 63) / 64 * 64 - prefix;
    for (size_t i = 0; i < prefix - 8; i++)
        head += static_cast<char>(length >> (8 * i));
    return head + dict + std::string(length - dict.size() - 1, ' ') + "\n" +
           std::string(data, '\x01');
}

std::string dict_of(const std::string &descr, const std::string &order, const std::string &shape)
{
    return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

// In memory of exactly its size, so that a read past its end is seen.
const char *parse(const std::string &file, plx_npy *npy)
{
    std::unique_ptr<char[]> exact(new char[file.size()]);
    memcpy(exact.get(), file.data(), file.size());
    return plx_npy_parse(exact.get(), file.size(), npy);
}

std::string why(const std::string &file)
{
    plx_npy npy;
    const char *text = parse(file, &npy);
    return text == nullptr ? "taken" : text;
}

TEST(Npy, TakesEachTypeShapeAndFormat)
{
    struct {
        const char *descr, *shape;
        plx_type type;
        size_t values, size;
    } good[] = {
        {"<f8", "(3,)", PLX_F64, 3, 8},
        {"<f4", "(2, 3)", PLX_F32, 6, 4},
        {"<i8", "()", PLX_I64, 1, 8},
        {"<u8", "(0,)", PLX_U64, 0, 8},
        {"|u1", "(5,)", PLX_U8, 5, 1},
        {"<f8", "(2, 1, 2,)", PLX_F64, 4, 8},
        {"<f8", "(0, 9223372036854775807, 4)", PLX_F64, 0, 8},
    };
    for (const auto &one : good)
        for (int major : {1, 2}) {
            plx_npy npy = {};
            std::string file =
                file_of(dict_of(one.descr, "False", one.shape), one.values * one.size, major);
            EXPECT_EQ(parse(file, &npy), nullptr) << one.descr << one.shape << why(file);
            EXPECT_EQ(npy.type, one.type);
            EXPECT_EQ(npy.values, one.values);
            EXPECT_EQ(npy.data, file.size() - one.values * one.size);
        }
    EXPECT_EQ(why(file_of("{\"shape\":(2,),\"fortran_order\":True,\"descr\":\"<f8\"}", 16)),
              "taken");
}

TEST(Npy, SaysWhatIsWrong)
{
    const std::string types = "; taken are <f8, <f4, <i8, <u8 and |u1";
    const std::string garbled = "its header is no dict of 'descr', 'fortran_order' and 'shape'";
    EXPECT_EQ(why(""), "it is empty");
    EXPECT_EQ(why("hello, world"), "it is no .npy file");
    EXPECT_EQ(why(file_of(dict_of("<f8", "False", "(2,)"), 16, 3)),
              "its .npy format is not 1.0 or 2.0");
    EXPECT_EQ(why(file_of(dict_of(">f8", "False", "(2,)"), 16)), "it is big-endian" + types);
    EXPECT_EQ(why(file_of(dict_of("|O", "False", "(2,)"), 16)), "it holds Python objects" + types);
    EXPECT_EQ(why(file_of(dict_of("<i4", "False", "(2,)"), 8)), "its dtype is not taken" + types);
    EXPECT_EQ(
        why(file_of("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", 16)),
        "it holds records" + types);
    EXPECT_EQ(why(file_of(dict_of("<f8", "True", "(2, 2)"), 32)),
              "it is in Fortran order; save it in C order");
    EXPECT_EQ(why(file_of(dict_of("<f8", "False", "(3,)"), 16)),
              "its header claims more values than the file holds");
    EXPECT_EQ(why(file_of(dict_of("<f8", "False", "(9223372036854775808,)"), 16)),
              "its header claims more values than the file holds");
    EXPECT_EQ(why(file_of(dict_of("<f8", "False", "(2305843009213693952,)"), 0)), // * 8 wraps to 0
              "its header claims more values than the file holds");
    EXPECT_EQ(why(file_of(dict_of("<f8", "False", "(4294967296, 4294967296)"), 0)),
              "its shape is a product above 2^64");
    EXPECT_EQ(why(file_of(dict_of("<f8", "False", "(99999999999999999999,)"), 16)),
              "its shape holds a number above 2^64");
    EXPECT_EQ(why(file_of(dict_of("<f8", "False", "(-2,)"), 16)),
              "its shape holds a negative number");
    EXPECT_EQ(why(file_of(dict_of("<f8", "False", "(2,)"), 17)),
              "it is longer than its header says");
    std::string longer = file_of(dict_of("<f8", "False", "(2,)"), 16);
    longer[9] = '\x7f';
    EXPECT_EQ(why(longer), "it ends inside its header");
    for (const char *dict :
         {"", "{}", "{'descr': '<f8', 'shape': (2,)}",
          "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2,)}",
          "{'descr': '<f8', 'fortran_order': False, 'shape': (2)}",
          "{'descr': '<f8', 'fortran_order': 0, 'shape': (2,)}",
          "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'more': 1}",
          "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)} x",
          "{'descr': '<f8' 'fortran_order': False, 'shape': (2,)}",
          "{'descr': '<f\\x38', 'fortran_order': False, 'shape': (2,)}",
          "{'descr': '<f8', 'fortran_order': False, 'shape': (2,",
          "{'descr': '<f8', 'fortran_order': False, 'shape': (2,,)}",
          "{'descr': '<f8\", 'fortran_order': False, 'shape': (2,)}",
          "{'descr': '<f8', 'fortran_order': False, 'shape': (+2,)}"})
        EXPECT_EQ(why(file_of(dict, 16)), garbled) << dict;
}

TEST(Npy, NoTruncationAndNoChangedByteGetsPast)
{
    for (int major : {1, 2}) {
        const std::string whole = file_of(dict_of("<f8", "False", "(2, 1)"), 16, major);
        ASSERT_EQ(why(whole), "taken");
        for (size_t size = 0; size < whole.size(); size++)
            EXPECT_NE(why(whole.substr(0, size)), "taken") << size;
        for (size_t at = 0; at < whole.size(); at++)
            for (int byte = 0; byte < 256; byte++) {
                std::string changed = whole;
                changed[at] = static_cast<char>(byte);
                plx_npy npy = {};
                if (parse(changed, &npy) == nullptr) {
                    EXPECT_LE(npy.data, changed.size());
                    EXPECT_EQ(npy.data + npy.values * plx_cli_type_of(npy.type)->size,
                              changed.size());
                }
            }
    }
}

// A header that ends with the file, wherever its dict breaks off: the parser must stop there too.
TEST(Npy, ADictThatBreaksOffIsNotReadBeyondTheFile)
{
    const std::string dict = dict_of("<f8", "False", "(0, 10)");
    for (size_t size = 0; size < dict.size(); size++) {
        std::string file = "\x93NUMPY\x01" + std::string(1, '\0') +
                           std::string(1, static_cast<char>(size)) + std::string(1, '\0') +
                           dict.substr(0, size);
        EXPECT_EQ(why(file), "its header is no dict of 'descr', 'fortran_order' and 'shape'")
            << size;
    }
}

TEST(Npy, ReadsItsOwnHeaders)
{
    for (plx_type type : {PLX_F64, PLX_F32, PLX_I64, PLX_U64, PLX_U8})
        for (size_t n : {size_t{0}, size_t{1}, size_t{1000}}) {
            char header[PLX_NPY_HEADER_MAX];
            size_t length = plx_npy_header(header, type, n), size = plx_cli_type_of(type)->size;
            plx_npy npy = {};
            EXPECT_EQ(length % 64, 0u);
            EXPECT_EQ(parse(std::string(header, length) + std::string(n * size, 'x'), &npy),
                      nullptr);
            EXPECT_EQ(npy.values, n);
            EXPECT_EQ(npy.data, length);
        }
    char longest[PLX_NPY_HEADER_MAX];
    EXPECT_EQ(plx_npy_header(longest, PLX_F64, SIZE_MAX), 128u);
}

}  // namespace
