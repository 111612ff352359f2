/* SPDX-License-Identifier: MIT */
/*
 * compare/page/page.c: reports as one HTML page: the frame, the contents, a section for each.
 *
 * The page is whole in itself: style and drawings stand in it, there is no script, and nothing is
 * fetched. Whatever a report says is text, never markup.
 */
#include "compare/page/page_parts.h"

#include <stdlib.h>
#include <string.h>

#include "compare/page/page_text.h"
#include "compare/page/plot_draw.h"
#include "compare/report/show.h"

/* Colours are Okabe and Ito's, which stay apart for colour-blind eyes; lighter ones in the dark. */
static const char *const style[] = {
    ":root{color-scheme:light dark;--paper:#fff;--ink:#17191c;--muted:#565d66;--line:#d8dde3;",
    "--card:#f5f7f9;--c1:#56b4e9;--c2:#e69f00;--c3:#0072b2;--c4:#d55e00;--c5:#b0568c;--c6:#7a828b;",
    "--c7:#009e73;--c8:var(--ink);--c9:var(--muted);--c10:#cfdae5;--c11:var(--paper)}",
    "@media(prefers-color-scheme:dark){:root{--paper:#14171a;--ink:#e9ebee;--muted:#a6aeb7;",
    "--line:#363d44;--card:#1d2226;--c1:#8ed0f6;--c2:#f0b429;--c3:#3d9be0;--c4:#f07a2b;",
    "--c5:#e39ac4;--c6:#8c949d;--c7:#2fc096;--c10:#2d3b48}}",
    "*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}",
    "body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}",
    "main{max-width:72rem;margin:0 auto;padding:1rem 1rem 3rem}",
    ".brand{margin:0 0 .5rem;color:var(--muted);font-size:.875rem;letter-spacing:.02em}",
    "h1,h2,h3{line-height:1.2;overflow-wrap:anywhere}h1{margin:0;font-size:1.75rem}",
    "h2{font-size:1.2rem;margin:2.25rem 0 .5rem}h3{font-size:1rem;margin:0 0 .25rem}",
    "h3.table{margin:1.75rem 0 .25rem}.what{margin:.25rem 0 0;color:var(--muted)}a{color:inherit}",
    ".report+.report{margin-top:3rem;padding-top:2rem;border-top:1px solid var(--line)}",
    "nav{margin:1rem 0 2.5rem}nav ol{margin:0;padding-left:1.5rem}",
    ".verdict{margin:1.25rem 0 0;padding:1rem 1.25rem;background:var(--card);",
    "border-left:4px solid var(--c3);border-radius:4px}",
    ".verdict p{margin:.5rem 0 0;max-width:50rem;overflow-wrap:anywhere}",
    ".verdict p:first-child{margin:0;font-size:1.25rem;line-height:1.35;font-weight:600}",
    ".bad{border-left-color:var(--c4)}ul.why{margin:.5rem 0;padding-left:1.25rem;max-width:52rem}",
    "ul.why li{margin:.35rem 0}",
    ".box{overflow-x:auto;max-width:100%}tr>th:first-child{position:sticky;left:0;",
    "background:var(--paper)}table{border-collapse:collapse;font-size:.9375rem;",
    "font-variant-numeric:tabular-nums}th,td{padding:.4rem .75rem;text-align:right;",
    "white-space:nowrap;border-bottom:1px solid var(--line)}thead th{color:var(--muted);",
    "font-weight:600;border-bottom-width:2px}tbody th,thead th:first-child{text-align:left;",
    "padding-left:0}tbody th{font-weight:600}td.l,th.l{text-align:left}td.no{font-weight:700;",
    "color:var(--c4)}td.w{white-space:normal;min-width:16rem;text-align:left}",
    ".base th::after{content:\" base\";color:var(--muted);font-weight:400;font-size:.8125rem}",
    ".plots{display:grid;gap:1.5rem;margin:2rem 0 0;",
    "grid-template-columns:repeat(auto-fit,minmax(min(100%,28rem),1fr))}",
    "figure{margin:0;padding:1rem;border:1px solid var(--line);border-radius:6px;",
    "break-inside:avoid;max-width:40rem}figcaption{color:var(--muted);font-size:.875rem;",
    "margin:0 0 .5rem}svg.plot{display:block;width:100%;height:auto;color:var(--muted)}",
    "svg.plot text{font:14px system-ui,sans-serif}svg.symbols{position:absolute}",
    ".legend{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:.5rem 0 0;padding:0;",
    "list-style:none;font-size:.875rem}.legend svg{width:.8rem;height:.8rem;margin-right:.4rem;",
    "vertical-align:-.05rem}.legend .dash{width:1.6rem}",
    "dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;margin:.5rem 0;",
    "font-size:.9375rem;border-top:1px solid var(--line)}dt,dd{margin:0;padding:.35rem .75rem ",
    ".35rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}dt{color:var(--muted)}",
    "details{margin:1rem 0}summary{cursor:pointer;font-weight:600;padding:.35rem 0}",
    "code{font:.875em ui-monospace,monospace;overflow-wrap:anywhere}",
    "@media(max-width:30rem){main{padding:.75rem .75rem 2rem}h1{font-size:1.4rem}",
    ".verdict p:first-child{font-size:1.125rem}figure{padding:.75rem .5rem}",
    "svg.plot text{font-size:18px}th,td{padding:.4rem .5rem}dl{grid-template-columns:1fr}",
    "dt{border:0;padding-bottom:0}dd{padding-top:0}}",
    "@media print{:root{--paper:#fff;--ink:#000;--muted:#444}main{max-width:none;padding:0}",
    "nav{display:none}.report+.report{break-before:page;border:0}details{display:none}",
    ".box{overflow:visible}table{font-size:.75rem}}",
};

