/** For those who audit: who read what, and where that is not known (docs/rules/shared.md#reads). */
import { z } from 'zod';
import { grantName, parseGrant, type Viewer } from '../../domain/shared/access.js';
import { splitStream } from '../../domain/registry.js';
import { AccountId } from '../../domain/shared/values.js';
import { walkOf, type Spot } from '../../projections/engine/walk.js';
import type { GapCause } from '../../reads/read.js';
import type { GapSpot } from '../../reads/reads-file.js';
import type { ReadsLog } from '../../reads/reads-log.js';
import type { ReadSpot } from '../../reads/rows.js';
import type { QueryContext } from '../query/context.js';
import { words } from '../query/csv.js';
import { list, type AnswerOf, type Query } from '../query/declare.js';
import { accessRow } from '../query/deps.js';
import { parameter } from '../query/parameters.js';
import { targetFor } from '../query/present-event.js';
import { RecordName } from '../query/record-name.js';
import { audits } from '../query/refusal-sight.js';
import { AggregateName, IdShape, InstantShape, LinkShape, Text, wordsOf } from '../query/shapes.js';
import { Problem } from '../server/problem.js';

const Row = z
  .strictObject({
    id: IdShape,
    node: z.string().meta({ description: 'Whose reads these are: each node of a log keeps its own' }),
    at: InstantShape,
    account: z
      .string()
      .nullable()
      .meta({ description: 'Who read; null where it says that reads are missing' }),
    name: Text.nullable().meta({
      description: 'The name of the person; null where the account has none, or none that is told to you',
    }),
    grantsTag: z.string().nullable().meta({ description: 'Tells the grants that were used from others' }),
    grants: z.array(z.string()).meta({ description: 'The grants that were used' }),
    method: z.string().nullable().meta({ description: 'GET or HEAD; POST of a preview' }),
    address: z.string().nullable().meta({
      description: 'What was asked; `…` stands for what may be a secret',
    }),
    record: z
      .strictObject({ aggregate: AggregateName, id: IdShape })
      .nullable()
      .meta({ description: 'That was asked for; null of lists and of everything that is no record’s' }),
    title: Text.nullable().meta({ description: 'Null where it is not open to you' }),
    version: z.int().min(1).nullable().meta({
      description: 'Of the record, as it was shown; null where nothing of it was',
    }),
    status: z
      .int()
      .nullable()
      .meta({ description: 'Of the answer; 404 of a hidden and of an unknown record' }),
    code: z
      .string()
      .nullable()
      .meta({ description: 'Of the problem it was answered with, or a preview met' }),
    link: LinkShape,
    missing: z
      .strictObject({
        why: wordsOf<GapCause>({ 'not-written': true, 'process-ended': true, 'file-damaged': true }),
        since: InstantShape.nullable().meta({ description: 'Null where that is not known' }),
        count: z.int().nullable().meta({ description: 'How many; null where that is not known' }),
      })
      .nullable()
      .meta({
        description:
          'Reads from `since` to `at` do not stand here, of whomever and whatever; null of what is a read',
      }),
  })
  .meta({ id: 'Read' });
type Row = AnswerOf<typeof Row>;

/** Reads are for auditors, each within their scope; nobody else is told of any. */
function checkAudits({ viewer }: QueryContext): void {
  if (!viewer.grants.some((grant) => grant.role === 'auditor'))
    throw new Problem(403, 'NOT_ALLOWED', 'Who read what is read by auditors.');
}

/** Programmes of those who hold some grants; undefined where an agency's makes them of every programme. */
function programmesOf(viewer: Viewer, grants: readonly string[]): readonly string[] | undefined {
  const programmes: string[] = [];
  for (const name of grants) {
    const [role = '', scope = ''] = name.split('@');
    const grant = parseGrant(role, scope);
    const programme = grant?.programme ?? (grant?.place && viewer.programmeOf(grant.place));
    if (programme) programmes.push(programme);
    else if (grant?.agency) return undefined;
  }
  return programmes;
}

/**
 * Who reads of a read: whoever audits the record; and of what showed none, the auditors of a programme of who
 * read, hidden and unknown alike.
 */
