// SPDX-License-Identifier: MIT
// The words of a command: quoting against a POSIX shell, holes against what GNU parallel documents.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

extern "C" {
#include "cli/batch/words.h"
}

namespace {

using Words = std::vector<std::string>;

const char *const hostile = "a b'c\"d$(e)`f`\\g;h\n*?[~";

struct Read {
    const char *why = "";
    plx_words *words;
    explicit Read(const std::string &text, bool shell = false)
        : words(plx_words_read(text.c_str(), shell, &why))
    {
    }
    ~Read() { plx_words_free(words); }
    Words fill(const std::string &item, uint64_t number = 1) const
    {
        plx_filled filled;
        Words all;
        if (words == nullptr || !plx_words_fill(words, item.data(), item.size(), number, &filled))
            return {"none"};
        size_t bytes = sizeof(char *);
        for (char **word = filled.argv; *word != nullptr; word++) {
            all.push_back(*word);
            bytes += all.back().size() + 1 + sizeof(char *);
        }
        EXPECT_EQ(bytes, filled.bytes);
        plx_filled_free(&filled);
        return all;
    }
};

Words fill(const std::string &text, const std::string &item, bool shell = false)
{
    return Read(text, shell).fill(item);
}

// What a program prints; "exit N" if it fails.
std::string output_of(const std::string &command)
{
    FILE *pipe = popen(command.c_str(), "r");
    std::string all;
    char piece[4096];
    for (size_t got; (got = fread(piece, 1, sizeof piece, pipe)) > 0;)
        all.append(piece, got);
    const int status = pclose(pipe);
    return status == 0 ? all : "exit " + std::to_string(status);
}

Words split_at_nul(const std::string &text)
{
    Words all;
    for (size_t at = 0, end; (end = text.find('\0', at)) != std::string::npos; at = end + 1)
        all.push_back(text.substr(at, end - at));
    return all;
}

struct Script {
    char path[32] = "/tmp/plx_words_XXXXXX";
    explicit Script(const std::string &text)
    {
        const int fd = mkstemp(path);
        EXPECT_EQ(write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
        close(fd);
    }
    ~Script() { unlink(path); }
    std::string run() const { return output_of(std::string("sh ") + path); }
    bool is_fine() const { return output_of(std::string("sh -n ") + path + " 2>&1").empty(); }
};

// The words as the shell sees them: it prints what comes after its printf's format.
const std::string print = "printf '%s\\0' ";

TEST(Words, QuotingIsThatOfPosix)
{
    const struct {
        const char *text;
        Words words;
    } rows[] = {
        {"a", {"a"}},
        {"a b", {"a", "b"}},
        {" \t a \n b\n", {"a", "b"}},
        {"'a b' c", {"a b", "c"}},
        {"\"a b\"c d", {"a bc", "d"}},
        {"a''b", {"ab"}},
        {"a '' \"\"", {"a", "", ""}},
        {"a 'b\"c' \"d'e\"", {"a", "b\"c", "d'e"}},
        {"a\\ b", {"a b"}},
        {"a\\'b\\\"c", {"a'b\"c"}},
        {"a \\\\", {"a", "\\"}},
        {"a\\\nb", {"ab"}},
        {"a \\\n b", {"a", "b"}},
        {"a \\\n", {"a"}},
        {"'a\\b'", {"a\\b"}},
        {"'a\\\nb'", {"a\\\nb"}},
        {"\"a\\\nb\"", {"ab"}},
        {"\"a\\b\\$\\`\\\"\\\\\"", {"a\\b$`\"\\"}},
        {"\"a\nb\"", {"a\nb"}},
        {"a 'it'\\''s'", {"a", "it's"}},
        {"a $b `c` *", {"a", "$b", "`c`", "*"}},
        {"a #b ; c | d & e > f", {"a", "#b", ";", "c", "|", "d", "&", "e", ">", "f"}},
        {"a ~ {b,c} !d", {"a", "~", "{b,c}", "!d"}},
        {"X=1 a", {"X=1", "a"}},
    };
    for (const auto &row : rows) {
        Words all = fill(row.text, "ITEM");
        EXPECT_EQ(all.back(), "ITEM") << row.text;
        all.pop_back();
        EXPECT_EQ(all, row.words) << row.text;
    }
}

TEST(Words, WhatIsNoCommandSaysWhy)
{
    const struct {
        const char *text, *why;
    } rows[] = {
        {"", "it has no word"},
        {" \t\n", "it has no word"},
        {"\\\n", "it has no word"},
        {"''", "its first word is empty"},
        {"\"\" a", "its first word is empty"},
        {"a 'b", "a ' is not closed"},
        {"'", "a ' is not closed"},
        {"a \"b", "a \" is not closed"},
        {"a \"b\\\"", "a \" is not closed"},
        {"a \"b\\", "a \" is not closed"},
        {"a '\\'' b'", nullptr},
        {"a \\", "a \\ at the end quotes nothing"},
    };
    for (const auto &row : rows) {
        const Read read(row.text);
        EXPECT_EQ(read.words == nullptr, row.why != nullptr) << row.text;
        EXPECT_STREQ(read.why, row.why == nullptr ? "" : row.why) << row.text;
    }
    EXPECT_STREQ(Read(" \n", true).why, "it has no word");
    EXPECT_STREQ(Read("a\nb", true).why,
                 "of several lines one must say where the item belongs: {}");
    EXPECT_NE(Read("a\nb {}", true).words, nullptr);
    EXPECT_NE(Read("' {#}", true).words, nullptr) << "the shell's own matter";
}

TEST(Words, ForAShellHolesStandOutsideOfQuotes)
{
    const struct {
        const char *text;
        bool taken;
    } rows[] = {
        {"echo {}", true},              {"echo '{}'", false},       {"echo \"{}\"", false},
        {"echo \"a\" {.} 'b'", true},   {"echo '{#}' \"{#}\"", true}, {"echo \\{}", false},
        {"echo \"$(date)\" {/}", true}, {"echo $(cat {})", true},   {"echo \"$(cat {})\"", true},
        {"echo \"$(cat \"{}\")\"", false}, {"echo `cat {}`", false}, {"echo `date` {}", true},
        {"echo `a \\`{}\\``", false},   {"echo $((1 + {}))", false}, {"echo $((1 + 2)) {}", true},
        {"echo # it's\necho {}", true}, {"echo # it's\necho '{//}'", false}, {"a#'{}'", false},
        {"echo #{}", false},            {"echo a#{}", true},        {"echo # c", false},
        {"cat <<E # it's\n{}\nE", false}, {"'", false},             {"a ''", true},
        {"cat <<E\n{}\nE", false},      {"cat <<E {}\nE", true},   {"(echo '(' {})", true},
        {"awk '{print $1}' {}", true},  {"echo \"\\\"{/.}\"", false}, {"echo '\\' {}", true},
    };
    const char *const why = "what is put in is quoted: {} belongs outside of quotes and comments, "
                            "not behind a \\";
    for (const auto &row : rows) {
        const Read read(row.text, true);
        EXPECT_EQ(read.words != nullptr, row.taken) << row.text;
        EXPECT_STREQ(read.why, row.taken ? "" : why) << row.text;
    }
    const std::string deep(5000, '('), shallow(50, '(');
    EXPECT_EQ(Read(deep + "{}", true).words, nullptr);
    EXPECT_NE(Read(shallow + "{}", true).words, nullptr);
}

// The item prints RAN if the shell runs any part of it, and no template can print that.
TEST(Words, ForAShellAnItemIsNeverRun)
{
    const std::string run = "printf %s%s RA N 1>&3";
    const std::string both = "$(" + run + ")`" + run + "`";
    const std::string item = "'" + both + "\"" + both + ";" + run + "\n" + run + "\n'\n" + run;
    std::mt19937 random(11);
    std::string script = "exec 3>&1 >/dev/null 2>&1\n";
    size_t taken = 0;
    for (int i = 0; i < 2000; i++) {
        std::string text = "echo ";
        for (size_t length = 1 + random() % 8; length > 0; length--)
            text += std::string("a '\"$()`\\#\n<")[random() % 12];
        text.insert(5 + random() % (text.size() - 4), "{}");
        const Read read(text, true);
        if (read.words == nullptr)
            continue;
        const std::string line = read.fill(item)[2];
        std::string quoted;
        for (char c : line)
            quoted += c == '\'' ? "'\\''" : std::string(1, c);
        script += "sh -c '" + quoted + "' </dev/null\n";
        taken++;
    }
    EXPECT_GT(taken, 300U);
    EXPECT_EQ(Script(script + "true\n").run(), "");
}

// Rows that GNU parallel's manual has are marked; the others follow from its --rpl definitions.
TEST(Words, HolesAreThoseOfGnuParallel)
{
    const struct {
        const char *item, *stem, *last, *folder, *last_stem;
    } rows[] = {
        {"foo.jpg", "foo", "foo.jpg", ".", "foo"},                              // manual
        {"subdir/foo.jpg", "subdir/foo", "foo.jpg", "subdir", "foo"},           // manual
        {"sub.dir/foo.jpg", "sub.dir/foo", "foo.jpg", "sub.dir", "foo"},        // manual
        {"sub.dir/bar", "sub.dir/bar", "bar", "sub.dir", "bar"},                // manual
        {"bar", "bar", "bar", ".", "bar"},                                      // manual
        {"a.tar.gz", "a.tar", "a.tar.gz", ".", "a.tar"},
        {"a.", "a.", "a.", ".", "a."},
        {"a..", "a..", "a..", ".", "a.."},
        {"a..b", "a.", "a..b", ".", "a."},
        {".x", "", ".x", ".", ""},
        {"d/.x", "d/", ".x", "d", ""},
        {"..", "..", "..", ".", ".."},
        {"d/..", "d/..", "..", "d", ".."},
        {"", "", "", ".", ""},
        {"/", "/", "", "/", ""},
        {"//", "//", "", "/", ""},
        {"/a", "/a", "a", "/", "a"},
        {"//a", "//a", "a", "/", "a"},
        {"/a.b", "/a", "a.b", "/", "a"},
        {"a/", "a/", "", ".", ""},
        {"a/b/", "a/b/", "", "a", ""},
        {"a/b//", "a/b//", "", "a", ""},
        {"a//b", "a//b", "b", "a", "b"},
        {"./a/b.c", "./a/b", "b.c", "./a", "b"},
        {"a b/c d.e f", "a b/c d", "c d.e f", "a b", "c d"},
    };
    for (const auto &row : rows)
        EXPECT_EQ(fill("p {} {.} {/} {//} {/.}", row.item),
                  Words({"p", row.item, row.stem, row.last, row.folder, row.last_stem}));
}

TEST(Words, AFolderIsWhatDirnameSays)
{
    std::mt19937 random(7);
    std::string script;
    Words items;
    for (int i = 0; i < 200; i++) {
        std::string item;
        for (size_t length = random() % 8; length > 0; length--)
            item += "/a."[random() % 3];
        items.push_back(item);
        script += "dirname -- '" + item + "'; ";
    }
    std::string ours;
    for (const std::string &item : items)
        ours += fill("p {//}", item)[1] + "\n";
    EXPECT_EQ(Script(script).run(), ours);
}

TEST(Words, HolesAreFilledInsideWords)
{
    const struct {
        const char *text;
        Words words;
    } rows[] = {
        {"p x{}y", {"p", "xI.ey"}},
        {"p {}{}", {"p", "I.eI.e"}},
        {"p {{}}", {"p", "{I.e}"}},
        {"p {.}.o {#}", {"p", "I.o", "42"}},
        {"p '{} {}'", {"p", "I.e I.e"}},
        {"p \"{}\"", {"p", "I.e"}},
        {"p \\{} {\\}", {"p", "I.e", "I.e"}},
        {"p '' {}", {"p", "", "I.e"}},
        {"p --in={} --out={/.}.txt", {"p", "--in=I.e", "--out=I.txt"}},
        {"{} a", {"I.e", "a"}},
        {"p { } {}", {"p", "{", "}", "I.e"}},
        {"p {1} {%}", {"p", "{1}", "{%}", "I.e"}},
        {"p {///} {..}", {"p", "{///}", "{..}", "I.e"}},
        {"p", {"p", "I.e"}},
    };
    for (const auto &row : rows)
        EXPECT_EQ(Read(row.text).fill("I.e", 42), row.words) << row.text;
    EXPECT_EQ(Read("p {#}").fill("", UINT64_MAX), Words({"p", "18446744073709551615"}));
}

TEST(Words, WhatIsPutInIsNeverSplitNorFilledAgain)
{
    EXPECT_EQ(fill("p {} x", hostile), Words({"p", hostile, "x"}));
    EXPECT_EQ(fill("p {}", ""), Words({"p", ""}));
    EXPECT_EQ(fill("p {}", "{} {#} '"), Words({"p", "{} {#} '"}));
}

TEST(Words, TheProgramIsTheFirstWordIfThatIsFixed)
{
    EXPECT_STREQ(plx_words_program(Read("'my prog' {}").words), "my prog");
    EXPECT_STREQ(plx_words_program(Read("p").words), "p");
    EXPECT_EQ(plx_words_program(Read("x{}").words), nullptr);
    EXPECT_EQ(plx_words_program(Read("{} x").words), nullptr);
    EXPECT_STREQ(plx_words_program(Read("x {}", true).words), "sh");
}

TEST(Words, AShellGetsOneTextWithQuotedItems)
{
    EXPECT_EQ(fill("a | b {} > {.}.o", "x y.c", true),
              Words({"sh", "-c", "a | b 'x y.c' > 'x y'.o"}));
    EXPECT_EQ(fill("a {#}", "", true), Words({"sh", "-c", "a 1"}));
    EXPECT_EQ(fill("a", "it's", true), Words({"sh", "-c", "a 'it'\\''s'"}));
    EXPECT_EQ(fill("a", "", true), Words({"sh", "-c", "a ''"}));
    EXPECT_EQ(fill("a \"b  c\"", "''", true), Words({"sh", "-c", "a \"b  c\" ''\\'''\\'''"}));
}

TEST(Words, AShellSeesTheItemAsOneWord)
{
    std::string every;
    for (int byte = 1; byte < 256; byte++)
        every += static_cast<char>(byte);
    for (const std::string &item : {std::string(), std::string(hostile), every, std::string("'"),
                                    std::string("''"), std::string("-n"), std::string("\n")}) {
        const Words words = fill(print + "a {} b", item, true);
        EXPECT_EQ(split_at_nul(Script(words.at(2)).run()), Words({"a", item, "b"}));
    }
}

std::string draw(std::mt19937 &random, const char *alphabet, size_t count, size_t longest)
{
    std::string text = "p ";                // a first word, which is no word of the shell's own
    for (size_t length = random() % longest; length > 0; length--)
        text += alphabet[random() % count];
    return text;
}

// The alphabet lacks what a shell expands, and the newline, which ends a command of the shell's.
TEST(Words, RandomQuotingIsWhatAShellMakesOfIt)
{
    std::mt19937 random(11);
    std::string script;
    Words ours;
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
        const std::string text = draw(random, "ab'\"\\ \t{}", 9, 16) + " {}";
        const Read read(text);
        if (read.words != nullptr) {
            script += print + text + "\n" + print + "'|'\n";
            const Words words = read.fill("I");
            ours.insert(ours.end(), words.begin(), words.end());
            ours.push_back("|");
        } else if (refused++ < 100) {
            EXPECT_FALSE(Script(print + text).is_fine()) << text;
        }
    }
    EXPECT_GT(refused, 100);
    Words shells = split_at_nul(Script(script).run());
    for (std::string &word : shells)        // the shell leaves {} as it is
        for (size_t at; (at = word.find("{}")) != std::string::npos;)
            word.replace(at, 2, "I");
    EXPECT_EQ(shells.size(), ours.size());
    EXPECT_EQ(shells, ours);
}

// Quoted runs that hold newlines, one after the other.
TEST(Words, NewlinesInQuotesAreWhatAShellMakesOfThem)
{
    const char *const runs[] = {"'a\nb'",     "\"c\nd\"", "\"e\\\nf\"", "'g\\\nh'", "\\\n", " ",
                                "i", "\\\\"};
    std::mt19937 random(13);
    for (int i = 0; i < 60; i++) {
        std::string text = "p";
        for (int run = 0; run < 8; run++)
            text += runs[random() % 8];
        Words ours = fill(text, "I");
        ours.pop_back();
        EXPECT_EQ(split_at_nul(Script(print + text).run()), ours) << text;
    }
}

TEST(Words, WhatNoSystemTakesIsNotMade)
{
    std::string many = "p";
    for (int i = 0; i < 100; i++)
        many += " {}";
    const Read read(many);
    const std::string item(131071, 'x');
    plx_filled filled;
    errno = 0;
    EXPECT_FALSE(plx_words_fill(read.words, item.data(), item.size(), 1, &filled));
    EXPECT_EQ(errno, E2BIG);
    EXPECT_EQ(filled.argv, nullptr);
    ASSERT_TRUE(plx_words_fill(read.words, item.data(), 1000, 1, &filled));
    plx_filled_free(&filled);
}

} // namespace
