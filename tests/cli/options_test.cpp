// SPDX-License-Identifier: MIT
// Options are matched in full and once; every refusal is one line that names what was typed.
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

extern "C" {
#include "cli/options.h"
}

namespace {

struct Ask {
    const char *model = nullptr;
    size_t n = 5;
    bool json = false;
    plx_cli_texts params = {};
};

const plx_cli_option options[] = {
    {"model", 'm', "MODEL", "the model", plx_cli_set_text, offsetof(Ask, model), 0, 0, false},
    {"items", 'n', "N", "how many", plx_cli_set_size, offsetof(Ask, n), 0, 100, false},
    {"json", 0, nullptr, "as JSON", plx_cli_set_flag, offsetof(Ask, json), 0, 0, false},
    {"param", 'P', "K=V", "a parameter", plx_cli_set_texts, offsetof(Ask, params), 0, 0, true},
    {"hidden", 0, "X", nullptr, plx_cli_set_text, offsetof(Ask, model), 0, 0, false},
    {nullptr, 0, nullptr, nullptr, nullptr, 0, 0, 0, false},
};
const plx_cli_command command = {"try", "try [options]", "About.", options, nullptr};

struct Parsed {
    int code;
    Ask ask;
    std::vector<std::string> operands;
    std::string said;
};

Parsed parse(std::vector<const char *> words)
{
    Parsed parsed = {};
    std::vector<char *> argv = {const_cast<char *>("try")};
    for (const char *word : words)
        argv.push_back(const_cast<char *>(word));
    int count = static_cast<int>(argv.size()), first = 0;
    argv.push_back(nullptr);
    testing::internal::CaptureStderr();
    parsed.code = plx_cli_parse(&command, count, argv.data(), &parsed.ask, &first);
    parsed.said = testing::internal::GetCapturedStderr();
    for (int i = first; parsed.code == 0 && i < count; i++)
        parsed.operands.push_back(argv[static_cast<size_t>(i)]);
    return parsed;
}

TEST(Options, EachWayOfWritingThem)
{
    Parsed p =
        parse({"a", "-m", "omp", "--items=7", "b", "--json", "-Px=1", "-P", "y=2", "--", "-m"});
    EXPECT_EQ(p.code, 0);
    EXPECT_STREQ(p.ask.model, "omp");
    EXPECT_EQ(p.ask.n, 7u);
    EXPECT_TRUE(p.ask.json);
    ASSERT_EQ(p.ask.params.count, 2u);
    EXPECT_STREQ(p.ask.params.text[1], "y=2");
    EXPECT_EQ(p.operands, (std::vector<std::string>{"a", "b", "-m"}));
    EXPECT_EQ(parse({}).ask.n, 5u);
}

TEST(Options, EveryRefusalIsOneLine)
{
    struct {
        std::vector<const char *> words;
        const char *said;
    } bad[] = {
        {{"--nope"}, "parallax: try: '--nope' is no option; `parallax try --help` lists them\n"},
        {{"-x"}, "parallax: try: '-x' is no option; `parallax try --help` lists them\n"},
        {{"--jso"}, "parallax: try: '--jso' is no option; names are not shortened: --json\n"},
        {{"--mod", "omp"},
         "parallax: try: '--mod' is no option; names are not shortened: --model\n"},
        {{"--mod=omp"},
         "parallax: try: '--mod=omp' is no option; names are not shortened: --model\n"},
        {{"--hel"}, "parallax: try: '--hel' is no option; names are not shortened: --help\n"},
        {{"-m"}, "parallax: try: option -m needs a value: MODEL\n"},
        {{"--items"}, "parallax: try: option -n needs a value: N\n"},
        {{"--json=1"}, "parallax: try: '--json=1': this option takes no value\n"},
        {{"-m", "a", "--model", "b"}, "parallax: try: option -m is given twice\n"},
        {{"--json", "--json"}, "parallax: try: option --json is given twice\n"},
        {{"-m", ""}, "parallax: -m '': not allowed; it takes a MODEL\n"},
        {{"-n", "-1"}, "parallax: -n '-1': not allowed; it takes a whole number from 0 to 100\n"},
        {{"-n", ""}, "parallax: -n '': not allowed; it takes a whole number from 0 to 100\n"},
    };
    for (const auto &one : bad) {
        Parsed p = parse(one.words);
        EXPECT_EQ(p.code, 64) << one.said;
        EXPECT_EQ(p.said, one.said);
    }
}

TEST(Options, TooManyOfAListAreRefused)
{
    std::vector<const char *> words;
    for (int i = 0; i < PLX_CLI_LIST_MAX; i++)
        words.push_back("-Pa=1");
    EXPECT_EQ(parse(words).code, 0);
    words.push_back("-Pa=1");
    EXPECT_EQ(parse(words).code, 64);
}

TEST(Options, HelpShowsEveryRowButTheHiddenOnes)
{
    testing::internal::CaptureStdout();
    Parsed p = parse({"--help", "--nope"});
    std::string help = testing::internal::GetCapturedStdout();
    EXPECT_EQ(p.code, PLX_CLI_DONE);
    for (const char *row :
         {"-m, --model MODEL", "-n, --items N", "    --json", "-P, --param K=V", "-h, --help"})
        EXPECT_NE(help.find(row), std::string::npos) << row;
    EXPECT_EQ(help.find("hidden"), std::string::npos);
}

}  // namespace
