/** A forecast's fan as paths: the area from p10 to p90 and the line of p50, days left over time. Pure. */

interface Point {
  at: string;
  p10_days: number;
  p50_days: number;
  p90_days: number;
}

export interface Shape {
  area: string;
  middle: string;
  /** Whole numbers of days with their height. */
  marks: { days: number; y: number }[];
}

const STEPS = [1, 2, 5, 10, 20, 50, 100];
const MOST_MARKS = 5;

export function fanShape(points: readonly Point[], width: number, height: number): Shape {
  const at_ms = points.map((point) => Date.parse(point.at));
  const from_ms = at_ms[0] ?? 0;
  const length_ms = Math.max((at_ms.at(-1) ?? 0) - from_ms, 1);
  const most = Math.max(...points.map((point) => point.p90_days), 1);
  const x = (index: number) => Math.round((((at_ms[index] ?? 0) - from_ms) / length_ms) * width * 10) / 10;
  const y = (days: number) => Math.round((1 - Math.max(days, 0) / most) * height * 10) / 10;
  const line = (value: (point: Point) => number) => points.map((point, index) => `${x(index)} ${y(value(point))}`);
  const upper = line((point) => point.p90_days);
  const lower = line((point) => point.p10_days);
  const step = STEPS.find((one) => most / one <= MOST_MARKS) ?? 200;
  const marks = Array.from({ length: Math.floor(most / step) + 1 }, (_, count) => ({ days: count * step, y: y(count * step) }));
  return {
    area: points.length === 0 ? "" : `M${[...upper, ...lower.reverse()].join("L")}Z`,
    middle: points.length === 0 ? "" : `M${line((point) => point.p50_days).join("L")}`,
    marks,
  };
}
