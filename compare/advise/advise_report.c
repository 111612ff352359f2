/* SPDX-License-Identifier: MIT */
/*
 * compare/advise/advise_report.c: an advice for people, and as parallax.advise/1: its fields stay.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "compare/advise/advise.h"
#include "compare/report/json.h"
#include "compare/report/wrap.h"

/* The reason stands in brackets behind its answer; the command alone on its line, to be copied. */
void plx_advise_write_text(const plx_advise_result *advice, FILE *out)
{
    fprintf(out, "%s, %s, n = %.0f\n\n", advice->kernel, advice->pattern, advice->facts.n);
    for (size_t s = 0; s < PLX_ADVISE_STEPS; s++) {
        const plx_advise_step *step = &advice->step[s];
        char line[480];
        snprintf(line, sizeof line, "%zu. %s? %s (%s)\n", s + 1, step->question, step->answer,
                 step->reason);
        plx_wrap_write(line, out);
    }
    fprintf(out, "\n    %s\n\n", advice->command);
    plx_wrap_write(advice->sure, out);
    putc('\n', out);
}

/* Counts are exact in a double; 0: the default, or none. */
static json_t *count_or_null(double value)
{
    return value > 0 ? json_integer((json_int_t)value) : json_null();
}

static json_t *way(const plx_advise_candidate *c)
{
    return json_pack("{s:s, s:i, s:i, s:i, s:o, s:o}", "model", c->model, "workers", c->workers,
                     "ranks", c->ranks, "threads", c->threads, "schedule",
                     plx_json_text(c->schedule), "grain", count_or_null(c->grain));
}

static json_t *candidate_object(const plx_advise_candidate *c)
{
    json_t *object = way(c), *samples = json_array();
    for (size_t i = 0; i < c->samples; i++)
        json_array_append_new(samples, plx_json_real(c->sample_s[i]));
    json_object_set_new(object, "predicted_s", plx_json_real(c->predicted_s));
    json_object_set_new(object, "simulated_s", plx_json_real(c->simulated_s));
    json_object_set_new(object, "measured_s",
                        c->samples ? plx_json_real(c->measured_s) : json_null());
    json_object_set_new(object, "samples_s", samples);
    return object;
}

static json_t *model_object(const plx_advise_model *model)
{
    return model->known
               ? json_pack("{s:s, s:o, s:o, s:o}", "model", model->name, "call_s",
                           plx_json_real(model->call_s), "open_s", plx_json_real(model->open_s),
                           "launch_s", plx_json_real(model->launch_s))
               : json_pack("{s:s, s:n, s:n, s:n}", "model", model->name, "call_s", "open_s",
                           "launch_s");
}

static json_t *facts_object(const plx_advise_facts *facts)
{
    json_t *models = json_array();
    double most = 0, sum = 0;
    for (size_t m = 0; m < facts->models; m++)
        json_array_append_new(models, model_object(&facts->model[m]));
    for (size_t b = 0; facts->cost_s && b < facts->blocks; b++) {
        most = fmax(most, facts->cost_s[b]);
        sum += facts->cost_s[b];
    }
    json_t *object = json_pack(
        "{s:o, s:o, s:o, s:o, s:i, s:o}", "probe_n", json_integer((json_int_t)facts->probe_n),
        "growth", plx_json_real(facts->growth), "probe_s", plx_json_real(facts->serial_s),
        "cpu_share", plx_json_real(facts->share), "cores", facts->cores, "models", models);
    json_object_set_new(object, "bytes", plx_json_real(facts->bytes));
    json_object_set_new(object, "memory", plx_json_positive(facts->memory));
    json_object_set_new(object, "blocks",
                        facts->cost_s ? json_integer((json_int_t)facts->blocks) : json_null());
    json_object_set_new(object, "block_mean_s",
                        facts->cost_s ? plx_json_real(sum / (double)facts->blocks) : json_null());
    json_object_set_new(object, "block_most_s", facts->cost_s ? plx_json_real(most) : json_null());
    return object;
}

char *plx_advise_json(const plx_advise_result *advice)
{
    json_t *steps = json_array(), *candidates = json_array();
    for (size_t s = 0; s < PLX_ADVISE_STEPS; s++)
        json_array_append_new(
            steps, json_pack("{s:s, s:s, s:s, s:o}", "question", advice->step[s].question, "answer",
                             advice->step[s].answer, "reason", advice->step[s].reason, "value",
                             plx_json_real(advice->step[s].value)));
    for (size_t i = 0; i < advice->count; i++)
        json_array_append_new(candidates, candidate_object(&advice->candidates[i]));
    json_t *object = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "schema", "parallax.advise/1",
                               "kernel", advice->kernel, "pattern", advice->pattern, "n",
                               json_integer((json_int_t)advice->facts.n), "steps", steps, "choice",
                               way(&advice->candidates[advice->choice]));
    json_object_set_new(object, "predicted_s",
                        plx_json_real(advice->candidates[advice->choice].predicted_s));
    json_object_set_new(object, "serial_s", plx_json_real(advice->candidates[0].predicted_s));
    json_object_set_new(object, "spread", plx_json_real(advice->spread));
    json_object_set_new(object, "sure", json_string(advice->sure));
    json_object_set_new(object, "candidates", candidates);
    json_object_set_new(object, "probes", facts_object(&advice->facts));
    json_object_set_new(object, "command", json_string(advice->command));
    return plx_json_line(object);
}
