/**
 * A pool's flow of money: from each contribution to what is allocated, held for promises or free, and from
 * what is allocated to what is drawn. One model for the figure and for its numbers; it draws figures that the
 * statement tells, and counts the contributions whose figures it does not.
 */
import { sankey, sankeyLeft, sankeyLinkHorizontal } from 'd3-sankey';
import { financialYear as yearOf, money } from '../words/format.js';

/** Of a contribution, as the pool's statement tells it. */
interface Contribution {
  readonly agency: string | null;
  readonly financialYear: string | null;
  readonly reservedPence: number | null;
  readonly allocatedPence: number | null;
  readonly drawnPence: number | null;
  readonly freePence: number | null;
  readonly toDrawPence: number | null;
}
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Where its words stand, and what they are, line by line. */
  readonly at: number;
  readonly anchor: 'start' | 'end';
  readonly lines: readonly { readonly text: string; readonly y: number }[];
  readonly fill: string;
}
export interface PoolFlow {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly streams: readonly { readonly path: string; readonly width: number; readonly stroke: string }[];
  /** What flows whence and whither. */
  readonly numbers: readonly { readonly from: string; readonly to: string; readonly pence: number }[];
  /** Contributions of which not every figure is told. */
  readonly withheld: number;
}

const drawnIn = {
  allocated: '#1d70b8',
  held: '#f47738',
  free: '#6f777b',
  drawn: '#00703c',
  toDraw: '#5694ca',
};
const words = {
  allocated: 'Allocated',
  held: 'Held for promises',
  free: 'Not allocated yet',
  drawn: 'Drawn',
  toDraw: 'Allocated, not drawn yet',
} as const;
type End = keyof typeof words;
const contributed = '#12436d';

/** In units of the drawing: one is a CSS pixel at full width. */
const width = 1040;
const margin = { left: 270, right: 220, top: 8 };
const boxWidth = 16;
const lineHeight = 18;
/** So far apart that the words of two boxes do not meet. */
const between = 3 * lineHeight;
/** Letters of a line at most. */
const longestLine = 32;

/** A name in lines that fit beside a box. */
function linesOf(name: string): string[] {
  const lines: string[] = [];
  for (const word of name.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < longestLine) lines.splice(-1, 1, `${last} ${word}`);
    else lines.push(word);
  }
  return lines;
}

interface Drawn {
  readonly name: string;
  readonly fill: string;
  readonly isFirst: boolean;
}
interface Stream {
  readonly source: string;
  readonly target: string;
  readonly value: number;
}

/** What a contribution is called. */
const nameOf = ({ agency, financialYear }: Contribution): string =>
  [agency ?? 'A contribution', ...(financialYear === null ? [] : [yearOf(financialYear)])].join(', ');

/** The figure of a pool's contributions; undefined where no money flows that is told. */
export function poolFlow(pledges: readonly Contribution[]): PoolFlow | undefined {
  const nodes = new Map<string, Drawn>();
  const streams: Stream[] = [];
  const add = (source: string, target: End, pence: number | null): void => {
    if (pence === null || pence <= 0) return;
    nodes.set(target, { name: words[target], fill: drawnIn[target], isFirst: false });
    const same = streams.findIndex((one) => one.source === source && one.target === target);
    const value = pence + (streams[same]?.value ?? 0);
    if (same >= 0) streams.splice(same, 1, { source, target, value });
    else streams.push({ source, target, value });
  };
  pledges.forEach((pledge, i) => {
    const source = `contribution-${i}`;
    nodes.set(source, { name: nameOf(pledge), fill: contributed, isFirst: true });
    add(source, 'allocated', pledge.allocatedPence);
    add(source, 'held', pledge.reservedPence);
    add(source, 'free', pledge.freePence);
    if (!streams.some((one) => one.source === source)) nodes.delete(source);
    add('allocated', 'drawn', pledge.drawnPence);
    add('allocated', 'toDraw', pledge.toDrawPence);
  });
  if (streams.length === 0) return undefined;
  return {
    ...layout(nodes, streams),
    numbers: streams.map(({ source, target, value }) => ({
      from: nodes.get(source)?.name ?? source,
      to: nodes.get(target)?.name ?? target,
      pence: value,
    })),
    withheld: pledges.filter((pledge) =>
      [pledge.allocatedPence, pledge.reservedPence, pledge.freePence, pledge.drawnPence].includes(null),
    ).length,
  };
}

function layout(nodes: ReadonlyMap<string, Drawn>, streams: readonly Stream[]) {
  const most = Math.max([...nodes.values()].filter(({ isFirst }) => isFirst).length, 3);
  const height = most * (between + 2 * lineHeight) + 2 * margin.top;
  const graph = sankey<Drawn & { id: string }, object>()
    .nodeId(({ id }) => id)
    .nodeAlign(sankeyLeft)
    .nodeSort(null)
    .nodeWidth(boxWidth)
    .nodePadding(between)
    .extent([
      [margin.left, margin.top + lineHeight],
      [width - margin.right, height - margin.top - lineHeight],
    ])({
    nodes: [...nodes].map(([id, node]) => ({ id, ...node })),
    links: streams.map((stream) => ({ ...stream })),
  });
  const path = sankeyLinkHorizontal();
  const boxes = graph.nodes.map(({ name, fill, isFirst, value = 0, x0 = 0, x1 = 0, y0 = 0, y1 = 0 }): Box => {
    const texts = [...linesOf(name), money(value)];
    const first = (y0 + y1) / 2 - ((texts.length - 1) * lineHeight) / 2;
    return {
      x: x0,
      y: y0,
      width: x1 - x0,
      height: Math.max(y1 - y0, 1),
      at: isFirst ? x0 - 8 : x1 + 8,
      anchor: isFirst ? 'end' : 'start',
      lines: texts.map((text, i) => ({ text, y: first + i * lineHeight })),
      fill,
    };
  });
  return {
    width,
    height,
    boxes,
    streams: graph.links.map((link) => ({
      path: path(link) ?? '',
      width: Math.max(link.width ?? 1, 1),
      stroke: (link.target as Drawn).fill,
    })),
  };
}
