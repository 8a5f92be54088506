/** Lines over time on a canvas (uPlot), with the band they should stay in, excursions shaded and gaps hatched. */

import "uplot/dist/uPlot.min.css";

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";

import { LOCALES, language } from "../i18n/language";
import { ZONE } from "../format/time";
import { theme } from "../state/theme";

export interface Line {
  label: string;
  scale: "left" | "right";
  values: (number | null | undefined)[];
  digits: number;
  unit: string;
}

export interface Stretch {
  from_ms: number;
  to_ms: number;
}

interface Properties {
  label: string;
  at_s: number[];
  lines: readonly Line[];
  band: { low: number; high: number } | null;
  gaps: readonly Stretch[];
  excursions: readonly Stretch[];
  timeLabel: string;
  leftAxis: string;
  rightAxis: string;
}

const HEIGHT = 340;
const COLOURS = 8;

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function hatch(context: CanvasRenderingContext2D): CanvasPattern | string {
  const tile = document.createElement("canvas");
  const size = 8 * devicePixelRatio;
  tile.width = tile.height = size;
  const pen = tile.getContext("2d");
  if (pen === null) return colour("line");
  pen.strokeStyle = colour("hatch");
  pen.lineWidth = 1.2 * devicePixelRatio;
  pen.beginPath();
  for (const from of [-size, 0, size]) {
    pen.moveTo(from, size);
    pen.lineTo(from + size, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat") ?? colour("line");
}

export function TimeChart(properties: Properties) {
  const box = useRef<HTMLDivElement>(null);
  const shade = theme.value;
  const spoken = language.value;
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    let chart = draw(element, properties);
    const redraw = () => {
      chart.destroy();
      chart = draw(element, properties);
    };
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", redraw);
    const sized = new ResizeObserver(() => {
      if (element.clientWidth > 0) chart.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    sized.observe(element);
    return () => {
      sized.disconnect();
      dark.removeEventListener("change", redraw);
      chart.destroy();
    };
  }, [properties.at_s, properties.lines, properties.band, properties.gaps, properties.excursions, shade, spoken]);
  return <div class="chart" ref={box} role="img" aria-label={properties.label} />;
}

function draw(element: HTMLElement, { at_s, lines, band, gaps, excursions, timeLabel, leftAxis, rightAxis }: Properties): uPlot {
  const written = new Intl.DateTimeFormat(LOCALES[language.value], {
    timeZone: ZONE,
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { font, labelFont: font, stroke: colour("soft"), grid: { stroke: colour("line"), width: 1 }, ticks: { stroke: colour("line"), width: 1 } };
  const right = lines.some((line) => line.scale === "right");
  const fill = (plot: uPlot, style: CanvasPattern | string, spans: readonly Stretch[]) => {
    plot.ctx.fillStyle = style;
    for (const { from_ms, to_ms } of spans) {
      const begins = Math.max(plot.valToPos(from_ms / 1000, "x", true), plot.bbox.left);
      const ends = Math.min(plot.valToPos(to_ms / 1000, "x", true), plot.bbox.left + plot.bbox.width);
      if (ends > begins) plot.ctx.fillRect(begins, plot.bbox.top, ends - begins, plot.bbox.height);
    }
  };
  let pattern: CanvasPattern | string | undefined;
  return new uPlot(
    {
      width: element.clientWidth || 600,
      height: HEIGHT,
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), ZONE),
      cursor: { drag: { x: true, y: false } },
      legend: { live: true },
      scales: {
        left: { range: (_, low, high) => padded(Math.min(low, band?.low ?? low), Math.max(high, band?.high ?? high)) },
        right: { range: [0, 100] },
      },
      axes: [
        { ...axis, values: (_, splits) => splits.map((at) => tick(at, language.value)) },
        { ...axis, scale: "left", label: leftAxis, labelSize: 18, size: 44 },
        ...(right ? [{ ...axis, scale: "right", side: 1 as const, label: rightAxis, labelSize: 18, size: 44, grid: { show: false } }] : []),
      ],
      series: [
        { label: timeLabel, value: (_, at) => (at === null ? "–" : written.format(at * 1000)) },
        ...lines.map((line, index) => ({
          label: line.label,
          scale: line.scale,
          stroke: colour(`r${index % COLOURS}`),
          width: line.scale === "left" ? 2 : 1,
          ...(line.scale === "right" ? { dash: [4, 4] } : {}),
          points: { show: false },
          value: (_: uPlot, value: number | null) => (value === null || value === undefined ? "–" : `${value.toFixed(line.digits)} ${line.unit}`),
        })),
      ],
      hooks: {
        drawClear: [
          (plot) => {
            pattern ??= hatch(plot.ctx);
            plot.ctx.save();
            if (band !== null) {
              const top = Math.max(plot.valToPos(band.high, "left", true), plot.bbox.top);
              const bottom = Math.min(plot.valToPos(band.low, "left", true), plot.bbox.top + plot.bbox.height);
              plot.ctx.fillStyle = colour("band");
              plot.ctx.fillRect(plot.bbox.left, top, plot.bbox.width, Math.max(bottom - top, 0));
            }
            fill(plot, colour("excursion"), excursions);
            fill(plot, pattern, gaps);
            plot.ctx.restore();
          },
        ],
      },
    },
    [at_s, ...lines.map((line) => line.values)],
    element,
  );
}

function padded(low: number, high: number): [number, number] {
  const room = Math.max((high - low) * 0.08, 0.5);
  return [Math.floor(low - room), Math.ceil(high + room)];
}

const ticks = new Map<string, Intl.DateTimeFormat>();

/** Midnight is the day's name, all else the hour. */
function tick(at_s: number, spoken: keyof typeof LOCALES): string {
  const midnight = (at_s + 7 * 3600) % 86_400 === 0;
  const key = `${spoken} ${midnight}`;
  const found =
    ticks.get(key) ??
    new Intl.DateTimeFormat(LOCALES[spoken], {
      timeZone: ZONE,
      ...(midnight ? { day: "numeric", month: "short" } : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    });
  ticks.set(key, found);
  return found.format(at_s * 1000);
}
