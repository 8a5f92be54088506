/** How the cost of the best plan falls while the search goes on (uPlot). */

import "uplot/dist/uPlot.min.css";

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";

import { theme } from "../../state/theme";

const HEIGHT = 150;

export interface Found {
  progress: number;
  satang: number;
}

interface Properties {
  label: string;
  found: readonly Found[];
}

export default function CostCurve({ label, found }: Properties) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>();
  const shade = theme.value;
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const axis = { stroke: colour("soft"), grid: { stroke: colour("line"), width: 1 }, ticks: { stroke: colour("line"), width: 1 } };
    const plot = new uPlot(
      {
        width: element.clientWidth || 400,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false, range: [0, 100] } },
        axes: [{ ...axis, values: (_, splits) => splits.map((at) => `${at} %`) }, { ...axis, size: 70, values: (_, splits) => splits.map((at) => `฿${at}`) }],
        series: [{}, { stroke: colour("r0"), width: 2, ...(uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}), points: { show: true, size: 5 } }],
      },
      [[], []],
      element,
    );
    chart.current = plot;
    const sized = new ResizeObserver(() => element.clientWidth > 0 && plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    sized.observe(element);
    return () => {
      sized.disconnect();
      chart.current = undefined;
      plot.destroy();
    };
  }, [shade]);
  useEffect(() => {
    chart.current?.setData([found.map((one) => one.progress * 100), found.map((one) => one.satang / 100)]);
  }, [found, shade]);
  return <div class="curve" ref={box} role="img" aria-label={label} />;
}
