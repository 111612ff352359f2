// SPDX-License-Identifier: MIT
// Chaos: calls drawn from seeds under every model of one process, with hand-outs in a shuffled
// order, threads that lose their core at any lock, stops at any item, items that fail, and memory
// and threads that are refused. Each must keep the law of its pattern, give back all memory, and
// end.
//
//   test_chaos                  the share of the daily tests
//   test_chaos --seeds A B      seeds A to B - 1
//   test_chaos --seed A         one, as a failure prints it
#include "chaos.hpp"

#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <thread>
#include <unistd.h>

struct Law {
    plx_pattern pattern;
    std::string (*keep)(Case &);
};
static const Law laws[] = {
    {PLX_MAP, map_law},     {PLX_REDUCE, reduce_law}, {PLX_SCAN, scan_law},
    {PLX_FAN, fan_law},     {PLX_BATCH, batch_law},   {PLX_PIPELINE, pipeline_law},
    {PLX_QUEUE, queue_law}, {PLX_TASK, task_law},     {PLX_DIVIDE, divide_law},
};
constexpr size_t laws_n = sizeof laws / sizeof *laws;
static size_t calls[PLX_PATTERNS], ends[PLX_STATUSES];
static char under_way[200]; // what hangs, if something does

static void tell_hang(int)
{
    ssize_t ignored = write(STDOUT_FILENO, under_way, std::strlen(under_way));
    (void)ignored;
    _exit(EXIT_FAILURE);
}

static const char *model_of(std::mt19937_64 &chance)
{
    std::vector<const char *> all;
    plx_model_info info;
    for (size_t i = 0; plx_model_at(i, &info); i++)
        if (info.available && std::strncmp(info.name, "mpi", 3) != 0)
            all.push_back(info.name);
    return all[chance() % all.size()];
}

// Some calls on a team of its own, one after another. What is wrong, or nothing.
static std::string run_team(uint64_t seed)
{
    std::mt19937_64 chance(seed);
    plx_team *team = nullptr;
    const char *model = model_of(chance);
    plx_status status = plx_open(model, 1 + (int)(chance() % 7), &team);
    if (status != PLX_OK)
        return status == PLX_NO_MEMORY && memory_was_short() ? "" : "cannot open a team";
    std::string wrong;
    for (int i = 0; i < 3 && wrong.empty(); i++) {
        const Law &law = laws[chance() % laws_n];
        uint64_t draw = chance();
        if (!plx_offers(model, law.pattern, nullptr))
            continue;
        Case c(draw, team);
        wrong = law.keep(c);
        __atomic_fetch_add(&calls[law.pattern], 1, __ATOMIC_RELAXED);
        __atomic_fetch_add(&ends[c.status], 1, __ATOMIC_RELAXED);
        if (!wrong.empty())
            wrong = std::string(model) + " with " + std::to_string(plx_team_threads(team)) +
                    " workers, " + plx_pattern_name(law.pattern) + ": " + wrong;
    }
    plx_close(team);
    return wrong;
}

// The second team's thread, one for all seeds: libomp does not get over callers that come and go.
class Other
{
  public:
    Other() : thread([this] { serve(); })
    {
    }
    ~Other()
    {
        begin(0);
        thread.join();
    }
    void begin(uint64_t its_seed)
    {
        std::lock_guard<std::mutex> guard(lock);
        seed = its_seed;
        busy = true;
        change.notify_one();
    }
    std::string end()
    {
        std::unique_lock<std::mutex> guard(lock);
        change.wait(guard, [this] { return !busy; });
        return wrong;
    }

  private:
    void serve()
    {
        std::unique_lock<std::mutex> guard(lock);
        for (;;) {
            change.wait(guard, [this] { return busy; });
            if (seed == 0)
                return;
            wrong = run_team(seed);
            busy = false;
            change.notify_one();
        }
    }
    std::mutex lock;
    std::condition_variable change;
    uint64_t seed = 0;
    bool busy = false;
    std::string wrong;
    std::thread thread; // the last to be made: it uses the others
};

