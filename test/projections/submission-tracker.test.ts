import Database from '../../src/log/sqlite/driver.js';
import { test } from 'tap';
import { applyTo, type Recorded } from '../../src/projections/engine/view.js';
import { submissionFor } from '../../src/projections/views/submission-rows.js';
import { submissionTracker } from '../../src/projections/views/submission-tracker.js';

const ref = {} as never;
const hash = 'a'.repeat(64);
const template = [
  { sectionId: 'pools', title: 'Pooled budgets', prompt: 'Which?', kind: 'prefilled' as const },
  { sectionId: 'narrative', title: 'Narrative', prompt: 'Tell', kind: 'prose' as const, maxWords: 500 },
];
const begun = (placeId: string) => ({
  programmeId: 'tp',
  roundNo: 1,
  roundKind: 'interim',
  placeId,
  placeKind: 'pilot',
  templateVersion: 1,
  template,
});
const head = { placeId: 'durham', roundKind: 'interim', roundNo: 1 };
const text = (t: string) => ({ text: t });
const findings = (version: number, t: string, lateDays = 0) => ({
  programmeId: 'tp',
  ...head,
  version,
  lateDays,
  statementHash: hash,
  included: [{ aggregate: 'pool', id: 'drugs', version: 1 }],
  sections: [
    {
      sectionId: 'pools',
      title: 'Pooled budgets',
      kind: 'prefilled',
      content: text('Open'),
      prefilled: true,
    },
    { sectionId: 'narrative', title: 'Narrative', kind: 'prose', content: text(t), prefilled: false },
  ],
});

function newWorld() {
  const db = new Database(':memory:');
  const names = Object.fromEntries(
    Object.keys(submissionTracker.tables).map((k) => [k, `st_${k}`]),
  ) as Record<keyof typeof submissionTracker.tables, string>;
  for (const ddl of Object.values(submissionTracker.tables))
    db.exec(ddl.replace(/\{(\w+)\}/g, (_, k: keyof typeof names) => names[k]));
  const handlers = submissionTracker.handlers(db, names, ref);
  const versions = new Map<string, number>();
  let position = 0;
  const apply = (
    aggregate: string,
    recordId: string,
    type: string,
    data: object,
    more: Partial<Recorded> = {},
  ): void => {
    const stream = `${aggregate}-${recordId}`;
    const version = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, version);
    const event: Recorded = {
      id: `${stream}.${version}`,
      type,
      aggregate,
      recordId,
      stream,
      version,
      position: ++position,
      private: false,
      data,
      recordedAt: '2009-11-05T09:00:00.000Z',
      today: '2009-11-05',
      actor: { account: 'sec', role: 'secretariat' },
      commandId: 'c',
      ...more,
    };
    applyTo(handlers, [event]);
  };
  return { db, apply, q: submissionTracker.queries(db, names, ref) };
}
const id = 'tp.1.durham';
function toSent({ apply }: ReturnType<typeof newWorld>): void {
  apply('submission', id, 'SubmissionStarted', begun('durham'));
  apply(
    'submission',
    id,
    'SectionAnswered',
    { sectionId: 'pools', title: 'Pooled budgets', content: text('Open'), prefilled: true },
    { actor: { account: 'system:assembler', role: 'system' } },
  );
  apply('submission', id, 'SectionAnswered', {
    sectionId: 'narrative',
    title: 'Narrative',
    content: text('First'),
    prefilled: false,
  });
  for (const t of template)
    apply('submission', id, 'SectionCompleted', { sectionId: t.sectionId, title: t.title });
  apply('pool', 'drugs', 'PoolProposed', {});
  apply('submission', id, 'SubmissionSentForSignOff', {
    ...head,
    accountableBodyId: 'council',
    pins: [
      { aggregate: 'pool', id: 'drugs', version: 1 },
      { aggregate: 'barrier', id: 'b1', version: 1 },
    ],
  });
}

test('the workspace shows each section, who completed it, and what changed since it was sent', async (t) => {
  const world = newWorld();
  toSent(world);
  t.match(world.q.one(id), {
    programmeId: 'tp',
    roundNo: 1,
    placeId: 'durham',
    status: 'awaiting-sign-off',
    signed: 'awaiting',
    version: 6,
    submittedVersion: 0,
    sections: [
      { sectionId: 'pools', complete: true, prefilled: true, completedBy: { role: 'secretariat' } },
      { sectionId: 'narrative', content: text('First'), answeredBy: { account: 'sec' } },
    ],
  });
  t.same(
    world.q.pinning('pool', 'drugs').map((r) => r.id),
    [id],
  );
  world.apply('pool', 'drugs', 'CashPaidIn', {});
  world.apply('pool', 'other', 'CashPaidIn', {});
  world.apply('barrier', 'b1', 'BarrierCosted', {}, { private: true });
  world.apply('barrier', 'b1', 'BarrierJoined', {});
  t.same(
    world.q.one(id)!.changedSinceSignOff.map((c) => c.type),
    ['CashPaidIn', 'BarrierJoined'],
  );
  t.equal(world.q.one(id)!.position, 11);
  const { statement } = world.q.one(id)!;
  t.match(
    statement,
    { text: /^I sign version 1 .*\n\n.*\n\nIt includes these records/, hash: /^[0-9a-f]{64}$/ },
    'what is to be signed',
  );
  t.notOk(world.q.list()[0]!.statement, 'not in lists');
  world.apply('submission', id, 'SubmissionSignedOff', { statementHash: hash });
  t.equal(world.q.one(id)!.signed, 'signed');
  t.notOk(
    world.q.one(id)!.statement,
    'until there were statements any hash was signed: this one is not of it',
  );
  world.apply('submission', id, 'SignOffVoided', {
    ...head,
    changed: [{ aggregate: 'pool', id: 'drugs', version: 3, type: 'PledgeChanged' }],
    sections: [],
  });
  t.match(world.q.one(id), { status: 'ready', signed: 'void', voided: { changed: [{ id: 'drugs' }] } });
  t.same(world.q.pinning('pool', 'drugs'), []);
});

