/* SPDX-License-Identifier: MIT */
/* compare/page/plot_script.c: what all plots share: scales, labels, one look. */
#define _POSIX_C_SOURCE 200809L
#include "compare/page/plot_script.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL = 48 };

bool plx_script_open(plx_script *script, plx_plot *plot)
{
    *script = (plx_script){.gp = NULL};
    script->gp = open_memstream(&script->gp_text, &script->gp_size);
    script->words = open_memstream(&script->words_text, &script->words_size);
    if (script->gp && script->words) {
        fprintf(script->gp,
                "set border 1 lc rgb %s\nset tics out nomirror textcolor rgb %s\nunset key\n"
                "set grid xtics lt 1 lw 1 lc rgb %s\nset style fill solid 1\n",
                plx_plot_colour(PLX_PLOT_MUTED), plx_plot_colour(PLX_PLOT_MUTED),
                plx_plot_colour(PLX_PLOT_BAND));
        return true;
    }
    if (plot->code == 0)
        plot->code = plx_status_exit(PLX_NO_MEMORY);
    plx_script_draw(script, plot, 0, 0, "");
    return false;
}

void plx_script_draw(plx_script *script, plx_plot *plot, int width, int height, const char *title)
{
    const bool good = script->gp && script->words && !ferror(script->gp) && !ferror(script->words);
    if (script->gp)
        fclose(script->gp);
    if (script->words)
        fclose(script->words);
    if (good)
        plx_plot_draw(plot, script->gp_text, width, height, title, script->words_text);
    free(script->gp_text);
    free(script->words_text);
}

void plx_script_label(const char *label, FILE *gp)
{
    for (size_t i = 0; label[i] && i < LABEL; i++)
        putc(isalnum((unsigned char)label[i]) || strchr("+=._:#/,- ", label[i]) ? label[i] : '?',
             gp);
    if (strlen(label) > LABEL)
        fputs("...", gp);
}

void plx_scale_take(plx_scale *scale, double value)
{
    if (isfinite(value)) {
        scale->least = fmin(scale->least, value);
        scale->most = fmax(scale->most, value);
    }
}

void plx_scale_settle(plx_scale *scale, bool may_be_logarithmic)
{
    if (scale->least > scale->most)
        *scale = (plx_scale){0, 1, false};
    scale->logarithmic = may_be_logarithmic && scale->least > 0 && scale->most > 8 * scale->least;
    if (scale->logarithmic) {
        scale->least /= 1.15;
        scale->most *= 1.15;
        return;
    }
    double air = 0.04 * (scale->most - scale->least);
    if (air <= 0)
        air = scale->most > 0 ? 0.04 * scale->most : 1;
    scale->most += air;
    if (scale->least > 0)
        scale->least = fmax(0, scale->least - air);
}

/* 1, 2 and 5 of each decade; of many decades only the ones. */
static void write_tics(const plx_scale *scale, char axis, FILE *gp)
{
    static const double steps[] = {1, 2, 5};
    const int from = (int)floor(log10(scale->least)), to = (int)ceil(log10(scale->most));
    const char *comma = "";
    const size_t each = to - from > 3 ? 1 : 3;
    fprintf(gp, "set %ctics (", axis);
    for (int decade = from; decade <= to; decade += 1 + (to - from) / 10)
        for (size_t s = 0; s < each; s++) {
            fprintf(gp, "%s'%.6g' %.9g", comma, steps[s] * pow(10, decade),
                    steps[s] * pow(10, decade));
            comma = ", ";
        }
    fputs(")\n", gp);
}

void plx_scale_write(const plx_scale *scale, char axis, FILE *gp)
{
    if (scale->logarithmic) {
        fprintf(gp, "set logscale %c\n", axis);
        write_tics(scale, axis, gp);
    }
    fprintf(gp, "set %crange [%.9g:%.9g]\n", axis, scale->least, scale->most);
}