static bool try_seed(uint64_t seed, Other &other)
{
    std::mt19937_64 chance(~seed);
    long before = memory_live();
    bool two = chance() % 6 == 0, short_of_memory = chance() % 3 == 0;
    std::snprintf(under_way, sizeof under_way, "seed %llu hangs: test_chaos --seed %llu\n",
                  (unsigned long long)seed, (unsigned long long)seed);
    alarm(60);
    const long thread = chance() % 4 == 0 ? 1 + (long)(chance() % 6) : 0;
    const long length = chance() % 3 ? 1 : 1000000;
    memory_arm(short_of_memory ? 1 + (long)(chance() % 60) : 0, length);
    inside_arm(seed, thread);
    std::string wrong, others;
    if (two)
        other.begin(seed ^ 0x5555555555555555);
    wrong = run_team(seed);
    if (two)
        others = other.end();
    inside_disarm();
    memory_disarm();
    alarm(0);
    if (wrong.empty())
        wrong = others;
    if (wrong.empty() && memory_live() != before)
        wrong = std::to_string(memory_live() - before) + " allocations are left";
    if (!wrong.empty())
        std::printf("seed %llu: %s\nto repeat it: test_chaos --seed %llu\n",
                    (unsigned long long)seed, wrong.c_str(), (unsigned long long)seed);
    return wrong.empty();
}

static long threads_now()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("Threads:", 0) == 0)
            return std::stol(line.substr(8));
    return 0;
}

// 1,000 teams of each model, opened and closed in turn: no memory, no thread is left.
static bool open_and_close()
{
    plx_model_info info;
    for (size_t i = 0; plx_model_at(i, &info); i++) {
        if (!info.available || std::strncmp(info.name, "mpi", 3) == 0)
            continue;
        long before = memory_live(), threads = 0;
        for (int cycle = 0; cycle < 1000; cycle++) {
            plx_team *team;
            if (plx_open(info.name, 3, &team) != PLX_OK) {
                std::printf("%s: cannot open team %d\n", info.name, cycle);
                return false;
            }
            plx_close(team);
            threads = cycle == 0 ? threads_now() : threads;
        }
        if (memory_live() != before || threads_now() > threads) {
            std::printf("%s: %ld allocations and %ld threads are left of 1,000 teams\n", info.name,
                        memory_live() - before, threads_now() - threads);
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
#ifdef PLX_SANITIZED
    uint64_t first = 1, end = 1001;
#else
    uint64_t first = 1, end = 10001;
#endif
    std::string what = argc > 1 ? argv[1] : "";
    if (what == "--seed" && argc == 3) {
        first = std::strtoull(argv[2], nullptr, 10);
        end = first + 1;
    } else if (what == "--seeds" && argc == 4) {
        first = std::strtoull(argv[2], nullptr, 10);
        end = std::strtoull(argv[3], nullptr, 10);
    } else if (argc > 1) {
        std::fprintf(stderr, "test_chaos: known: --seed A, --seeds A B\n");
        return 64;
    }
    std::signal(SIGALRM, tell_hang);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    if (!open_and_close())
        return EXIT_FAILURE;
    Other other;
    for (uint64_t seed = first; seed < end; seed++)
        if (!try_seed(seed, other))
            return EXIT_FAILURE;
    std::printf("%llu seeds hold:", (unsigned long long)(end - first));
    for (const Law &law : laws)
        std::printf(" %s %zu", plx_pattern_name(law.pattern), calls[law.pattern]);
    std::printf(" calls, which ended");
    for (int status = 0; status < PLX_STATUSES; status++)
        if (ends[status])
            std::printf(" %s %zu", plx_status_name((plx_status)status), ends[status]);
    std::printf("\n");
    return EXIT_SUCCESS;
}
