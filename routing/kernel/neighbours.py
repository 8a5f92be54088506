"""Which stops lie close to one another: the order in which ruin spreads and positions are looked at."""

import numpy as np

from routing.kernel.given import Int32

ROWS_AT_A_TIME = 256


def nearest(duration_s: Int32, anchors: int, count: int) -> Int32:
    """For each node the `count` stops closest by driving time in the better direction, nearest first.

    Time windows don't count: lists that took them into account were measured and gained nothing.
    """
    nodes = len(duration_s)
    count = max(0, min(count, nodes - anchors - 1))
    near = np.full((nodes, count), -1, np.int32)
    if count == 0:
        return near
    for begin in range(anchors, nodes, ROWS_AT_A_TIME):
        rows = np.arange(begin, min(begin + ROWS_AT_A_TIME, nodes))
        apart = np.minimum(duration_s[rows, anchors:], duration_s[anchors:, rows[0] : rows[-1] + 1].T)
        apart[np.arange(len(rows)), rows - anchors] = np.iinfo(np.int32).max
        if count < apart.shape[1] - 1:
            closest = np.argpartition(apart, count - 1, axis=1)[:, :count]
            order = np.argsort(np.take_along_axis(apart, closest, 1), axis=1, kind="stable")
            closest = np.take_along_axis(closest, order, 1)
        else:
            closest = np.argsort(apart, axis=1, kind="stable")[:, :count]
        near[rows] = closest + anchors
    return near
