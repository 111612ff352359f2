// SPDX-License-Identifier: MIT
// compare/sweep/fit.c: laws that are known are found again, exactly without noise and nearly with
// it.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

extern "C" {
#include "compare/sweep/fit.h"
}

namespace
{

const std::vector<double> counts = {1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32};

std::vector<double> amdahl(double b)
{
    std::vector<double> speedup;
    for (double p : counts)
        speedup.push_back(1 / (b + (1 - b) / p));
    return speedup;
}

std::vector<double> usl(double lambda, double sigma, double kappa)
{
    std::vector<double> speedup;
    for (double n : counts)
        speedup.push_back(lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1)));
    return speedup;
}

// Times wander by some per cent, whatever they are: log-normal.
void disturb(std::vector<double> &speedup, std::mt19937_64 &random, double share)
{
    std::normal_distribution<double> law(0, share);
    for (double &s : speedup)
        s *= std::exp(law(random));
}

TEST(Fit, AmdahlWithoutNoiseIsExact)
{
    for (double b : {0.0, 0.001, 0.05, 0.3, 1.0}) {
        plx_amdahl fit;
        std::vector<double> s = amdahl(b);
        ASSERT_TRUE(plx_fit_amdahl(counts.data(), s.data(), s.size(), &fit));
        EXPECT_NEAR(fit.b.value, b, 1e-12);
        EXPECT_NEAR(fit.b.low, b, 1e-12);
        EXPECT_NEAR(fit.b.high, b, 1e-12);
        EXPECT_NEAR(fit.error, 0, 1e-12);
    }
}

TEST(Fit, UslWithoutNoiseIsExact)
{
    const double laws[][3] = {
        {1, 0.05, 0.002}, {0.9, 0.2, 0.0001}, {1.1, 0, 0.01}, {1, 0.1, 0}, {2, 0, 0}};
    for (const auto &law : laws) {
        plx_usl fit;
        std::vector<double> s = usl(law[0], law[1], law[2]);
        ASSERT_TRUE(plx_fit_usl(counts.data(), s.data(), s.size(), &fit));
        EXPECT_NEAR(fit.lambda.value, law[0], 1e-9);
        EXPECT_NEAR(fit.sigma.value, law[1], 1e-9);
        EXPECT_NEAR(fit.kappa.value, law[2], 1e-9);
        EXPECT_NEAR(fit.error, 0, 1e-9);
        if (law[2] > 0)
            EXPECT_NEAR(fit.peak.value, std::sqrt((1 - law[1]) / law[2]), 1e-5);
        else
            EXPECT_GT(fit.peak.value, 1e3);
    }
}

// With noise of 1 % in each point: b to 0.005, and the spread holds it mostly.
TEST(Fit, AmdahlIsRecoveredFromNoise)
{
    std::mt19937_64 random(1);
    const double b = 0.05;
    int held = 0;
    for (int trial = 0; trial < 200; trial++) {
        plx_amdahl fit;
        std::vector<double> s = amdahl(b);
        disturb(s, random, 0.01);
        ASSERT_TRUE(plx_fit_amdahl(counts.data(), s.data(), s.size(), &fit));
        EXPECT_NEAR(fit.b.value, b, 0.005);
        EXPECT_LE(fit.b.low, fit.b.value);
        EXPECT_GE(fit.b.high, fit.b.value);
        EXPECT_LT(fit.error, 0.03);
        EXPECT_GT(fit.error, 0.001);
        held += fit.b.low <= b && b <= fit.b.high;
    }
    EXPECT_GT(held, 170); // two standard errors
    EXPECT_LT(held, 200);
}

