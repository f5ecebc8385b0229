/** How a flow is drawn: boxes with their words, joined by streams as wide as what flows in them. */
import { sankey, sankeyLeft, sankeyLinkHorizontal } from 'd3-sankey';
import { money } from '../../http/words/format.js';
import { inLines } from './in-lines.js';

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
/** A flow as it is drawn, in units of the drawing. */
export interface FlowDrawn {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly streams: readonly { readonly path: string; readonly width: number; readonly stroke: string }[];
}
/** In units of the drawing: one is a CSS pixel at full width. */
const width = 1040;
const margin = { left: 270, right: 220, top: 8 };
const boxWidth = 16;
const lineHeight = 18;
/** So far apart that the words of two boxes do not meet. */
const between = 3 * lineHeight;
/** Letters of a line at most. */
const longestLine = 32;
/** Whence or whither it flows. `isFirst`: nothing flows into it. */
export interface End {
  readonly name: string;
  readonly fill: string;
  readonly isFirst: boolean;
  /** More flows here than is drawn. */
  readonly isAtLeast: boolean;
}
/** What flows from one to another, by their ids, in pence. */
export interface Stream {
  readonly source: string;
  readonly target: string;
  readonly value: number;
}

/** Draws a flow. `ends`: by their ids. */
export function drawFlow(ends: ReadonlyMap<string, End>, streams: readonly Stream[]): FlowDrawn {
  const most = Math.max([...ends.values()].filter(({ isFirst }) => isFirst).length, 3);
  const height = most * (between + 2 * lineHeight) + 2 * margin.top;
  const graph = sankey<End & { id: string }, object>()
    .nodeId(({ id }) => id)
    .nodeAlign(sankeyLeft)
    .nodeSort(null)
    .nodeWidth(boxWidth)
    .nodePadding(between)
    .extent([
      [margin.left, margin.top + lineHeight],
      [width - margin.right, height - margin.top - lineHeight],
    ])({
    nodes: [...ends].map(([id, node]) => ({ id, ...node })),
    links: streams.map((stream) => ({ ...stream })),
  });
  const path = sankeyLinkHorizontal();
  const boxes = graph.nodes.map((node): Box => {
    const { name, fill, isFirst, isAtLeast, value = 0, x0 = 0, x1 = 0, y0 = 0, y1 = 0 } = node;
    const texts = [...inLines(name, longestLine), `${isAtLeast ? 'At least ' : ''}${money(value)}`];
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
      stroke: (link.target as End).fill,
    })),
  };
}
