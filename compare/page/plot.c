/* SPDX-License-Identifier: MIT */
/*
 * compare/page/plot.c: run gnuplot on a script, and make its SVG a part of the page.
 *
 * The script is a memory file that gnuplot inherits, so nothing is left behind whatever happens,
 * and no shell sees it. Of the drawing only lines, areas and text are taken: colours become the
 * page's variables, fonts the page's own, ids go.
 */
#define _GNU_SOURCE /* memfd_create */
#include "compare/page/plot.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compare/launch.h"
#include "compare/page/page_text.h"

static const double LIMIT_S = 30;

static const int point_types[] = {7, 5, 9, 13, 11, 6, 4, 8, 12};
enum { SYMBOLS = sizeof point_types / sizeof *point_types };

int plx_plot_symbol(size_t curve)
{
    return point_types[curve % SYMBOLS];
}

int plx_plot_curve(size_t curve)
{
    static const int colours[] = {3, 4, 7, 5, 2, 1, 6}; /* the strongest first */
    return colours[curve % (sizeof colours / sizeof *colours)];
}

const char *plx_plot_colour(int number)
{
    static const char *const colours[] = {"'#000000'", "'#000001'", "'#000002'", "'#000003'",
                                          "'#000004'", "'#000005'", "'#000006'", "'#000007'",
                                          "'#000008'", "'#000009'", "'#00000a'", "'#00000b'"};
    return colours[number > 0 && number <= PLX_PLOT_COLOURS ? number : 0];
}

/* gnuplot's point type p is its symbol p - 1. */
void plx_plot_symbols(FILE *page)
{
    fputs("<svg width=\"0\" height=\"0\" class=\"symbols\" aria-hidden=\"true\"><defs>\n"
          "<circle id=\"gpPt6\" r=\"1\" fill=\"currentColor\"/>\n"
          "<circle id=\"gpPt5\" r=\"1\" fill=\"none\" stroke=\"currentColor\" "
          "stroke-width=\".3\"/>\n"
          "<path id=\"gpPt4\" d=\"M-1,-1h2v2h-2z\" fill=\"currentColor\"/>\n"
          "<path id=\"gpPt3\" d=\"M-1,-1h2v2h-2z\" fill=\"none\" stroke=\"currentColor\" "
          "stroke-width=\".3\"/>\n"
          "<path id=\"gpPt8\" d=\"M0,-1.3L-1.3,.9H1.3z\" fill=\"currentColor\"/>\n"
          "<path id=\"gpPt7\" d=\"M0,-1.3L-1.3,.9H1.3z\" fill=\"none\" stroke=\"currentColor\" "
          "stroke-width=\".3\"/>\n"
          "<path id=\"gpPt10\" d=\"M0,1.3L-1.3,-.9H1.3z\" fill=\"currentColor\"/>\n"
          "<path id=\"gpPt12\" d=\"M0,-1.4L1.4,0L0,1.4L-1.4,0z\" fill=\"currentColor\"/>\n"
          "<path id=\"gpPt11\" d=\"M0,-1.4L1.4,0L0,1.4L-1.4,0z\" fill=\"none\" "
          "stroke=\"currentColor\" stroke-width=\".3\"/>\n"
          "</defs></svg>\n",
          page);
}

/* What is written for a word of gnuplot's; a pattern that ends in the sign ~ runs up to the next
   character of that sign. */
typedef struct rule {
    const char *word, *until, *to;
} rule;

static const rule rules[] = {
    {"\"black\"", NULL, "\"currentColor\""},
    {"'black'", NULL, "'currentColor'"},
    {"'white'", NULL, "'var(--paper)'"},
    {"xlink:href", NULL, "href"},
    {" font-family=", "  ", " "}, /* with the size behind it, up to two blanks */
    {" id=\"gnuplot", "\" ", ""},
    {"<title>", "</title>", ""},
    {"\t", NULL, ""},
};

/* The rest of the line behind what a rule covers, or NULL if it does not begin here. */
static const char *match(const rule *one, const char *at)
{
    const size_t size = strlen(one->word);
    if (strncmp(at, one->word, size) != 0)
        return NULL;
    const char *end = one->until ? strstr(at + size, one->until) : NULL;
    if (one->until)
        return end ? end + strlen(one->until) : NULL;
    return at + size;
}

/* "rgb(  0,   0,   3)" and "rgb(0,0,3)" are the palette's third. */
static const char *write_colour(const char *at, FILE *out)
{
    int red, green, blue, size = 0;
    if (sscanf(at, "rgb( %d , %d , %d )%n", &red, &green, &blue, &size) != 3 || size == 0)
        return NULL;
    fprintf(out, "var(--c%d)", blue);
    return at + size;
}

