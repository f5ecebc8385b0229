/** Every query of the API. */
import { z } from 'zod';
import { aggregateNamed } from '../domain/index.js';
import type { AgencyState } from '../domain/agency.js';
import type { CollaborativeState } from '../domain/collaborative-state.js';
import type { FundingStreamState } from '../domain/funding-stream.js';
import type { PersonState } from '../domain/person.js';
import type { ProgrammeState } from '../domain/programme.js';
import { barrierFor, barrierRegister } from '../projections/barrier-register.js';
import { poolLedger, statement } from '../projections/pool-ledger.js';
import { register, type RegisterRow } from '../projections/register.js';
import { submissionFor, submissionTracker } from '../projections/submission-tracker.js';
import { due } from '../projections/due.js';
import { lateBy } from '../domain/progress.js';
import { DateOn, Id } from '../domain/values.js';
import { audienceOf, canSee } from '../domain/access.js';
import { Audiences, type ListQuery, type Query, type Reading, type RecordQuery } from './query.js';
import { placeSummary, progressQueries } from './progress.js';
import { Problem } from './problem.js';

type Row = Record<string, unknown>;
const list = (q: Omit<ListQuery, 'kind'>): ListQuery => ({ kind: 'list', ...q });
const record = (q: Omit<RecordQuery, 'kind'>): RecordQuery => ({ kind: 'record', ...q });

/** A record of the register, with its version and where its facts come from. */
function shown<S extends object>(row: RegisterRow<S>): Row {
  return { id: row.id, version: row.version, ...row.state, illustrative: row.illustrative, source: row.source };
}
function fromRegister<S extends object>(r: Reading, aggregate: string, id: string, more: (row: RegisterRow<S>) => Row = () => ({})): { position: number; body: Row } {
  r.visible(aggregate, id);
  const row = r.of(register).one<S>(aggregate, id);
  if (!row) throw new Problem(404, 'NOT_FOUND', 'There is no such record, or it is not open to you.');
  return { position: row.position, body: { ...shown(row), ...more(row) } };
}
const visibleRows = <S extends object>(r: Reading, aggregate: string): RegisterRow<S>[] =>
  r
    .of(register)
    .all<S>(aggregate)
    .filter((row) => r.seen(aggregate, row.id));

const programmes: Query[] = [
  list({
    title: 'Programmes',
    url: '/v1/programmes',
    sorts: ['id', 'name'],
    columns: ['id', 'name', 'kind', 'status', 'startOn', 'endOn'],
    rows: (r) =>
      visibleRows<ProgrammeState>(r, 'programme').map((p) => ({
        id: p.id,
        version: p.version,
        name: p.state.name,
        kind: p.state.kind,
        status: p.state.status,
        startOn: p.state.startOn,
        endOn: p.state.endOn,
        illustrative: p.illustrative,
      })),
  }),
  record({ title: 'A programme with its calendar, rounds and steps', url: '/v1/programmes/:id', run: (r) => fromRegister<ProgrammeState>(r, 'programme', r.params.id!) }),
];

const places: Query[] = [
  list({
    title: 'Places',
    url: '/v1/places',
    sorts: ['id', 'name', 'kind', 'region'],
    columns: ['id', 'programmeId', 'name', 'kind', 'region', 'status', 'population', 'illustrative'],
    query: z.object({ programmeId: Id.optional(), kind: z.enum(['pilot', 'parallel']).optional(), gssCode: z.string().optional() }),
    rows: (r) =>
      visibleRows<ProgrammeState>(r, 'programme')
        .filter((p) => !r.query.programmeId || p.id === r.query.programmeId)
        .flatMap((p) => Object.keys(p.state.places).map((id) => placeSummary(r, p, id)))
        .filter((p) => (!r.query.kind || p.kind === r.query.kind) && (!r.query.gssCode || (p.areas as { code: string }[]).some((a) => a.code === r.query.gssCode))),
  }),
  record({
    title: 'A place',
    url: '/v1/places/:id',
    run(r) {
      const row = r.visible('place', r.params.id!);
      const p = r.of(register).one<ProgrammeState>('programme', row.programmeId!)!;
      return { position: Math.max(row.position, p.position), body: placeSummary(r, p, r.params.id!) };
    },
  }),
  record({
    title: 'The place’s leadership collaborative',
    url: '/v1/places/:id/collaborative',
    run: (r) =>
      fromRegister<CollaborativeState>(r, 'collaborative', r.params.id!, (row) => ({
        seats: Object.values(row.state.seats).map((s) => ({ ...s, agency: r.of(register).nameOf('agency', s.agencyId), isChair: row.state.chair === s.seatId })),
      })),
  }),
];

