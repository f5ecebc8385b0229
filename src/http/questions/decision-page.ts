/**
 * A decision as it is read: names beside ids, a link on every reference, and which decision ended which
 * (docs/rules/decision.md).
 */
import { splitStream } from '../../domain/registry.js';
import type { DecisionState } from '../../domain/decision/state.js';
import { pounds } from '../../domain/shared/values.js';
import { decisionFor, decisionLog, endedAs, type DecisionRow } from '../../projections/views/decision-log.js';
import { register } from '../../projections/views/register.js';
import { words, type ColumnOf } from '../query/csv.js';
import type { AnswerOf } from '../query/declare.js';
import type { Decision } from './decision-page-shape.js';
import { accessOf, lineageOf, pastFor, sight } from './shared.js';
import type { QueryContext } from '../query/context.js';

/** A reference with the address of what it names, where the reader may open that. */
export const linkOf = (context: QueryContext, ref: string): string | null =>
  context.link(...splitStream(ref));

export type DecisionPage = AnswerOf<typeof Decision>;
export function decisionPage(context: QueryContext, row: DecisionRow): DecisionPage {
  const access = accessOf(context, 'decision', row.id);
  const agencyName = (agencyId: string): string => context.of(register).nameOf('agency', agencyId);
  const linked = (id: string) => ({ id, link: context.link('decision', id) });
  const { by, ...d } = decisionFor(
    row,
    pastFor(context, 'decision', row.id, sight(context, 'decision', row.id, row.state.placeId)),
  );
  const withAgency = <T extends { agencyId: string }>(x: T) => ({ ...x, agency: agencyName(x.agencyId) });
  return {
    ...d,
    electorate: d.electorate.map(withAgency),
    positions: d.positions.map(withAgency),
    interests: d.interests.map(withAgency),
    affected: d.affected.map(withAgency),
    refs: d.refs.map((record) => ({ record, link: linkOf(context, record) })),
    authorises: d.authorises.map((a) => ({ ...a, link: linkOf(context, a.record) })),
    replaces: d.replaces === null ? null : linked(d.replaces),
    supersedes: context
      .own(decisionLog)
      .endedBy(row.id)
      .filter((x) => context.seen('decision', x.id))
      .map((x) => ({ ...linked(x.id), how: endedAs(x.state) })),
    supersededBy: by === null ? null : { ...linked(by), how: endedAs(row.state) },
    tier: access.tier,
    link: context.link('decision', row.id),
    lineage: lineageOf('decision', row.id),
  };
}

/** Of the newest of the rows that the page is made of. */
export const positionOf = (context: QueryContext, row: DecisionRow): number =>
  Math.max(
    row.position,
    ...context
      .own(decisionLog)
      .endedBy(row.id)
      .map((x) => x.position),
  );

/** Streams that the page shows beside the decision's own: those that it ended. */
export const streamsEnded = (context: QueryContext, id: string): string[] =>
  context
    .of(decisionLog)
    .endedBy(id)
    .map((x) => x.stream);

const ruleInWords = (rule: DecisionState['rule']): string =>
  rule.kind === 'supermajority' ? `supermajority of ${rule.n}/${rule.d}` : rule.kind;
const because = (reason: string | null): string => (reason ? `, because: ${reason}` : '');
export const stood = (position: { stance: string; withdrawn: boolean; reason: string | null }): string =>
  `${position.stance}${position.withdrawn ? ' (withdrawn)' : ''}${because(position.reason)}`;

/** That a position is not the first one of its seat, and which there were before. */
function changeOf({ changed, earlier }: DecisionPage['positions'][number]): string {
  if (!changed) return '';
  return earlier.length > 0 ? ` (changed from ${earlier.map(stood).join(', then ')})` : ' (changed)';
}

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
    (decision) =>
      decision.quorum &&
      `${decision.quorum.n}/${decision.quorum.d} of the seats: ${decision.quorum.needed} needed, ` +
        `${decision.quorum.spoken} spoke`,
  ],
  ['quorumMet', (d) => d.quorum && d.quorum.met],
  ['electorate', (d) => words(d.electorate.map((v) => v.agency))],
  [
    'positions',
    (decision) =>
      words(
        decision.positions.map((position) => `${position.agency}: ${stood(position)}${changeOf(position)}`),
      ),
  ],
  [
    'interests',
    (decision) =>
      words(
        decision.interests.map(
          (i) => `${i.agency}: ${i.pecuniary ? 'pecuniary' : 'not pecuniary'}, ${i.nature}`,
        ),
      ),
  ],
  [
    'tally',
    (decision) =>
      decision.tally &&
      `${decision.tally.agree} agree, ${decision.tally.abstain} abstain, ${decision.tally.disagree} ` +
        `disagree, ${decision.tally.object} object`,
  ],
  [
    'affected',
    (decision) =>
      words(
        decision.affected.map((affected) => {
          const agreed = affected.agreed ? 'agreed' : 'not agreed';
          const said = affected.money ? `${pounds(affected.pence)}, ${agreed}` : 'no money of its own';
          return `${affected.agency}: ${said}`;
        }),
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
