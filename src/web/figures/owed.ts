/**
 * What is owed, by who owes it or who waits for it, the latest first: one model for the figure and for its
 * numbers. A bar for each, in parts by how late the things are that wait.
 */
import { scaleLinear } from 'd3-scale';
import type { ByLateness } from '../../domain/progress/due-codes.js';
import { grouped } from '../../http/words/format.js';
import { inLines } from './in-lines.js';

/** Who owes or waits, how many things by how late they are, and by how many working days the latest is. */
export interface Owing {
  readonly name: string;
  readonly waiting: ByLateness;
  readonly oldest: number | null;
}
interface Placed {
  readonly x: number;
  readonly y: number;
}
/** What is as late as each other, of everybody, and its place in the key. */
interface Part extends Placed {
  readonly name: string;
  readonly opacity: number;
  readonly path: string;
}
/** As it is drawn, in units of the drawing. */
export interface OwedFigure {
  readonly width: number;
  readonly height: number;
  readonly parts: readonly Part[];
  readonly texts: readonly (Placed & { readonly text: string })[];
  /** Of each who owes or waits, with how many things in all. */
  readonly numbers: readonly (Owing & { readonly all: number })[];
}

/** In units of the drawing. The words are larger on a phone: there is room for them. */
const width = 640;
const mostLong = 310;
const lineHeight = 30;
const barHeight = 20;
const between = 14;
/** Of the key: two beside each other. */
const keys = { top: 6, box: 16, line: 32, column: 320, text: 24 };
/** Letters of a line at most. */
const longestLine = 46;

/** The latest first, drawn the darkest. */
const ages: readonly (readonly [age: keyof ByLateness, name: string, opacity: number])[] = [
  ['lateLonger', 'Over 20 days late', 1],
  ['late11To20', '11 to 20 days late', 0.6],
  ['late1To10', '1 to 10 days late', 0.3],
  ['notLate', 'Not late', 0],
];
const box = (x: number, y: number, long: number, high: number): string =>
  `M${x},${y}h${long}v${high}h${-long}Z`;
const allOf = ({ waiting }: Owing): number => ages.reduce((sum, [age]) => sum + waiting[age], 0);
const told = (all: number, oldest: number | null): string =>
  oldest === null ? grouped(all) : `${grouped(all)}, the latest by ${grouped(oldest)}`;

/** The figure of what is owed; undefined where nothing is. */
export function owedFigure(owing: readonly Owing[]): OwedFigure | undefined {
  const numbers = owing
    .map((one) => ({ ...one, all: allOf(one) }))
    .filter(({ all }) => all > 0)
    .sort((one, other) => (other.oldest ?? 0) - (one.oldest ?? 0) || other.all - one.all);
  if (numbers.length === 0) return undefined;
  const long = scaleLinear([0, Math.max(...numbers.map(({ all }) => all))], [0, mostLong]);
  const places = ages.map((_, i) => ({
    x: (i % 2) * keys.column + 1,
    y: Math.floor(i / 2) * keys.line + keys.top,
  }));
  const paths = places.map(({ x, y }) => [box(x, y, keys.box, keys.box)]);
  const texts: OwedFigure['texts'][number][] = [];
  let top = keys.top + Math.ceil(ages.length / 2) * keys.line;
  for (const { name, waiting, oldest, all } of numbers) {
    for (const text of inLines(name, longestLine)) {
      texts.push({ x: 0, y: top + lineHeight / 2, text });
      top += lineHeight;
    }
    let from = 0;
    ages.forEach(([age], i) => {
      const [start, end] = [long(from), long(from + waiting[age])].map((at) => Math.round(at) + 1);
      if (waiting[age] > 0) paths[i]?.push(box(start ?? 0, top, (end ?? 0) - (start ?? 0), barHeight));
      from += waiting[age];
    });
    texts.push({ x: Math.round(long(all)) + 10, y: top + barHeight / 2, text: told(all, oldest) });
    top += barHeight + between;
  }
  return {
    width,
    height: top,
    parts: ages.map(([, name, opacity], i) => ({
      name,
      opacity,
      path: (paths[i] ?? []).join(''),
      x: (places[i]?.x ?? 0) + keys.text,
      y: (places[i]?.y ?? 0) + keys.box / 2,
    })),
    texts,
    numbers,
  };
}
