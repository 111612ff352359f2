/* SPDX-License-Identifier: MIT */
/*
 * fetch.c: get web pages: many at once, with a time-out, with retries, and with a fallback.
 *
 * ./serve.py ./example_fetch MODEL adds its server's address; one page is busy twice, one missing,
 * one never answers. libcurl asks whether to go on, and so a time-out reaches it.
 */
#include <curl/curl.h>
#include <plx/plx.h>
#include <stdio.h>

enum { PAGES = 6, BUSY = 503, WORKERS = 6 };
static FILE *nowhere;
static const char *server, *page[PAGES] = { "index", "about", "busy", "missing", "slow", "data" };

static int ask(void *block, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    return (void)a, (void)b, (void)c, (void)d, plx_stopped(block);
}

static void get(const plx_block *block)                 /* with a time-out a block is one item */
{
    char url[100];
    long code = 0;
    CURL *curl = curl_easy_init();
    snprintf(url, sizeof url, "%s/%s", server, page[block->lo]);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, nowhere);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, block);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    const CURLcode ended = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_getinfo(curl, CURLINFO_SIZE_DOWNLOAD_T, (curl_off_t *)block->out);
    curl_easy_cleanup(curl);
    if (ended != CURLE_OK)
        plx_fail(block, block->lo, (int)code, curl_easy_strerror(ended));
}

int main(int argc, char **argv)
{
    const plx_kernel web = { .size = sizeof web, .name = "fetch", .about = "gets a page",
                             .out_size = sizeof(curl_off_t), .flags = PLX_WAITS, .map = get };
    const plx_policy policy = { .timeout_s = 2, .fallback = &(curl_off_t){ -1 }, .retries = 2,
        .backoff_s = 0.01, .jitter = 0.5, .retry_codes = &(int){ BUSY }, .retry_codes_n = 1 };
    curl_off_t bytes[PAGES];
    const plx_job job = { .kernel = &web, .n = PAGES, .out = bytes, .policy = &policy };
    plx_team *team;
    server = argc > 2 ? argv[2] : "http://127.0.0.1";
    if (!(nowhere = fopen("/dev/null", "w")) || curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK)
        return plx_status_exit(PLX_SYSTEM);
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", WORKERS, &team);
    if (status == PLX_OK)
        status = plx_map(team, &job, NULL);
    for (int i = 0; plx_team_rank(team) == 0 && i < PAGES; i++)
        printf("%s: %d bytes\n", page[i], (int)bytes[i]);
    plx_close(team);
    return plx_status_exit(status);
}
