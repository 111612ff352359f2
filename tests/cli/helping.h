// SPDX-License-Identifier: MIT
// What tests of the helper have in common: asking it, and looking in /proc at what runs.
#ifndef PLX_TESTS_CLI_HELPING_H
#define PLX_TESTS_CLI_HELPING_H

#include <gtest/gtest.h>

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

extern "C" {
#include "cli/batch/helper.h"
}

namespace helping {

using clock_type = std::chrono::steady_clock;

inline double since(clock_type::time_point begun)
{
    return std::chrono::duration<double>(clock_type::now() - begun).count();
}

inline bool becomes(const std::function<bool()> &true_now, double seconds = 20)
{
    const auto begun = clock_type::now();
    while (!true_now()) {
        if (since(begun) > seconds)
            return false;
        poll(nullptr, 0, 2);
    }
    return true;
}

struct process {
    pid_t pid, parent;
    char state;
    std::string name, line;         // its arguments, each ended by a blank
};

inline std::vector<process> processes()
{
    std::vector<process> all;
    DIR *folder = opendir("/proc");
    for (dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        const std::string path = std::string("/proc/") + entry->d_name;
        std::ifstream file(path + "/stat"), arguments(path + "/cmdline");
        std::stringstream text, words;
        text << file.rdbuf();
        words << arguments.rdbuf();
        const std::string stat = text.str();
        const size_t open = stat.find('('), close = stat.rfind(')');
        if (!isdigit(entry->d_name[0]) || close == std::string::npos)
            continue;
        process one = {atoi(entry->d_name), atoi(stat.c_str() + close + 4), stat[close + 2],
                       stat.substr(open + 1, close - open - 1), words.str()};
        std::replace(one.line.begin(), one.line.end(), '\0', ' ');
        all.push_back(one);
    }
    closedir(folder);
    return all;
}

inline std::vector<pid_t> children_of(pid_t parent, const char *name = nullptr)
{
    std::vector<pid_t> pids;
    for (const process &one : processes())
        if (one.parent == parent && (!name || one.name == name))
            pids.push_back(one.pid);
    return pids;
}

inline std::set<pid_t> below(pid_t root)
{
    const std::vector<process> all = processes();
    std::set<pid_t> found = {root};
    for (size_t before = 0; before < found.size();) {
        before = found.size();
        for (const process &one : all)
            if (found.count(one.parent))
                found.insert(one.pid);
    }
    return found;
}

inline int with_argument(const std::string &mark)
{
    int n = 0;
    for (const process &one : processes())
        n += one.state != 'Z' && one.line.find("sleep " + mark + " ") == 0;
    return n;
}

// A length of sleep that no other process on this machine has.
inline std::string mark()
{
    static int count;
    return std::to_string(3000 + ++count) + "." + std::to_string(getpid());
}

inline size_t open_files(pid_t pid)
{
    size_t n = 0;
    DIR *folder = opendir(("/proc/" + std::to_string(pid) + "/fd").c_str());
    for (dirent *entry = readdir(folder); entry; entry = readdir(folder))
        n += entry->d_name[0] != '.';
    closedir(folder);
    return n;
}

struct told {
    bool known = false;
    plx_helper_end end;
    std::string text[2];
};

struct limits {
    double timeout_s = 0;
    bool (*stopped)(void *) = nullptr;
    void *user = nullptr;
};

inline told ask(plx_helper *helper, uint64_t index, const std::string &item, limits limit = {},
         void *out = nullptr)
{
    told told;
    plx_helper_ask ask = {};
    ask.index = index;
    ask.item = item.data();
    ask.size = item.size();
    ask.timeout_s = limit.timeout_s;
    ask.stopped = limit.stopped;
    ask.user = limit.user;
    ask.out = out;
    told.known = plx_helper_run(helper, &ask, &told.end);
    for (int i = 0; i < 2; i++)
        if (told.end.file[i] >= 0) {
            told.text[i].resize(told.end.output[i]);
            ssize_t got = pread(told.end.file[i], &told.text[i][0], told.text[i].size(), 0);
            EXPECT_EQ(got, static_cast<ssize_t>(told.text[i].size()));
            close(told.end.file[i]);
        }
    return told;
}

inline bool stop_now(void *)
{
    return true;
}

class Helper : public testing::Test {
protected:
    void SetUp() override { signal(SIGPIPE, SIG_DFL); }
    void TearDown() override { stop(); }

    void start(const std::string &command, int channels = 1, bool shell = false)
    {
        const char *why = nullptr;
        stop();
        words = plx_words_read(command.c_str(), shell, &why);
        ASSERT_NE(words, nullptr) << why;
        plx_helper_how how = {};
        how.channels = channels;
        how.words = words;
        how.launched = launched;
        ASSERT_EQ(plx_helper_start(&helper, &how), 0);
    }
    void stop()
    {
        plx_helper_stop(helper);
        plx_words_free(words);
        helper = nullptr;
        words = nullptr;
    }
    told run(const std::string &item, limits limit = {}) { return ask(helper, 0, item, limit); }
    static pid_t one_below(pid_t parent) // it may not be there yet
    {
        std::vector<pid_t> pids;
        becomes([&] { return !(pids = children_of(parent, "parallax-help")).empty(); });
        return pids.at(0);
    }
    pid_t first() const { return one_below(getpid()); }
    pid_t lane() const { return one_below(first()); }

    plx_helper *helper = nullptr;
    plx_words *words = nullptr;
    bool launched = false;
};

}  // namespace helping

#endif
