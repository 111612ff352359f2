/* SPDX-License-Identifier: MIT */
/* compare/report/unit.h: the unit in which a time reads best. */
#ifndef COMPARE_UNIT_H
#define COMPARE_UNIT_H

/** The largest of s, ms, us and ns of which these seconds are at least one: how many of it a second
    has, and its name. */
double plx_unit_choose(double seconds, const char **name);

#endif