const bodies: Query[] = [
  list({
    title: 'Agencies',
    url: '/v1/agencies',
    sorts: ['id', 'name', 'sector'],
    columns: ['id', 'name', 'sector', 'type', 'status'],
    query: z.object({ sector: z.string().optional() }),
    rows: (r) =>
      visibleRows<AgencyState>(r, 'agency')
        .map(shown)
        .filter((a) => !r.query.sector || a.sector === r.query.sector),
  }),
  record({ title: 'An agency', url: '/v1/agencies/:id', run: (r) => fromRegister<AgencyState>(r, 'agency', r.params.id!) }),
  record({ title: 'A person’s name and post', url: '/v1/people/:id', run: (r) => fromRegister<PersonState>(r, 'person', r.params.id!) }),
  list({
    title: 'Funding streams',
    url: '/v1/funding-streams',
    sorts: ['id', 'name', 'departmentId'],
    columns: ['id', 'name', 'departmentId', 'ringFenced', 'status'],
    rows: (r) => visibleRows<FundingStreamState>(r, 'fundingstream').map(shown),
  }),
  record({ title: 'A funding stream', url: '/v1/funding-streams/:id', run: (r) => fromRegister<FundingStreamState>(r, 'fundingstream', r.params.id!) }),
];

const pools: Query[] = [
  list({
    title: 'Pooled budgets',
    url: '/v1/pools',
    sorts: ['id', 'name', 'placeId', 'status'],
    columns: ['id', 'name', 'placeId', 'status', 'legalBasis', 'pledgedPence', 'confirmedPence', 'paidInPence', 'allocatedPence', 'drawnPence', 'notDisclosed', 'illustrative'],
    query: z.object({ placeId: Id.optional(), status: z.string().optional(), audience: Audiences.optional() }),
    rows: (r) =>
      r
        .of(poolLedger)
        .list(r.query.placeId)
        .filter((p) => r.seen('pool', p.id) && openTo(r, 'pool', p.id, p.placeId) && (!r.query.status || p.state.status === r.query.status))
        .map((p) => statement(p, sight(r, 'pool', p.id, p.placeId))),
  }),
  record({
    title: 'A pooled budget’s statement',
    url: '/v1/pools/:id',
    query: z.object({ audience: Audiences.optional() }),
    run(r) {
      r.visible('pool', r.params.id!);
      const row = r.of(poolLedger).one(r.params.id!)!;
      if (!openTo(r, 'pool', row.id, row.placeId)) throw new Problem(404, 'NOT_FOUND', 'There is no such record, or it is not open to you.');
      const audience = sight(r, 'pool', row.id, row.placeId);
      return { position: row.position, body: statement(row, audience), tag: audience };
    },
  }),
];

const barriers: Query[] = [
  list({
    title: 'Barriers',
    url: '/v1/barriers',
    sorts: ['id', 'placeId', 'status', 'locus', 'kind', 'statusSince'],
    columns: ['id', 'placeId', 'kind', 'locus', 'status', 'statusSince', 'statement', 'effectOnResidents', 'asks', 'owners', 'joined', 'costs', 'illustrative'],
    query: z.object({
      placeId: Id.optional(),
      locus: z.enum(['whitehall', 'joint', 'local']).optional(),
      status: z.string().optional(),
      ownerId: Id.optional(),
      audience: Audiences.optional(),
    }),
    rows: (r) =>
      r
        .of(barrierRegister)
        .list(r.query.placeId)
        .filter((b) => r.seen('barrier', b.id) && openTo(r, 'barrier', b.id, b.placeId))
        .filter(
          (b) => (!r.query.locus || b.state.locus === r.query.locus) && (!r.query.status || b.state.status === r.query.status) && (!r.query.ownerId || r.query.ownerId in b.state.owners),
        )
        .map((b) => barrierFor(b, sight(r, 'barrier', b.id, b.placeId))),
  }),
  record({
    title: 'A barrier',
    url: '/v1/barriers/:id',
    query: z.object({ audience: Audiences.optional() }),
    run(r) {
      r.visible('barrier', r.params.id!);
      const row = r.of(barrierRegister).one(r.params.id!)!;
      if (!openTo(r, 'barrier', row.id, row.placeId)) throw new Problem(404, 'NOT_FOUND', 'There is no such record, or it is not open to you.');
      const audience = sight(r, 'barrier', row.id, row.placeId);
      return { position: row.position, body: barrierFor(row, audience), tag: audience };
    },
  }),
];

