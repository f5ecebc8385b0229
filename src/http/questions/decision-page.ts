/** A decision as it is read: names beside ids, a link on every reference, and which decision ended which (domain.md 10.2). */
import { splitStream } from '../../domain/registry.js';
import type { DecisionState } from '../../domain/decision/state.js';
import { pounds } from '../../domain/shared/values.js';
import { decisionFor, decisionLog, endedAs, type DecisionRow } from '../../projections/views/decision-log.js';
import { register } from '../../projections/views/register.js';
import { words, type ColumnOf } from '../query/csv.js';
import type { AnswerOf } from '../query/declare.js';
import type { Decision } from './decision-page-shape.js';
import { lineageOf, pastFor, sight } from './shared.js';
import type { QueryContext } from '../query/context.js';

/** A reference with the address of what it names, where the reader may open that. */
export const linkOf = (r: QueryContext, ref: string): string | null => r.link(...splitStream(ref));

export type DecisionPage = AnswerOf<typeof Decision>;
export function decisionPage(r: QueryContext, row: DecisionRow): DecisionPage {
  const access = r.seen('decision', row.id)!;
  const named = (agencyId: string): string => r.of(register).nameOf('agency', agencyId);
  const linked = (id: string) => ({ id, link: r.link('decision', id) });
  const { by, ...d } = decisionFor(
    row,
    pastFor(r, 'decision', row.id, sight(r, 'decision', row.id, row.state.placeId)),
  );
  const withAgency = <T extends { agencyId: string }>(x: T) => ({ ...x, agency: named(x.agencyId) });
  return {
    ...d,
    electorate: d.electorate.map(withAgency),
    positions: d.positions.map(withAgency),
    interests: d.interests.map(withAgency),
    affected: d.affected.map(withAgency),
    refs: d.refs.map((record) => ({ record, link: linkOf(r, record) })),
    authorises: d.authorises.map((a) => ({ ...a, link: linkOf(r, a.record) })),
    replaces: d.replaces === null ? null : linked(d.replaces),
    supersedes: r
      .own(decisionLog)
      .endedBy(row.id)
      .filter((x) => r.seen('decision', x.id))
      .map((x) => ({ ...linked(x.id), how: endedAs(x.state) })),
    supersededBy: by === null ? null : { ...linked(by), how: endedAs(row.state) },
    tier: access.tier,
    link: r.link('decision', row.id),
    lineage: lineageOf('decision', row.id),
  };
}

/** Of the newest of the rows that the page is made of. */
export const positionOf = (r: QueryContext, row: DecisionRow): number =>
  Math.max(
    row.position,
    ...r
      .own(decisionLog)
      .endedBy(row.id)
      .map((x) => x.position),
  );

/** Streams that the page shows beside the decision's own: those that it ended. */
export const streamsEnded = (r: QueryContext, id: string): string[] =>
  r
    .of(decisionLog)
    .endedBy(id)
    .map((x) => x.stream);

const ruleInWords = (rule: DecisionState['rule']): string =>
  rule.kind === 'supermajority' ? `supermajority of ${rule.n}/${rule.d}` : rule.kind;
const because = (reason: string | null): string => (reason ? `, because: ${reason}` : '');
const stood = (p: { stance: string; withdrawn: boolean; reason: string | null }): string =>
  `${p.stance}${p.withdrawn ? ' (withdrawn)' : ''}${because(p.reason)}`;

/** The log as a spreadsheet has it: what the page lists is words here. */
export const decisionColumns: readonly ColumnOf<DecisionPage>[] = [
  'id',
  'placeId',
  'question',
  'status',
  'textHash',
  'openedAt',
  'closesAt',
  'urgent',
  ['rule', (d) => d.rule && ruleInWords(d.rule)],
  [
    'quorum',
    (d) =>
      d.quorum &&
      `${d.quorum.n}/${d.quorum.d} of the seats: ${d.quorum.needed} needed, ${d.quorum.spoken} spoke`,
  ],
  ['quorumMet', (d) => d.quorum && d.quorum.met],
  ['electorate', (d) => words(d.electorate.map((v) => v.agency))],
  [
    'positions',
    (d) =>
      words(
        d.positions.map(
          (p) =>
            `${p.agency}: ${stood(p)}${p.changed ? ` (changed${p.earlier.length > 0 ? ` from ${p.earlier.map(stood).join(', then ')}` : ''})` : ''}`,
        ),
      ),
  ],
  [
    'interests',
    (d) =>
      words(
        d.interests.map((i) => `${i.agency}: ${i.pecuniary ? 'pecuniary' : 'not pecuniary'}, ${i.nature}`),
      ),
  ],
  [
    'tally',
    (d) =>
      d.tally &&
      `${d.tally.agree} agree, ${d.tally.abstain} abstain, ${d.tally.disagree} disagree, ${d.tally.object} object`,
  ],
  [
    'affected',
    (d) =>
      words(
        d.affected.map(
          (a) =>
            `${a.agency}: ${a.money ? `${pounds(a.pence)}, ${a.agreed ? 'agreed' : 'not agreed'}` : 'no money of its own'}`,
        ),
      ),
  ],
  'result',
  'why',
  'whyText',
  'outcome',
  'reviewOn',
  ['replaces', (d) => d.replaces?.id],
  ['supersedes', (d) => words(d.supersedes.map((x) => x.id))],
  ['supersededBy', (d) => d.supersededBy?.id],
  ['refs', (d) => words(d.refs.map((x) => x.record))],
  'link',
  'lineage',
  'illustrative',
  'failed',
];
