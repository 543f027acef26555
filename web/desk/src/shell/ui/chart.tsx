/** Charts over time. What they show stands in a table as well, for those who cannot see them. */

import { type VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { t, words } from "../../texts/index.js";
import { axisNumber, axisTimes, date, moment, number } from "../../texts/when.js";
import { theme } from "../theme.js";

/** A line, or bars, of a chart. */
export interface Line {
  label: string;
  /** As many as there are times; nothing where nothing is known. */
  values: readonly (number | null)[];
  /** A token of the theme, such as `accent`, `ok`, `warn`, `danger`. */
  color: string;
  bars?: boolean;
}

/** Least room of what stands below the axis of time, in pixels. */
const LABEL_WIDTH = 76;
const DAY_SECONDS = 86_400;

/** A chart of values over `times` (milliseconds since 1970). */
export function Chart({
  label,
  times,
  lines,
  zone,
  height = 220,
  days = false,
}: {
  label: string;
  times: readonly number[];
  lines: readonly Line[];
  /** Whose days and hours stand below it; those of whoever looks unless given. */
  zone?: string;
  height?: number;
  /** Whether a value is that of a day or of more. */
  days?: boolean;
}): VNode {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<UPlot>(undefined);
  const [pointed, setPointed] = useState<number>();
  const shown = theme.value;
  const { locale } = words.value;
  const shape = lines.map((line) => `${line.label} ${line.color} ${line.bars === true}`).join("|");
  const whenOf = (at: number): string => (days ? date(at, zone) : moment(at, zone));

  useEffect(() => {
    const box = place.current;
    if (!box) {
      return undefined;
    }
    const options = optionsOf(box, lines, zone, days);
    const plot = new UPlot(
      {
        ...options,
        width: Math.max(box.clientWidth, 120),
        height,
        hooks: {
          setCursor: [
            ({ cursor }) => {
              setPointed(cursor.idx ?? undefined);
            },
          ],
        },
      },
      dataOf(times, lines),
      box,
    );
    drawn.current = plot;
    const observer = new ResizeObserver(() => {
      plot.setSize({ width: Math.max(box.clientWidth, 120), height });
    });
    observer.observe(box);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
    // What changes only in its values is not made anew: see below.
  }, [shown, shape, height, locale, zone, days]);

  useEffect(() => {
    drawn.current?.setData(dataOf(times, lines));
  }, [times, lines]);

  const at = pointed === undefined ? undefined : times[pointed];
  return (
    <figure class="chart">
      <figcaption class="legend">
        {lines.map((line) => (
          <span key={line.label} class={`legend-item ${line.color}`}>
            {line.label}
            {at !== undefined && pointed !== undefined && <strong> {valueOf(line.values[pointed])}</strong>}
          </span>
        ))}
        {at !== undefined && <span class="legend-when">{whenOf(at)}</span>}
      </figcaption>
      <div ref={place} aria-hidden="true" dir="ltr" />
      <table class="unseen">
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{t("when")}</th>
            {lines.map((line) => (
              <th key={line.label} scope="col">
                {line.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((moment, index) => (
            <tr key={moment}>
              <th scope="row">{whenOf(moment)}</th>
              {lines.map((line) => (
                <td key={line.label}>{valueOf(line.values[index])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function valueOf(value: number | null | undefined): string {
  return value == null ? "–" : number(value);
}

/** How it is drawn: colours and letters of the page, dates and numbers of the language. */
function optionsOf(
  box: HTMLElement,
  lines: readonly Line[],
  zone: string | undefined,
  days: boolean,
): Pick<UPlot.Options, "legend" | "cursor" | "tzDate" | "axes" | "scales" | "series"> {
  const style = getComputedStyle(box);
  const color = (token: string): string => style.getPropertyValue(`--${token}`).trim();
  const axis: UPlot.Axis = {
    stroke: color("muted"),
    grid: { stroke: color("line"), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  };
  const all = lines.filter((line) => line.bars === true);
  const hasBars = all.length > 0;
  // Several stand beside each other, not one before the other.
  const barsOf = (line: Line): UPlot.Series.PathBuilder | undefined =>
    all.length === 1
      ? UPlot.paths.bars?.({ size: [0.6, 40] })
      : UPlot.paths.bars?.({ size: [0.4, 26], align: line === all[0] ? -1 : 1 });
  return {
    legend: { show: false },
    cursor: { y: false },
    ...(zone === undefined ? {} : { tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), zone) }),
    axes: [
      {
        ...axis,
        space: LABEL_WIDTH,
        size: 44,
        // No hours below what has only days.
        ...(days ? { incrs: DAY_STEPS } : {}),
        values: (_, marks, __, ___, step) =>
          axisTimes(
            marks.map((seconds) => seconds * 1000),
            step * 1000,
            zone,
          ),
      },
      {
        ...axis,
        // Counts: nobody waits by halves.
        incrs: COUNT_STEPS,
        size: (_, texts: string[] | null) =>
          18 + 7 * Math.max(3, ...(texts ?? []).map(({ length }) => length)),
        values: (_, marks) => marks.map(axisNumber),
      },
    ],
    scales: {
      // Bars have room at both ends.
      x: { range: ({ data: [at] }, least, most) => (hasBars ? widened(at, least, most) : [least, most]) },
      y: { range: (_, __, most) => [0, Math.max(4, most * 1.1)] },
    },
    series: [
      {},
      ...lines.map((line) => {
        const paths = line.bars === true ? barsOf(line) : undefined;
        return {
          label: line.label,
          stroke: color(line.color),
          // The outline of a bar of nothing would still be seen.
          width: paths ? 0 : 2,
          points: { show: false },
          ...(paths ? { fill: color(line.color), paths } : {}),
        };
      }),
    ],
  };
}

const COUNT_STEPS = Array.from({ length: 10 }, (_, power) =>
  [1, 2, 5].map((one) => one * 10 ** power),
).flat();
/** To uPlot a month is 30 days and a year 365. */
const DAY_STEPS = [1, 2, 3, 5, 7, 10, 15, 30, 60, 90, 180, 365, 730].map((days) => days * DAY_SECONDS);

/** A range with half a step before the first value and after the last. */
function widened(times: ArrayLike<number>, least: number, most: number): [number, number] {
  const steps = Array.from(times)
    .slice(1)
    .map((at, index) => at - Number(times[index]));
  const half = steps.length === 0 ? DAY_SECONDS / 2 : Math.min(...steps) / 2;
  return [least - half, most + half];
}

function dataOf(times: readonly number[], lines: readonly Line[]): UPlot.AlignedData {
  return [times.map((at) => at / 1000), ...lines.map((line) => [...line.values])] as UPlot.AlignedData;
}