static void write_head(const plx_show *shows, size_t count, FILE *out)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
          out);
    plx_page_text(count == 1 ? shows[0].results[0].about.kernel : "Comparisons", out);
    fputs(" - Parallax</title>\n<style>\n", out);
    for (size_t i = 0; i < sizeof style / sizeof *style; i++)
        fprintf(out, "%s\n", style[i]);
    fputs("</style>\n</head>\n<body>\n<main>\n<p class=\"brand\">Parallax: one kernel under every "
          "model of parallelism</p>\n",
          out);
}

/* Sections are numbered through all files: a set has one for each of its comparisons. */
static void write_contents(const plx_show *shows, const char *const *names, size_t count, FILE *out)
{
    size_t section = 0;
    fputs("<h1>Comparisons</h1>\n<nav aria-label=\"Contents\">\n<ol>\n", out);
    for (size_t s = 0; s < count; s++)
        for (size_t i = 0; i < (shows[s].axis ? 1 : shows[s].count); i++) {
            const plx_compare_about *about = &shows[s].results[i].about;
            fprintf(out, "<li><a href=\"#report%zu\">", ++section);
            plx_page_text(about->kernel, out);
            fputs("</a> (", out);
            plx_page_text(about->pattern, out);
            fprintf(out, "%s%s) from <code>", shows[s].axis ? ", by " : "",
                    shows[s].axis ? shows[s].axis : "");
            plx_page_text(names[s], out);
            fputs("</code></li>\n", out);
        }
    fputs("</ol>\n</nav>\n", out);
}

static void write_comparison(plx_plot *plot, const plx_compare_result *result, const char *name)
{
    plx_page_verdict(result, plot->page);
    plx_page_table(result, plot->page);
    plx_page_plots(plot, result);
    plx_page_causes(result, plot->page);
    plx_page_setup(result, "Set-up", name, plot->page);
    plx_page_details(result, plot->page);
}

static void write_sections(plx_plot *plot, const plx_show *show, const char *name, bool alone,
                           size_t *section)
{
    for (size_t i = 0; i < (show->axis ? 1 : show->count); i++) {
        const char *level = alone ? "h1" : "h2";
        fprintf(plot->page, "<section class=\"report\" id=\"report%zu\">\n<%s>", ++*section, level);
        plx_page_text(show->results[i].about.kernel, plot->page);
        fprintf(plot->page, "</%s>\n", level);
        if (show->axis)
            plx_page_sweep(plot, show, name);
        else
            write_comparison(plot, &show->results[i], name);
        fputs("</section>\n", plot->page);
    }
}

int plx_show_page(const plx_show *shows, const char *const *names, size_t count, FILE *out,
                  char why[320])
{
    plx_plot plot = {.page = out};
    size_t section = 0;
    const bool alone = count == 1 && !shows[0].set;
    write_head(shows, count, out);
    plx_plot_symbols(out);
    if (!alone)
        write_contents(shows, names, count, out);
    for (size_t s = 0; s < count && plot.code == 0; s++)
        write_sections(&plot, &shows[s], names[s], alone, &section);
    fputs("</main>\n</body>\n</html>\n", out);
    snprintf(why, 320, "%s", plot.why);
    return plot.code;
}
