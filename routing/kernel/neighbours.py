"""Which stops lie close to one another: the order in which ruin spreads and positions are looked at."""

import numpy as np

from routing.kernel.given import Int32

ROWS_AT_A_TIME = 256
WAITING_WEIGHT = 0.2
"""How much a second of waiting that can't be avoided counts beside a second of driving."""


def nearest(duration_s: Int32, opens: Int32, closes: Int32, service_s: Int32, anchors: int, count: int) -> Int32:
    """For each node the `count` stops closest in time, nearest first; -1 where there are fewer.

    Close is a short drive, in the better direction, that does not end in a long wait.
    """
    nodes = len(opens)
    count = min(count, nodes - anchors - 1)
    near = np.full((nodes, max(count, 0)), -1, np.int32)
    if count < 1:
        return near
    stops = slice(anchors, nodes)
    for begin in range(anchors, nodes, ROWS_AT_A_TIME):
        rows = slice(begin, min(begin + ROWS_AT_A_TIME, nodes))
        there = duration_s[rows, stops].astype(np.float32)
        back = duration_s[stops, rows].T.astype(np.float32)
        ready_here = (closes[rows].astype(np.float32) + service_s[rows])[:, None]
        ready_there = (closes[stops].astype(np.float32) + service_s[stops])[None, :]
        wait_there = np.maximum(opens[stops].astype(np.float32)[None, :] - ready_here - there, 0)
        wait_here = np.maximum(opens[rows].astype(np.float32)[:, None] - ready_there - back, 0)
        apart = np.minimum(there + WAITING_WEIGHT * wait_there, back + WAITING_WEIGHT * wait_here)
        apart[np.arange(apart.shape[0]), np.arange(rows.start, rows.stop) - anchors] = np.inf
        closest = np.argpartition(apart, count - 1, axis=1)[:, :count] if count < apart.shape[1] - 1 else None
        if closest is None:
            closest = np.argsort(apart, axis=1, kind="stable")[:, :count]
        else:
            order = np.argsort(np.take_along_axis(apart, closest, 1), axis=1, kind="stable")
            closest = np.take_along_axis(closest, order, 1)
        near[rows] = closest + anchors
    return near
