/**
 * A pool's flow of money: from each contribution to what is allocated, held for promises or free, and from
 * what is allocated to what is drawn. One model for the figure and for its numbers; it draws figures that the
 * statement tells, and counts the contributions whose figures it does not.
 */
import { financialYear as yearOf } from '../../http/words/format.js';
import { drawFlow, type End, type FlowDrawn, type Stream } from './flow.js';

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
export interface PoolFlow extends FlowDrawn {
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
type Use = keyof typeof words;
const contributed = '#12436d';

/** What a contribution is called. */
const nameOf = ({ agency, financialYear }: Contribution): string =>
  [agency ?? 'A contribution', ...(financialYear === null ? [] : [yearOf(financialYear)])].join(', ');

/** The figure of a pool's contributions; undefined where no money flows that is told. */
export function poolFlow(pledges: readonly Contribution[]): PoolFlow | undefined {
  const withheld = pledges.filter((pledge) =>
    [pledge.allocatedPence, pledge.reservedPence, pledge.freePence, pledge.drawnPence].includes(null),
  ).length;
  const nodes = new Map<string, End>();
  const streams: Stream[] = [];
  const add = (source: string, target: Use, pence: number | null): void => {
    if (pence === null || pence <= 0) return;
    nodes.set(target, {
      name: words[target],
      fill: drawnIn[target],
      isFirst: false,
      isAtLeast: withheld > 0,
    });
    const same = streams.findIndex((one) => one.source === source && one.target === target);
    const value = pence + (streams[same]?.value ?? 0);
    if (same >= 0) streams.splice(same, 1, { source, target, value });
    else streams.push({ source, target, value });
  };
  pledges.forEach((pledge, i) => {
    const source = `contribution-${i}`;
    nodes.set(source, { name: nameOf(pledge), fill: contributed, isFirst: true, isAtLeast: false });
    add(source, 'allocated', pledge.allocatedPence);
    add(source, 'held', pledge.reservedPence);
    add(source, 'free', pledge.freePence);
    if (!streams.some((one) => one.source === source)) nodes.delete(source);
    add('allocated', 'drawn', pledge.drawnPence);
    add('allocated', 'toDraw', pledge.toDrawPence);
  });
  if (streams.length === 0) return undefined;
  return {
    ...drawFlow(nodes, streams),
    numbers: streams.map(({ source, target, value }) => ({
      from: nodes.get(source)?.name ?? source,
      to: nodes.get(target)?.name ?? target,
      pence: value,
    })),
    withheld,
  };
}
