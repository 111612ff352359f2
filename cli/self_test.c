/* SPDX-License-Identifier: MIT */
/*
 * cli/self_test.c: `parallax compare --self-test`: can this comparison be believed, here and now?
 *
 * Counts against limits, one exit code. The simulated part fails if the statistics are wrong; if
 * only the real part fails, the machine is too noisy for the budget, or it treats equals unequally.
 */
#include "self_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compare/self_test.h"
#include "duration.h"
#include "error.h"
#include "json.h"
#include "options.h"
#include "place.h"

typedef struct request {
    int trials;
    double budget_s;
    uint64_t seed;
    bool self_test, json;
} request;

#define AT(field) offsetof(request, field)

static const plx_cli_option options[] = {
    { "self-test", 0, NULL, "compare what is known: equals, and a slowdown of 3 %",
      plx_cli_set_flag, AT(self_test), 0, 0, false },
    { "trials", 0, "T", "comparisons of each kind (default 15; 200 for a proof)", plx_cli_set_int,
      AT(trials), 1, 100000, false },
    { "budget", 0, "TIME", "for each comparison (default 4s)", plx_cli_set_duration,
      AT(budget_s), 1, 86400000, false },
    { "seed", 0, "S", "of the orders of launches (default 1)", plx_cli_set_u64, AT(seed), 0,
      UINT64_MAX, false },
    { "json", 0, NULL, "print one JSON object", plx_cli_set_flag, AT(json), 0, 0, false },
    { 0 }
};

static const plx_cli_command command = {
    .name = "compare --self-test",
    .usage = "compare --self-test [options]",
    .about = "Can the comparison be believed, on this machine and now? busy under pthread is\n"
             "compared with itself, then with itself doing 3 % more work. Exit code 70 if equals\n"
             "are told apart more often than chance allows, or the 3 % are not found.",
    .options = options,
};

static const char *trials_of(const plx_self_test_count *count)
{
    return count->trials == 1 ? "trial" : "trials";
}

static void print_equal(const char *what, const plx_self_test_count *count)
{
    printf("%s: %d false verdict%s in %d %s (allowed %d, goal %d)", what, count->told,
           count->told == 1 ? "" : "s", count->trials, trials_of(count),
           plx_self_test_allowed(count->trials), plx_self_test_goal(count->trials));
}

static void print_slower(const char *what, const plx_self_test_count *count)
{
    printf("%s: found in %d of %d %s (needed %d)", what, count->found, count->trials,
           trials_of(count), plx_self_test_needed(count->trials));
    if (count->told > count->found)
        printf(", %d told the wrong way", count->told - count->found);
}

/* What the machine gave. */
static void print_medians(const plx_self_test_count *count)
{
    printf("\n    ratio %.4f, ", count->ratio);
    if (isfinite(count->detectable))
        printf("smallest detectable difference %.1f %%, ", 100 * count->detectable);
    printf("%.0f rounds\n", count->rounds);
}

static void print_text(const plx_self_test *found)
{
    print_equal("Simulated equals", &found->simulated_equal);
    print_medians(&found->simulated_equal);
    print_slower("Simulated 3 %", &found->simulated_slower);
    print_medians(&found->simulated_slower);
    print_equal("A/A", &found->equal);
    print_medians(&found->equal);
    print_slower("A/B 3 %", &found->slower);
    print_medians(&found->slower);
    printf("Ratios, differences and rounds are medians over the trials; %.0f s in all.\n",
           found->took_s);
}

static json_t *count_object(const plx_self_test_count *count, bool equal)
{
    json_t *object = json_pack("{s:i, s:i, s:f, s:f}", "trials", count->trials, "told_apart",
                               count->told, "ratio", count->ratio, "rounds", count->rounds);
    json_object_set_new(object, "detectable",
                        isfinite(count->detectable) ? json_real(count->detectable) : json_null());
    if (equal) {
        json_object_set_new(object, "allowed", json_integer(plx_self_test_allowed(count->trials)));
        json_object_set_new(object, "goal", json_integer(plx_self_test_goal(count->trials)));
    } else {
        json_object_set_new(object, "found", json_integer(count->found));
        json_object_set_new(object, "needed", json_integer(plx_self_test_needed(count->trials)));
    }
    return object;
}

static int print_json(const plx_self_test *found, double budget_s, bool passed)
{
    json_t *object = json_pack(
        "{s:s, s:o, s:o, s:o, s:o}", "schema", "parallax.self-test/1", "simulated_equal",
        count_object(&found->simulated_equal, true), "simulated_slower",
        count_object(&found->simulated_slower, false), "equal", count_object(&found->equal, true),
        "slower", count_object(&found->slower, false));
    json_object_set_new(object, "slowdown", json_real(0.03));
    json_object_set_new(object, "budget_s", json_real(budget_s));
    json_object_set_new(object, "took_s", json_real(found->took_s));
    json_object_set_new(object, "passed", json_boolean(passed));
    return plx_cli_json_print(object);
}

/* The first limit that was not kept, in words; NULL: all were. */
static const char *verdict(const plx_self_test *found)
{
    if (!plx_self_test_equal_good(&found->simulated_equal) ||
        !plx_self_test_slower_good(&found->simulated_slower))
        return "the statistics are wrong: simulated launches were misjudged";
    if (!plx_self_test_equal_good(&found->equal))
        return "equals were told apart more often than chance allows";
    if (!plx_self_test_slower_good(&found->slower))
        return "3 % was not found: too noisy here for this --budget";
    return NULL;
}

static int run(const request *asked)
{
    const plx_self_test_plan plan = { .trials = asked->trials, .budget_s = asked->budget_s,
                                      .seed = asked->seed,
                                      .progress = isatty(STDERR_FILENO) != 0 };
    plx_self_test found;
    char why[320];
    int code = plx_self_test_run(&plan, &found, why);
    if (code != 0)
        return why[0] ? plx_cli_error(code, "compare --self-test: %s", why) : code;
    const char *wrong = verdict(&found);
    if (asked->json)
        code = print_json(&found, plan.budget_s, !wrong);
    else
        print_text(&found);
    fflush(stdout);
    if (code == 0 && wrong)
        return plx_cli_error(PLX_EXIT_INTERNAL, "compare --self-test: %s", wrong);
    return code;
}

bool plx_cli_self_tests(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--self-test") == 0)
            return true;
    return false;
}

int plx_cli_self_test(int argc, char **argv)
{
    request asked = { .trials = 15, .budget_s = 4, .seed = 1 };
    int first, code = plx_cli_parse(&command, argc, argv, &asked, &first);
    if (code == 0 && plx_cli_where().launched)
        code = plx_cli_error(PLX_EXIT_USAGE, "compare: starts mpirun itself; run it without mpirun "
                                             "or srun");
    if (code == 0 && first < argc)
        code = plx_cli_error(PLX_EXIT_USAGE,
                             "compare --self-test: '%s' is one too many; the kernel is always busy",
                             argv[first]);
    if (code == 0)
        code = plx_cli_flush(run(&asked));
    return code == PLX_CLI_DONE ? 0 : code;
}