/** A party to a record reads it as members do; anybody else in their own audience, or the wider one they asked for. */
function sight(r: Reading, aggregate: string, id: string, placeId: string): 'members' | 'programme' | 'public' {
  const row = r.seen(aggregate, id)!;
  if (r.viewer.grants.some((g) => g.agency && row.parties.includes(g.agency))) return r.query.audience ?? 'members';
  return r.query.audience ? r.audience(placeId) : audienceOf(r.viewer, placeId);
}
/** Would the audience asked for see the record at all? */
function openTo(r: Reading, aggregate: string, id: string, placeId: string): boolean {
  const audience = sight(r, aggregate, id, placeId);
  const tier = r.seen(aggregate, id)!.tier;
  return audience === 'members' || tier === 'public' || (audience === 'programme' && tier === 'programme');
}

const submissions: Query[] = [
  list({
    title: 'Returns',
    url: '/v1/submissions',
    sorts: ['id', 'placeId', 'roundNo', 'status'],
    columns: ['id', 'programmeId', 'roundNo', 'roundKind', 'placeId', 'status', 'version', 'lateDays', 'illustrative'],
    query: z.object({ programmeId: Id.optional(), placeId: Id.optional(), roundNo: z.coerce.number().int().optional(), status: z.string().optional() }),
    rows: (r) =>
      r
        .of(submissionTracker)
        .list({ programmeId: r.query.programmeId, placeId: r.query.placeId, roundNo: r.query.roundNo })
        .filter((s) => r.seen('submission', s.id))
        .flatMap((s) => submissionFor(s, audienceOf(r.viewer, s.placeId)) ?? [])
        .filter((s) => !r.query.status || s.status === r.query.status) as Row[],
  }),
  record({
    title: 'A return',
    url: '/v1/submissions/:id',
    run(r) {
      r.visible('submission', r.params.id!);
      const row = r.of(submissionTracker).one(r.params.id!)!;
      const audience = audienceOf(r.viewer, row.placeId);
      const body = submissionFor(row, audience);
      if (!body) throw new Problem(404, 'NOT_FOUND', 'There is no such record, or it is not open to you.');
      return { position: row.position, body, tag: audience };
    },
  }),
  record({
    title: 'Every submitted version of a return',
    url: '/v1/submissions/:id/versions',
    run(r) {
      const row = r.visible('submission', r.params.id!);
      return { position: row.position, body: { items: r.of(submissionTracker).versions(r.params.id!) } };
    },
  }),
];

const actions: Query[] = [
  list({
    title: 'What waits for you',
    url: '/v1/me/actions',
    sorts: ['dueOn', 'code', 'placeId'],
    columns: ['id', 'code', 'deed', 'placeId', 'dueOn', 'workingDaysLeft', 'why', 'link', 'illustrative'],
    query: z.object({ placeId: Id.optional(), to: DateOn.optional() }),
    rows(r) {
      const { workingDays } = r.deps.service.ref;
      return r
        .of(due)
        .open()
        .filter((i) => !i.stopped && (!r.query.placeId || i.placeId === r.query.placeId) && (!r.query.to || i.dueOn <= r.query.to))
        .flatMap((i) => {
          const row = r.seen(i.aggregate, i.recordId);
          if (!row || (i.private && !canSee(r.viewer, row, { version: row.version, private: true }))) return [];
          const grant = r.viewer.grants.find((g) =>
            i.owedBy.some((p) =>
              p.kind === 'agency' || p.kind === 'department'
                ? g.agency === p.id
                : p.kind === 'place'
                  ? g.place === p.id && ['secretariat', 'chair'].includes(g.role)
                  : g.role === 'programme-office' && g.programme === p.id,
            ),
          );
          if (!grant) return [];
          return [
            {
              id: `${i.stream}.${i.code}.${i.key}`,
              code: i.code,
              deed: i.deed,
              placeId: i.placeId ?? null,
              dueOn: i.dueOn,
              workingDaysLeft: lateBy(i.dueOn, r.day, workingDays) > 0 ? -lateBy(i.dueOn, r.day, workingDays) : workingDays.between(r.day, i.dueOn),
              why: `${grant.role}${grant.agency ? ` of ${r.of(register).nameOf('agency', grant.agency)}` : ''}`,
              link: `/v1/${aggregateNamed(i.aggregate).collection}/${i.recordId}`,
              illustrative: i.illustrative,
            },
          ];
        });
    },
  }),
];

export const queries: readonly Query[] = [...programmes, ...progressQueries, ...places, ...bodies, ...barriers, ...pools, ...submissions, ...actions];
