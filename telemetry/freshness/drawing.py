"""The life of a commodity over the storage temperature as an SVG picture, for notebooks and the guide.

`python -m telemetry.freshness.drawing mangosteen` prints it.
"""

import sys
from collections.abc import Sequence

from telemetry.freshness.commodities import load_catalogue
from telemetry.freshness.figures import Commodity
from telemetry.freshness.keeping import keep_at

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 34, 44
FONT = 'font-family="sans-serif" font-size="12"'
COLDEST_C, HOTTEST_C, STEP_C = 0.0, 35.0, 0.5


def life_curve_svg(commodity: Commodity) -> str:
    """Median life in days with its p10-p90 band, the published lives as points, and the chilling threshold.

    Raises `ValueError` for a commodity without a published life.
    """
    steps = round((HOTTEST_C - COLDEST_C) / STEP_C)
    temperatures = [COLDEST_C + STEP_C * step for step in range(steps + 1)]
    lives = [keep_at(commodity, temperature_c).keeps_days for temperature_c in temperatures]
    known = [(temperature_c, life) for temperature_c, life in zip(temperatures, lives, strict=True) if life is not None]
    if not known:
        raise ValueError(f"{commodity.commodity_id} has no published life to draw")
    published = [figure for figure in commodity.figures if figure.kind == "life" and not figure.set_aside]
    top = max(*(life.p90 for _, life in known), *(figure.most for figure in published)) * 1.05

    def at(temperature_c: float, days: float) -> str:
        x = LEFT + (temperature_c - COLDEST_C) / (HOTTEST_C - COLDEST_C) * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - days / top * (HEIGHT - TOP - BOTTOM)
        return f"{x:.1f},{y:.1f}"

    def line(points: Sequence[tuple[float, float]]) -> str:
        return " ".join(at(*point) for point in points)

    band = [(t, life.p90) for t, life in known] + [(t, life.p10) for t, life in reversed(known)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {FONT}>',
        f"<title>Life of {commodity.name_en} over the storage temperature</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="20" font-size="14">{commodity.name_en}: days kept, median and p10 to p90</text>',
    ]
    for temperature_c in range(int(COLDEST_C), int(HOTTEST_C) + 1, 5):
        x = at(temperature_c, 0).split(",")[0]
        parts.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{temperature_c} °C</text>')
    for days in _ticks(top):
        y = at(COLDEST_C, days).split(",")[1]
        parts.append(f'<path d="M{LEFT},{y} H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y}" text-anchor="end" dominant-baseline="middle">{days:g}</text>')
    parts.append(f'<polygon points="{line(band)}" fill="#1b7f5c" fill-opacity="0.18"/>')
    median = line([(t, life.p50) for t, life in known])
    parts.append(f'<polyline points="{median}" fill="none" stroke="#1b7f5c" stroke-width="2"/>')
    if commodity.chilling_threshold_c is not None:
        ends = line([(commodity.chilling_threshold_c, 0), (commodity.chilling_threshold_c, top)])
        parts.append(f'<polyline points="{ends}" stroke="#2456a6" stroke-dasharray="4 4"/>')
    for figure in published:
        x, low = at(figure.at_c, figure.least).split(",")
        high = at(figure.at_c, figure.most).split(",")[1]
        parts.append(f'<path d="M{x},{low} V{high}" stroke="#222" stroke-width="2"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="#222"/>' for y in sorted({low, high})]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _ticks(top: float) -> list[float]:
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500) if top / step <= 8)
    return [float(step * count) for count in range(int(top // step) + 1)]


if __name__ == "__main__":
    print(life_curve_svg(load_catalogue().commodity(sys.argv[1])), end="")
