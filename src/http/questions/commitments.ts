/** The commitment register, and a commitment's page. */
import { z } from 'zod';
import { dimensions, type CommitmentState, type Rag } from '../../domain/commitment/state.js';
import { Id, PartId } from '../../domain/shared/values.js';
import { commitmentFor, commitmentPage, commitmentRegister, type CommitmentRow } from '../../projections/views/commitment-register.js';
import { register } from '../../projections/views/register.js';
import { Problem } from '../server/problem.js';
import { Audiences, type Query, type Reading } from '../query/query.js';
import { partOf } from '../query/rows.js';
import { back, under } from '../../projections/engine/walk.js';
import type { Light } from '../../projections/engine/state-table.js';
import { along, lineageOf, list, openTo, pastFor, record, sight, statuses, type Row } from './shared.js';

/** How the row's programme reports, and the day it is looked at. */
const looked = (r: Reading, row: CommitmentRow) => [r.of(commitmentRegister).periodOf(row.state.programmeId), r.day, r.deps.service.ref.workingDays] as const;
const named = (r: Reading, { ownerId, verifierId }: { ownerId: string; verifierId: string | null }) => {
  const q = r.of(register);
  return { owner: q.nameOf('agency', ownerId), verifier: verifierId && q.nameOf('agency', verifierId) };
};
/** A column for each dimension, for those who open the register in a spreadsheet. */
const columnsOf = (prefix: string): string[] => dimensions.map((d) => `${prefix}${d[0]!.toUpperCase()}${d.slice(1)}`);
const flat = (prefix: string, rag: Rag | null): Row => Object.fromEntries(dimensions.map((d, i) => [columnsOf(prefix)[i], rag?.[d] ?? null]));

function line(r: Reading, row: CommitmentRow): Row {
  const audience = sight(r, 'commitment', row.id, row.state.placeId);
  const c = commitmentFor(row, audience, pastFor(r, 'commitment', row.id, audience), ...looked(r, row));
  return {
    ...c,
    ...named(r, c),
    ...flat('rag', c.rag),
    ...flat('previousRag', c.previousRag),
    moneyPence: c.money?.pence ?? null,
    tier: r.seen('commitment', row.id)!.tier,
    link: r.link('commitment', row.id),
    lineage: lineageOf('commitment', row.id),
  };
}
const status = statuses<CommitmentState['status']>({
  draft: true,
  offered: true,
  accepted: true,
  'in-delivery': true,
  'completion-claimed': true,
  completed: true,
  declined: true,
  lapsed: true,
  withdrawn: true,
  superseded: true,
});
const Bool = z.enum(['true', 'false'], { error: 'Enter true or false' });

export const commitments: Query[] = [
  list({
    title: 'Commitments',
    url: '/v1/commitments',
    sorts: ['id', 'dueOn', 'placeId', 'ownerId', 'status', 'themeId', 'slippageDays', 'daysLate', 'title'],
    columns: [
      'id',
      'placeId',
      'title',
      'level',
      'status',
      'statusSince',
      'ownerId',
      'owner',
      ['accountable', (c) => c.accountable?.official ?? (c.accountable ? `seat ${c.accountable.seatId}` : null)],
      'themeId',
      ['from', (c) => c.from && `${c.from.kind}-${c.from.id}`],
      'acceptedOn',
      'baselineDueOn',
      'dueOn',
      'slippageDays',
      'reschedules',
      'overdue',
      'daysLate',
      'silent',
      'progress',
      ...columnsOf('rag'),
      ...columnsOf('previousRag'),
      'lastReport',
      'lastReportOn',
      'cause',
      'nextStep',
      'verifierId',
      'verifier',
      'moneyPence',
      'notDisclosed',
      'tier',
      'link',
      'lineage',
      'illustrative',
      'holidaysAssumed',
      'failed',
    ],
    query: z.object({
      placeId: Id.optional(),
      ownerId: Id.optional(),
      status,
      level: z.enum(['place', 'whitehall']).optional(),
      themeId: PartId.optional(),
      overdue: Bool.optional(),
      audience: Audiences.optional(),
    }),
    sources(r, key) {
      const { placeId: within, ownerId, status, level, themeId, overdue } = r.query;
      const register = r.of(commitmentRegister);
      const hasBegun = (c: Light): boolean => c.beginsOn !== null && String(c.beginsOn) <= r.day;
      function show(c: Light): Row | undefined {
        const id = c.tie;
        const now = hasBegun(c) ? 'in-delivery' : c.status;
        if (now === 'none' || (status && now !== status) || (ownerId && c.ownerId !== ownerId) || (level && c.level !== level) || (themeId && c.themeId !== themeId)) return undefined;
        // Late by the day alone: a weekend's day is one too.
        if (overdue && (c.runsUntil !== null && String(c.runsUntil) < r.day) !== (overdue === 'true')) return undefined;
        return r.seen('commitment', id) && openTo(r, 'commitment', id, String(c.placeId)) ? partOf(r, `commitment-${id}`, { id }, () => line(r, register.one(id)!)) : undefined;
      }
      if (key === 'daysLate') return along(back(register.walk({ by: 'runsUntil', within })), show);
      if (key !== 'status') return along(register.walk({ by: key, within }), show);
      // What was accepted to begin later stands among what is in delivery once its day has come.
      return [
        ...along(register.walk({ by: 'status', within }), (c) => (hasBegun(c) ? undefined : show(c))),
        ...along(under('in-delivery', register.walk({ by: 'id', within, only: 'beginning' })), (c) => (hasBegun(c) ? show(c) : undefined)),
      ];
    },
  }),
  record({
    title: 'A commitment',
    url: '/v1/commitments/:id',
    of: 'commitment',
    query: z.object({ audience: Audiences.optional() }),
    run(r) {
      const { tier } = r.visible('commitment', r.params.id!);
      const row = r.own(commitmentRegister).one(r.params.id!);
      if (!row || !openTo(r, 'commitment', row.id, row.state.placeId)) throw new Problem(404, 'NOT_FOUND', 'There is no such record, or it is not open to you.');
      const audience = sight(r, 'commitment', row.id, row.state.placeId);
      const page = commitmentPage(row, audience, pastFor(r, 'commitment', row.id, audience), ...looked(r, row));
      const linked = (id: string): Row => ({ id, link: r.link('commitment', id) });
      return {
        position: row.position,
        body: {
          ...page,
          ...named(r, page),
          moves: page.moves.map((m) => ({ ...m, ...(m.decisionId ? { link: r.link('decision', m.decisionId) } : {}) })),
          endedBy: page.endedBy && { ...page.endedBy, ...(page.endedBy.decisionId ? { link: r.link('decision', page.endedBy.decisionId) } : {}) },
          lineage: lineageOf('commitment', row.id),
          dependsOn: page.dependsOn.map(linked),
          supersedes: page.supersedes && linked(page.supersedes),
          supersededBy: page.supersededBy && linked(page.supersededBy),
          from: page.from && { ...page.from, link: r.link(page.from.kind, page.from.id) },
          tier,
        },
        tag: audience,
      };
    },
  }),
];
