// SPDX-License-Identifier: MIT
// A comparison with the fake program of this folder: its behaviour by model, its log.
#ifndef TESTS_COMPARE_FAKE_H
#define TESTS_COMPARE_FAKE_H

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "alive.h"

extern "C" {
#include "compare/compare.h"
#include "plx/kernels.h"
}

inline std::string fake_folder()
{
    std::string file = __FILE__;
    return file.substr(0, file.rfind('/'));
}

inline std::vector<std::string> lines_of(const std::string &path)
{
    std::vector<std::string> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    return lines;
}

class Fake : public ::testing::Test {
protected:
    Fake()
    {
        char folder[] = "/tmp/plx-compare-XXXXXX";
        if (!mkdtemp(folder))
            abort();
        log = std::string(folder) + "/log";
        set("LOG", log);
        program = fake_folder() + "/fake_run";
        plan.program = program.c_str();
        plan.kernel = plx_kernel_find("sum_squares");
        plan.models = models;
        plan.n = 10;
        plan.n_given = true;
        plan.workers = 2;
        plan.seed = 1;
        plan.rounds = 7;
        plan.bare = true;
        plan.limit_s = 30;
    }

    ~Fake() override
    {
        plx_compare_free(&result);
        for (const auto &name : names)
            unsetenv(name.c_str());
        std::string folder = log.substr(0, log.rfind('/'));
        for (const char *end : {"", ".words", ".pids", ".env", ".span"})
            unlink((log + end).c_str());
        rmdir(folder.c_str());
    }

    void set(const std::string &name, const std::string &value)
    {
        names.push_back("FAKE_" + name);
        setenv(names.back().c_str(), value.c_str(), 1);
    }

    int compare(std::vector<const char *> list)
    {
        for (size_t i = 0; i < list.size(); i++)
            models[i] = list[i];
        plan.models_count = list.size();
        return plx_compare(&plan, &result, why);
    }

    size_t launches(const std::string &model) const
    {
        size_t count = 0;
        for (const auto &line : lines_of(log))
            count += line == model;
        return count;
    }

    const plx_compare_row &row(const std::string &label) const
    {
        for (size_t r = 0; r < result.rows_count; r++)
            if (label == result.rows[r].label)
                return result.rows[r];
        ADD_FAILURE() << "no row " << label;
        return result.rows[0];
    }

    // Every process that wrote its number into the log is gone, or soon is.
    bool all_gone() const
    {
        bool gone = true;
        for (const auto &pid : lines_of(log + ".pids"))
            gone = is_gone(static_cast<pid_t>(std::stol(pid))) && gone;
        return gone;
    }

    plx_compare_plan plan = {};
    plx_compare_result result = {};
    char why[320] = "";
    std::string log, program;
    const char *models[16] = {};
    std::vector<std::string> names;
};

#endif