test('others read the last submitted version, never the draft after it', async (t) => {
  const world = newWorld();
  toSent(world);
  t.equal(submissionFor(world.q.one(id)!, 'programme'), undefined, 'nothing before it is submitted');
  world.apply('submission', id, 'SubmissionSignedOff', { statementHash: hash });
  world.apply('submission', id, 'FindingsSubmitted', findings(1, 'First', 3));
  world.apply(
    'submission',
    id,
    'SubmissionQueried',
    { queryId: 'q1', sectionId: 'pools', question: 'All year?' },
    { actor: { account: 'tr', role: 'treasury' } },
  );
  world.apply('submission', id, 'QueryAnswered', { queryId: 'q1', answer: 'Yes' });
  world.apply('submission', id, 'ChangesRequested', {
    sections: ['narrative'],
    reason: 'Say more',
    dueOn: '2009-11-20',
  });
  world.apply('submission', id, 'SectionAnswered', {
    sectionId: 'narrative',
    title: 'Narrative',
    content: text('Secret draft'),
    prefilled: false,
  });
  world.apply('submission', id, 'SectionCompleted', { sectionId: 'narrative', title: 'Narrative' });
  const row = world.q.one(id)!;
  t.match(row, { status: 'ready', queries: [{ answer: 'Yes' }] });
  const seen = submissionFor(row, 'programme')!;
  t.match(seen, {
    status: 'changes-requested',
    lateDays: 3,
    submittedOn: '2009-11-05',
    version: 13,
    submittedVersion: 1,
    changes: { reason: 'Say more' },
    queries: [{ question: 'All year?', sectionTitle: 'Pooled budgets' }],
  });
  t.notMatch(JSON.stringify(seen), /Secret draft/);
  // Who asked reads the answer.
  t.match(seen!.queries, [{ answer: 'Yes' }]);
  t.match(JSON.stringify(seen), /First/);
  t.equal(submissionFor(row, 'public'), undefined);
  t.equal(submissionFor(row, 'members'), row);
  world.apply('submission', id, 'SubmissionSentForSignOff', {
    ...head,
    accountableBodyId: 'council',
    pins: [],
  });
  world.apply('submission', id, 'SubmissionSignedOff', { statementHash: hash });
  world.apply('submission', id, 'FindingsSubmitted', findings(2, 'Second'), {
    basis: { kind: 'illustrative' },
  });
  t.match(world.q.versions(id), [
    { submittedVersion: 1, lateDays: 3 },
    { submittedVersion: 2, lateDays: 0 },
  ]);
  t.same(
    world.q.versions(id).map((v) => v.sections[1]!.content.text),
    ['First', 'Second'],
  );
  t.match(submissionFor(world.q.one(id)!, 'programme'), {
    status: 'submitted',
    submittedVersion: 2,
    illustrative: true,
    submitted: { sections: [{}, { content: text('Second') }] },
  });
});

test('lists by programme, place, round and status, from indexes alone', async (t) => {
  const world = newWorld();
  toSent(world);
  world.apply('submission', 'tp.1.kent', 'SubmissionMissed', { ...begun('kent'), missing: ['pools'] });
  const ids = (f: object) => world.q.list(f).map((r) => r.id);
  t.same(ids({}), [id, 'tp.1.kent']);
  t.same(ids({ placeId: 'kent' }), ['tp.1.kent']);
  t.same(ids({ programmeId: 'tp', roundNo: 1, status: 'awaiting-sign-off' }), [id]);
  t.same(ids({ programmeId: 'other' }), []);
  t.match(submissionFor(world.q.one('tp.1.kent')!, 'programme'), {
    status: 'not-submitted',
    version: 1,
    submittedVersion: 0,
  });
  t.equal(world.q.one('tp.1.nowhere'), undefined);

  const sqls: string[] = [];
  const spy = new Proxy(world.db, {
    get: (d, k) => (k === 'prepare' ? (sql: string) => (sqls.push(sql), d.prepare(sql)) : Reflect.get(d, k)),
  });
  const names = {
    rows: 'st_rows',
    versions: 'st_versions',
    pins: 'st_pins',
    owners: 'st_owners',
    strays: 'st_strays',
  };
  submissionTracker.handlers(spy, names, ref);
  const q = submissionTracker.queries(spy, names, ref);
  for (const f of [{}, { roundNo: 1 }, { placeId: 'x' }, { programmeId: 'x' }, { status: 'x' }]) q.list(f);
  for (const sql of sqls) {
    const plan = world.db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...Array(sql.split('?').length - 1).fill(null)) as { detail: string }[];
    t.notMatch(plan.map((p) => p.detail).join('; '), /SCAN/, sql);
  }
});