TEST(Fit, UslIsRecoveredFromNoise)
{
    std::mt19937_64 random(2);
    const double lambda = 0.95, sigma = 0.05, kappa = 0.002, peak = std::sqrt(0.95 / 0.002);
    int held = 0;
    for (int trial = 0; trial < 200; trial++) {
        plx_usl fit;
        std::vector<double> s = usl(lambda, sigma, kappa);
        disturb(s, random, 0.01);
        ASSERT_TRUE(plx_fit_usl(counts.data(), s.data(), s.size(), &fit));
        EXPECT_NEAR(fit.lambda.value, lambda, 0.04);
        EXPECT_NEAR(fit.sigma.value, sigma, 0.02);
        EXPECT_NEAR(fit.kappa.value, kappa, 0.0006);
        EXPECT_NEAR(fit.peak.value, peak, 3);
        EXPECT_LE(fit.peak.low, fit.peak.value);
        EXPECT_GE(fit.peak.high, fit.peak.value);
        held += fit.peak.low <= peak && peak <= fit.peak.high;
    }
    EXPECT_GT(held, 170);
    EXPECT_LT(held, 200);
}

// Noise of a line without any loss may ask for a negative one: never given.
TEST(Fit, NoParameterIsNegative)
{
    std::mt19937_64 random(3);
    for (int trial = 0; trial < 200; trial++) {
        plx_usl fit;
        plx_amdahl line;
        std::vector<double> s = usl(1, 0, 0);
        disturb(s, random, 0.05);
        ASSERT_TRUE(plx_fit_usl(counts.data(), s.data(), s.size(), &fit));
        EXPECT_GE(fit.sigma.value, 0);
        EXPECT_GE(fit.kappa.value, 0);
        EXPECT_GE(fit.sigma.low, 0);
        EXPECT_GE(fit.kappa.low, 0);
        EXPECT_GE(fit.lambda.low, 0);
        EXPECT_GT(fit.lambda.value, 0);
        EXPECT_GE(fit.peak.low, 1);
        ASSERT_TRUE(plx_fit_amdahl(counts.data(), s.data(), s.size(), &line));
        EXPECT_GE(line.b.value, 0);
        EXPECT_GE(line.b.low, 0);
    }
}

// No other parameters near by are better: the solver really finds the least squares.
TEST(Fit, NothingNearIsBetter)
{
    std::mt19937_64 random(4);
    std::vector<double> s = usl(1, 0.08, 0.003);
    disturb(s, random, 0.03);
    plx_usl fit;
    ASSERT_TRUE(plx_fit_usl(counts.data(), s.data(), s.size(), &fit));
    auto squares = [&](double lambda, double sigma, double kappa) {
        double sum = 0;
        for (size_t i = 0; i < s.size(); i++)
            sum += std::pow(s[i] / plx_fit_usl_at(lambda, sigma, kappa, counts[i]) - 1, 2);
        return sum;
    };
    double least = squares(fit.lambda.value, fit.sigma.value, fit.kappa.value);
    EXPECT_NEAR(std::sqrt(least / static_cast<double>(s.size())), fit.error, 1e-12);
    for (double a : {0.99, 1.0, 1.01})
        for (double b : {0.99, 1.0, 1.01})
            for (double c : {0.99, 1.0, 1.01})
                EXPECT_GE(squares(fit.lambda.value * a, fit.sigma.value * b, fit.kappa.value * c),
                          least);
}

TEST(Fit, WhatDeterminesNothingIsRefused)
{
    const double one[] = {1, 1, 1, 1}, few[] = {1, 2, 2, 1}, enough[] = {1, 2, 3, 4};
    const double s[] = {1, 1.9, 2.7, 3.4};
    plx_amdahl line;
    plx_usl curve;
    EXPECT_FALSE(plx_fit_amdahl(one, s, 4, &line));
    EXPECT_FALSE(plx_fit_amdahl(enough, s, 2, &line)); // without the second nothing is left
    EXPECT_TRUE(plx_fit_amdahl(enough, s, 3, &line));
    EXPECT_FALSE(plx_fit_usl(few, s, 4, &curve));
    EXPECT_FALSE(plx_fit_usl(enough, s, 3, &curve));
    EXPECT_TRUE(plx_fit_usl(enough, s, 4, &curve));
    for (double bad : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
        const double wrong[] = {1, 1.9, bad, 3.4};
        EXPECT_FALSE(plx_fit_amdahl(enough, wrong, 4, &line));
        EXPECT_FALSE(plx_fit_usl(enough, wrong, 4, &curve));
    }
}

} // namespace
