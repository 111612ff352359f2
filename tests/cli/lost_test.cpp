// SPDX-License-Identifier: MIT
// A rank is gone: the launcher's first signal to the others, CONT, ends them; no other CONT does.
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

extern "C" {
#include "cli/signals.h"
#include "cli/watch.h"
}

namespace {

int out = -1;

void write_lost()
{
    EXPECT_EQ(write(out, "first ", 6), 6);
}

struct ended {
    int how = 0;
    std::string text;
};

// In a process that is rank 1, where rank 0 runs, and then does not: how it ended, what it said.
ended in_a_rank(const std::function<void(pid_t other)> &act)
{
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    const pid_t rank = fork();
    if (rank == 0) {
        const pid_t other = fork();
        if (other == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;)
                pause();
        }
        dup2(out = ends[1], STDERR_FILENO);
        const plx_cli_peer peers[] = {{0, other}, {1, getpid()}};
        plx_cli_watch_begin(peers, 2);
        plx_cli_signals_lost(write_lost);
        plx_cli_signals_quit();
        raise(SIGCONT);
        EXPECT_EQ(write(out, "goes on ", 8), 8);
        act(other);
        raise(SIGCONT);
        EXPECT_EQ(write(out, "still", 5), 5);
        _exit(0);
    }
    close(ends[1]);
    ended end;
    char bytes[512];
    for (ssize_t got; (got = read(ends[0], bytes, sizeof bytes)) > 0;)
        end.text.append(bytes, static_cast<size_t>(got));
    close(ends[0]);
    EXPECT_EQ(waitpid(rank, &end.how, 0), rank);
    return end;
}

void end(pid_t other)
{
    kill(other, SIGKILL);
    waitpid(other, nullptr, 0);
}

TEST(Lost, AContEndsTheOthers)
{
    const ended rank = in_a_rank(end);
    EXPECT_TRUE(WIFSIGNALED(rank.how) && WTERMSIG(rank.how) == SIGTERM) << rank.how;
    EXPECT_EQ(rank.text.find("goes on first parallax: note: rank 0 ended while"), 0u) << rank.text;
    EXPECT_EQ(rank.text.find("still"), std::string::npos) << rank.text;
}

TEST(Lost, OrNoneIsMissedAnyMore)
{
    const ended rank = in_a_rank([](pid_t other) {
        plx_cli_watch_end();
        end(other);
    });
    EXPECT_EQ(rank.how, 0);
    EXPECT_EQ(rank.text, "goes on still");
}

// All are told to end: the first that has is not missed by those that are about to.
TEST(Lost, NorByOneThatIsEndingItself)
{
    const ended rank = in_a_rank([](pid_t other) {
        plx_cli_signals_ask("all", PLX_QUIT);
        end(other);
    });
    EXPECT_TRUE(WIFEXITED(rank.how)) << rank.how;
    EXPECT_EQ(rank.text.find("ended while"), std::string::npos) << rank.text;
}

}  // namespace
