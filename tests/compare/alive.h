// SPDX-License-Identifier: MIT
// Whether a process still runs. One that ended but was not waited for (init's duty) does not.
#ifndef TESTS_COMPARE_ALIVE_H
#define TESTS_COMPARE_ALIVE_H

#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <string>

inline bool is_alive(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string stat;
    if (kill(pid, 0) != 0 || !std::getline(file, stat))
        return false;
    return stat.compare(stat.rfind(')') + 2, 1, "Z") != 0;
}

// True as soon as it is gone, false after about four seconds.
inline bool is_gone(pid_t pid)
{
    for (int tries = 0; tries < 200 && is_alive(pid); tries++)
        usleep(20000);
    return !is_alive(pid);
}

#endif
