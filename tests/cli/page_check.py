#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Is a page of `parallax report` whole, closed and harmless? page_check.py FILE.html prints a summary.

Every tag is closed, every id is there once, every reference is to an id of the page itself; no script, no handler,
nothing to be fetched; every plot has a title and a description. Any breach is a line and exit code 1.
"""
import re
import sys
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "input", "link", "path", "circle", "rect", "use", "polygon", "line"}
ALLOWED = {"html", "head", "meta", "title", "style", "body", "main", "p", "h1", "h2", "h3", "nav", "ol", "li", "a", "code",
           "section", "div", "table", "thead", "tbody", "tr", "th", "td", "b", "figure", "figcaption", "svg", "defs", "g",
           "path", "circle", "rect", "use", "polygon", "line", "text", "desc", "ul", "dl", "dt", "dd", "details", "summary"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.wrong, self.count, self.refers, self.words = [], [], [], {}, [], []

    def handle_starttag(self, tag, attributes):
        self.take(tag, attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.take(tag, attributes)

    def take(self, tag, attributes):
        self.count[tag] = self.count.get(tag, 0) + 1
        if tag not in ALLOWED:
            self.wrong.append(f"<{tag}>")
        for name, value in attributes:
            if name.startswith("on") or name in ("src", "srcset", "data", "action", "style"):
                self.wrong.append(f"{tag} {name}={value}")
            if name == "id":
                self.ids.append(value)
            if name == "href" and not value.startswith("#"):
                self.wrong.append(f"{tag} {name}={value}")
            if name == "href":
                self.refers.append(value[1:])
            if name == "aria-labelledby":
                self.refers += value.split()
        if tag == "svg" and dict(attributes).get("class") == "plot":
            self.count["plot"] = self.count.get("plot", 0) + 1

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes another")

    def handle_data(self, data):
        self.words.append(data)


def main():
    text = open(sys.argv[1], encoding="utf-8").read()
    page = Page()
    page.feed(text)
    page.close()
    wrong = page.wrong + [f"not closed: {tag}" for tag in page.open]
    wrong += [f"id twice: {name}" for name in set(page.ids) if page.ids.count(name) > 1]
    wrong += [f"refers to nothing: {name}" for name in page.refers if name not in page.ids]
    wrong += re.findall(r"https?:|url\(|@import|javascript:", text)
    if page.count.get("desc", 0) != page.count.get("plot", 0):
        wrong.append("a plot without a description")
    if not text.startswith("<!DOCTYPE html>"):
        wrong.append("no doctype")
    for line in sorted(set(wrong)):
        print("WRONG", line)
    print(f"{page.count.get('section', 0)} sections, {page.count.get('plot', 0)} plots, hostile text kept as text: "
          f"{'yes' if '<script>alert(1)</script>' in ''.join(page.words) else 'no'}")
    sys.exit(1 if wrong else 0)


main()