function sightOf({ viewer, deps }: QueryContext, log: ReadsLog): (read: ReadSpot) => boolean {
  const known = new Map<string, boolean>();
  const auditsReader = (tag: string): boolean => {
    let does = known.get(tag);
    if (does === undefined) {
      const of = programmesOf(viewer, log.grantsOf(tag));
      does = viewer.grants.some(
        ({ role, programme }) =>
          role === 'auditor' &&
          programme !== undefined &&
          (of === undefined || of.length === 0 || of.includes(programme)),
      );
      known.set(tag, does);
    }
    return does;
  };
  return ({ record, version, grants }) => {
    const row = record === null ? undefined : accessRow(deps.service.engine, ...splitStream(record));
    if (row && audits(viewer, row)) return true;
    return version === null && auditsReader(grants);
  };
}

function shown(context: QueryContext, log: ReadsLog, spot: ReadSpot): Row {
  const target = spot.record === null ? undefined : targetFor(context, spot.record);
  return {
    id: `${log.node}.${spot.seq}`,
    node: log.node,
    at: spot.at,
    account: spot.account,
    name: context.nameFor('person', spot.account, undefined),
    grantsTag: spot.grants,
    grants: log.grantsOf(spot.grants),
    method: spot.method,
    address: `${spot.path}${spot.query}`,
    record: target ? { aggregate: target.aggregate, id: target.id } : null,
    title: target?.title ?? null,
    version: spot.version,
    status: spot.status,
    code: spot.code,
    link: target?.link ?? null,
    missing: null,
  };
}
const missing = (log: ReadsLog, { key, since, until, why, count }: GapSpot): Row => ({
  id: `${log.node}.${key}`,
  node: log.node,
  at: until,
  account: null,
  name: null,
  grantsTag: null,
  grants: [],
  method: null,
  address: null,
  record: null,
  title: null,
  version: null,
  status: null,
  code: null,
  link: null,
  missing: { why, since: since ?? null, count: count ?? null },
});

/** Characters of an address without its query. */
const longestAddress = 300;

export const readQueries: readonly Query[] = [
  list({
    title: 'Who read what, on the node that answers; each keeps its own (auditors)',
    url: '/v1/reads',
    sorts: ['at'],
    first: '-at',
    changesByItself: true,
    columnsVersion: 2,
    columns: [
      'id',
      'node',
      'at',
      'account',
      'name',
      'grantsTag',
      ['grants', ({ grants }) => words(grants)],
      'method',
      'address',
      ['record', ({ record }) => record && `${record.aggregate}-${record.id}`],
      'title',
      'version',
      'status',
      'code',
      'link',
      ['missingWhy', (row) => row.missing?.why],
      ['missingSince', (row) => row.missing?.since],
      ['missingCount', (row) => row.missing?.count],
    ],
    query: z.object({
      record: RecordName.optional().meta({
        description:
          'Of this record alone, by its own addresses: a kind and an id, like `pool-durham-housing`',
      }),
      account: AccountId.optional().meta({ description: 'By this account alone' }),
      address: z
        .string()
        .max(longestAddress)
        .regex(/^\/[^?#\s]*$/, 'Enter an address without its query, like /v1/pools')
        .optional()
        .meta({ description: 'Of this address alone, without what was asked of it, like `/v1/events`' }),
      from: parameter.from,
      to: parameter.to,
    }),
    row: Row,
    sources({ record, account, address, from, to }, context) {
      checkAudits(context);
      const { log } = context.deps.reads;
      const sees = sightOf(context, log);
      const days = { from, to };
      const auditing = context.viewer.grants.filter(({ role }) => role === 'auditor');
      const places = new Set(auditing.flatMap(({ place }) => place ?? []));
      // Whoever audits places alone reads of their records alone, which are found by them.
      const walks =
        places.size < new Set(auditing.map(grantName)).size || record !== undefined
          ? [log.walk({ ...days, record, account, path: address })]
          : [...places].map((placeId) => log.walk({ ...days, placeId }));
      const show = (spot: ReadSpot): Row | undefined => {
        const { day } = spot;
        const asked =
          (record === undefined || spot.record === record) &&
          (account === undefined || spot.account === account) &&
          (address === undefined || spot.path === address) &&
          (from === undefined || day >= from) &&
          (to === undefined || day <= to);
        return asked && sees(spot) ? shown(context, log, spot) : undefined;
      };
      const gaps = walkOf(log.gaps(days));
      return [
        ...walks.map((walk) => ({ walk, show })),
        { walk: gaps, show: (gap: GapSpot & Spot) => missing(log, gap) },
      ];
    },
  }),
];