static void write_line(const char *line, FILE *out)
{
    while (*line) {
        const char *next = write_colour(line, out);
        for (size_t r = 0; !next && r < sizeof rules / sizeof *rules; r++) {
            next = match(&rules[r], line);
            if (next)
                fputs(rules[r].to, out);
        }
        if (!next)
            putc(*line, out);
        line = next ? next : line + 1;
    }
    putc('\n', out);
}

/* From behind the definitions to the end; a group with nothing in it is left out. False: this is
   no drawing of gnuplot's. */
static bool write_drawing(char *svg, FILE *out)
{
    char *from = strstr(svg, "</defs>"), *end = from ? strstr(from, "</svg>") : NULL;
    const char *held = NULL; /* an opening that may turn out to be empty */
    if (!end)
        return false;
    *end = '\0';
    char *save, *line = strtok_r(from + strlen("</defs>"), "\n", &save);
    fputs("<g>\n", out); /* its canvas: closed by its own last line */
    for (; line; line = strtok_r(NULL, "\n", &save)) {
        const bool empty = held && strcmp(line, "</g>") == 0;
        if (held && !empty)
            write_line(held, out);
        held = NULL;
        if (strncmp(line, "<g fill", 7) == 0)
            held = line;
        else if (!empty)
            write_line(line, out);
    }
    return true;
}

static void fail(plx_plot *plot, int code, const char *why)
{
    plot->code = code;
    snprintf(plot->why, sizeof plot->why, "%s", why);
}

static void explain(plx_plot *plot, const plx_launch *launch)
{
    char why[320];
    const int internal = plx_status_exit(PLX_INTERNAL);
    if (launch->end == PLX_LAUNCH_NOT_STARTED && launch->code == ENOENT) {
        fail(plot, 69,
             "gnuplot is needed for the plots and not in PATH; install it "
             "(Debian, Ubuntu: apt install gnuplot-nox)");
        return;
    }
    snprintf(why, sizeof why, "gnuplot failed: %s",
             launch->end == PLX_LAUNCH_TOO_LONG ? "still running after 30 s"
             : *launch->last                    ? launch->last
                                                : "no drawing came out of it");
    fail(plot, launch->end == PLX_LAUNCH_NOT_STARTED ? 69 : internal, why);
}

static void write_svg(plx_plot *plot, char *drawing, int width, int height, const char *title,
                      const char *words)
{
    const size_t number = ++plot->drawn;
    fprintf(plot->page,
            "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" "
            "aria-labelledby=\"plot%zu-title plot%zu-words\">\n<title id=\"plot%zu-title\">",
            width, height, number, number, number);
    plx_page_text(title, plot->page);
    fprintf(plot->page, "</title>\n<desc id=\"plot%zu-words\">", number);
    plx_page_text(words, plot->page);
    fputs("</desc>\n", plot->page);
    if (!write_drawing(drawing, plot->page))
        fail(plot, plx_status_exit(PLX_INTERNAL), "gnuplot failed: no drawing came out of it");
    fputs("</svg>\n", plot->page);
}

/* The script as a file that a child can open by its number; -1: none could be made. */
static int make_script(const char *script, int width, int height)
{
    int fd = memfd_create("parallax-plot", 0);
    FILE *file = fd >= 0 ? fdopen(dup(fd), "w") : NULL;
    if (file)
        fprintf(file,
                "set terminal svg size %d,%d dynamic font 'sans,14' noenhanced\n"
                "set encoding utf8\n%s",
                width, height, script);
    if (!file || fclose(file) != 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

void plx_plot_draw(plx_plot *plot, const char *script, int width, int height, const char *title,
                   const char *words)
{
    char path[40];
    plx_launch launch;
    const int fd = plot->code == 0 ? make_script(script, width, height) : -1;
    if (plot->code == 0 && fd < 0)
        fail(plot, plx_status_exit(PLX_NO_MEMORY), "no memory for a plot");
    if (fd < 0)
        return;
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    char name[] = "gnuplot", plain[] = "--default-settings";
    char *argv[] = {name, plain, path, NULL};
    plx_launch_run(argv, LIMIT_S, &launch);
    close(fd);
    if (launch.end == PLX_LAUNCH_EXITED && launch.code == 0 && launch.out)
        write_svg(plot, launch.out, width, height, title, words);
    else
        explain(plot, &launch);
    free(launch.out);
}
