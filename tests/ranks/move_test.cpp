// SPDX-License-Identifier: MIT
// mpi/move.c, compiled for this program with pieces of 7 bytes: messages at, below and above one.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "inside.h"

static const size_t lengths[] = {0, 1, 6, 7, 8, 13, 14, 15, 20, 1000};

static int rank_of_all()
{
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

static int ranks_of_all()
{
    int ranks;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    return ranks;
}

// Bytes that differ from place to place and from sender to sender.
static std::string message(size_t length, int from)
{
    std::string text(length, '\0');
    for (size_t i = 0; i < length; i++)
        text[i] = (char)((i * 37 + (size_t)from * 101 + length) % 251 + 1);
    return text;
}

static const char guard[] = "guard";

static std::string room(size_t length)
{
    return std::string(length, '\0') + guard;
}

TEST(Move, SevenBytesAPiece)
{
    for (size_t length : lengths)
        EXPECT_EQ((length + 6) / 7, plx_move_pieces(length)) << length;
}

// Each to the next, the last to the first; rank 0 begins by receiving, so that it needs no buffers.
TEST(Move, SendAndReceive)
{
    int rank = rank_of_all(), ranks = ranks_of_all();
    int next = (rank + 1) % ranks, before = (rank + ranks - 1) % ranks;
    for (size_t length : lengths) {
        std::string mine = message(length, rank), got = room(length);
        for (int turn = 0; turn < 2 && ranks > 1; turn++)
            if ((rank == 0) == (turn == 0))
                plx_move_receive(MPI_COMM_WORLD, &got[0], length, before, 1);
            else
                plx_move_send(MPI_COMM_WORLD, mine.data(), length, next, 1);
        if (ranks > 1)
            EXPECT_EQ(message(length, before) + guard, got) << length;
    }
}

// From every rank to every rank at once, the pieces of many messages under way together.
TEST(Move, BeginAndEnd)
{
    int rank = rank_of_all(), ranks = ranks_of_all();
    for (size_t length : lengths) {
        size_t each = plx_move_pieces(length), n = 0;
        std::vector<MPI_Request> requests(2 * (size_t)ranks * each + 1, MPI_REQUEST_NULL);
        std::string mine = message(length, rank);
        std::vector<std::string> got((size_t)ranks, room(length));
        for (int r = 0; r < ranks; r++)
            n += plx_move_begin_receive(MPI_COMM_WORLD, &got[(size_t)r][0], length, r, 2,
                                        &requests[n]);
        for (int r = 0; r < ranks; r++)
            n += plx_move_begin_send(MPI_COMM_WORLD, mine.data(), length, r, 2, &requests[n]);
        plx_move_end(requests.data(), n);
        EXPECT_EQ(2 * (size_t)ranks * each, n);
        for (int r = 0; r < ranks; r++)
            EXPECT_EQ(message(length, r) + guard, got[(size_t)r]) << length << " from " << r;
    }
}

// A message begun is received by one that is not, and the other way round.
TEST(Move, BothWaysAreOne)
{
    int rank = rank_of_all(), ranks = ranks_of_all();
    for (size_t length : lengths) {
        std::vector<MPI_Request> requests(plx_move_pieces(length) + 1);
        std::string mine = message(length, 9), got = room(length);
        if (rank == 0 && ranks > 1) {
            size_t n =
                plx_move_begin_send(MPI_COMM_WORLD, mine.data(), length, 1, 3, requests.data());
            plx_move_end(requests.data(), n);
        }
        if (rank == 1) {
            plx_move_receive(MPI_COMM_WORLD, &got[0], length, 0, 3);
            EXPECT_EQ(mine + guard, got) << length;
        }
    }
}

TEST(Move, ShareFromEveryRank)
{
    int rank = rank_of_all(), ranks = ranks_of_all();
    for (int from = 0; from < ranks; from++)
        for (size_t length : lengths) {
            std::string text = rank == from ? message(length, from) + guard : room(length);
            plx_move_share(MPI_COMM_WORLD, &text[0], length, from);
            EXPECT_EQ(message(length, from) + guard, text) << length << " from " << from;
        }
}
