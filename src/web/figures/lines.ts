/** How counts are drawn over days: a line in steps for each, named at its end. */
import { scaleLinear, scaleUtc } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';

/** A count by day, and what it is called at the end of its line. */
export interface Counted {
  readonly name: string;
  /** Drawn with what lies under it; others are dashed. */
  readonly isMain: boolean;
  readonly points: readonly { readonly date: string; readonly count: number }[];
}
interface Line {
  readonly isMain: boolean;
  readonly path: string;
  readonly under: string | undefined;
  readonly end: { readonly x: number; readonly y: number; readonly text: string };
}
/** Lines as they are drawn, in units of the drawing. */
export interface LinesDrawn {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
  /** Of the axes: where they stand, and the days and counts that are written at them. */
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly days: readonly { readonly x: number; readonly date: string; readonly anchor: 'start' | 'end' }[];
  readonly counts: readonly { readonly y: number; readonly count: number }[];
}
/** In units of the drawing. The words are larger on a phone: there is room for them. */
const [width, height] = [640, 320];
const edge = { left: 60, right: 500, top: 24, bottom: 270 };
/** The ends of two lines whose words would meet are written so far apart. */
const betweenEnds = 30;
const mostCounts = 4;

/** Draws counts. `counted`: each with a point at least, the first days first. */
export function drawLines(counted: readonly Counted[]): LinesDrawn {
  const points = counted.flatMap((one) => one.points);
  const dates = points.map(({ date }) => date).sort();
  const [first = '', last = ''] = [dates[0], dates.at(-1)];
  const x = scaleUtc([new Date(first), new Date(last)], [edge.left, edge.right]);
  const most = Math.max(1, ...points.map(({ count }) => count));
  const y = scaleLinear([0, most], [edge.bottom, edge.top]);
  const at = ({ date }: { readonly date: string }): number => x(new Date(date));
  const drawn = line<Counted['points'][number]>(at, ({ count }) => y(count)).curve(curveStepAfter);
  const filled = area<Counted['points'][number]>(at, edge.bottom, ({ count }) => y(count));
  const ends = apart(counted.map((one) => y(one.points.at(-1)?.count ?? 0)));
  return {
    width,
    height,
    lines: counted.map(({ name, isMain, points }, i) => {
      const own = turnsOf(points);
      return {
        isMain,
        path: drawn(own) ?? '',
        under: isMain ? (filled.curve(curveStepAfter)(own) ?? undefined) : undefined,
        end: { x: edge.right + 8, y: ends[i] ?? 0, text: `${name} ${own.at(-1)?.count ?? 0}` },
      };
    }),
    left: edge.left,
    right: edge.right,
    bottom: edge.bottom,
    days: [
      { x: edge.left, date: first, anchor: 'start' },
      { x: edge.right, date: last, anchor: 'end' },
    ],
    counts: y
      .ticks(mostCounts)
      .filter(Number.isInteger)
      .map((count) => ({ y: y(count), count })),
  };
}

/** The points where the line turns, with both ends: between them it goes on as it is. */
const turnsOf = (points: Counted['points']): Counted['points'] =>
  points.filter(({ count }, i) => i === points.length - 1 || count !== points[i - 1]?.count);

/** Where the ends are written: moved apart, up from the lowest, where they would meet. */
function apart(ends: readonly number[]): number[] {
  const placed = [...ends];
  const lowestFirst = ends.map((_, i) => i).sort((one, other) => (ends[other] ?? 0) - (ends[one] ?? 0));
  let limit = Infinity;
  for (const i of lowestFirst) {
    placed[i] = Math.min(ends[i] ?? 0, limit);
    limit = (placed[i] ?? 0) - betweenEnds;
  }
  return placed;
}
