/**
 * The register and place progress read the same promises: on any day they count the same overdue, silent and
 * red ones.
 */
import Database from '../../src/log/sqlite/driver.js';
import fc from 'fast-check';
import { test } from 'tap';
import { addDays } from '../../src/domain/shared/calendar.js';
import { nextPeriod } from '../../src/domain/shared/reporting.js';
import { commitmentRegister, standingOn } from '../../src/projections/views/commitment-register.js';
import { applyTo, type Recorded, type View } from '../../src/projections/engine/view.js';
import { placeProgress } from '../../src/projections/place-progress/place-progress.js';
import { reference } from '../domain/spec.js';

const workingDays = reference.workingDays;
const green = { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' };
const owner = { placeId: 'durham', ownerAgencyId: 'council', ownerKind: 'partner' };
const first = '2009-06-01';

function filled<V extends View<any, any>>(view: V, events: readonly Recorded[]) {
  const db = new Database(':memory:');
  const names = Object.fromEntries(Object.keys(view.tables).map((k) => [k, `v_${k}`]));
  for (const [k, ddl] of Object.entries(view.tables as Record<string, string>))
    db.exec(
      Object.keys(names).reduce(
        (s, n) => s.replaceAll(`{${n}}`, names[n]!),
        ddl.replaceAll(`{${k}}`, names[k]!),
      ),
    );
  applyTo(view.handlers(db, names as never, reference), events);
  return {
    q: view.queries(db, names as never, reference) as ReturnType<V['queries']>,
    close: () => db.close(),
  };
}

interface Promised {
  readonly accepted: number;
  readonly due: number;
  /** Periods after that of the acceptance, and whether each report is red. */
  readonly reports: readonly { after: number; red: boolean }[];
  /**
   * What came last: nothing, a new date, a claim, a claim returned, its completion, its withdrawal, another
   * owner.
   */
  readonly then: string;
}
const promise: fc.Arbitrary<Promised> = fc.record({
  accepted: fc.integer({ min: 0, max: 120 }),
  due: fc.integer({ min: 1, max: 200 }),
  reports: fc.array(fc.record({ after: fc.integer({ min: 0, max: 7 }), red: fc.boolean() }), {
    maxLength: 4,
  }),
  then: fc.constantFrom(
    '',
    '',
    'moved',
    'claimed',
    'returned',
    'completed',
    'withdrawn',
    'reassigned',
    'taken over',
  ),
});

function history(promises: readonly Promised[]): Recorded[] {
  const events: Recorded[] = [];
  const versions = new Map<string, number>();
  const add = (today: string, aggregate: string, recordId: string, type: string, data: object): void => {
    const stream = `${aggregate}-${recordId}`;
    const version = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, version);
    const actor = { account: 'somebody', role: 'secretariat' as const };
    const at = { recordedAt: `${today}T09:00:00.000Z`, today };
    events.push({
      id: `${stream}.${version}`,
      type,
      aggregate,
      recordId,
      stream,
      version,
      position: events.length + 1,
      private: false,
      data,
      ...at,
      actor,
      commandId: 'c',
    });
  };
  add(first, 'programme', 'tp', 'ProgrammeDefined', {
    name: 'Total Place',
    kind: 'national',
    ragScale: 'five',
    period: 'month',
    startOn: first,
    endOn: '2010-12-31',
  });
  add(first, 'programme', 'tp', 'PlaceEnrolled', {
    placeId: 'durham',
    name: 'Durham',
    kind: 'pilot',
    region: 'North East',
  });
  add(first, 'place', 'durham', 'PlaceOpened', { programmeId: 'tp', kind: 'pilot', name: 'Durham' });
  for (const [n, p] of promises.entries()) {
    const id = `c${n}`;
    const on = addDays(first, p.accepted);
    const dueOn = addDays(on, p.due);
    const say = (type: string, data: object): void => add(on, 'commitment', id, type, data);
    const terms = {
      accountable: { seatId: 'council' },
      measure: 'Forms',
      evidenceExpected: 'Papers',
      dueOn,
      verifierAgencyId: 'pct',
    };
    const accept = { ...owner, dueOn, baselineDueOn: dueOn, reschedules: 0, consent: false };
    say('CommitmentDrafted', {
      ...owner,
      programmeId: 'tp',
      title: id,
      change: 'One',
      level: 'place',
      milestones: [],
      dependsOn: [],
      ...terms,
    });
    say('CommitmentOffered', {
      ...owner,
      title: id,
      change: 'One',
      ...terms,
      verifierKind: 'partner',
      lapsesOn: dueOn,
    });
    say('CommitmentAccepted', accept);
    for (const { after, red } of p.reports) {
      let period = on.slice(0, 7);
      for (let i = 0; i < after; i++) period = nextPeriod(period);
      const rag = red ? { ...green, risk: 'red' } : green;
      say('ProgressReported', {
        placeId: 'durham',
        ownerAgencyId: 'council',
        period,
        progress: 10,
        rag,
        narrative: 'Well',
        nextStep: 'More',
        turnedRed: red,
      });
    }
    if (p.then === 'moved')
      say('CommitmentRescheduled', { from: dueOn, to: addDays(dueOn, 30), reason: 'Later' });
    if (['claimed', 'returned', 'completed'].includes(p.then))
      say('CompletionClaimed', {
        ...owner,
        evidence: [],
        verifierAgencyId: 'pct',
        verifierKind: 'partner',
        verifyBy: dueOn,
      });
    if (p.then === 'returned') say('CompletionReturned', { ...owner, dueOn, reason: 'One town only' });
    if (p.then === 'completed')
      say('CompletionVerified', {
        ...owner,
        verifierAgencyId: 'pct',
        level: 'complete',
        closes: true,
        dueOn,
      });
    if (p.then === 'withdrawn')
      say('CommitmentWithdrawn', { ownerAgencyId: 'council', accepted: true, reason: 'Over' });
    if (p.then === 'reassigned' || p.then === 'taken over')
      say('CommitmentReassigned', {
        ...owner,
        ownerAgencyId: 'police',
        fromAgencyId: 'council',
        accountable: { seatId: 'police' },
        reason: 'Moves',
        lapsesOn: dueOn,
      });
    if (p.then === 'taken over') say('CommitmentAccepted', { ...accept, ownerAgencyId: 'police' });
  }
  return events;
}

test('the register’s overdue, silent and red are the place’s counts, on any day', async (t) => {
  const seen = { overdue: 0, silent: 0, red: 0 };
  const numbers = Object.keys(seen) as (keyof typeof seen)[];
  fc.assert(
    fc.property(
      fc.array(promise, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 0, max: 330 }),
      (promises, later) => {
        const day = addDays(first, later);
        const events = history(promises).filter((e) => e.today <= day);
        const register = filled(commitmentRegister, events);
        const progress = filled(placeProgress, events);
        const rows = register.q.list('durham').map((r) => standingOn(r.state, 'month', day, workingDays));
        const counts = progress.q.place('durham', 'members', day)!.commitments;
        register.close();
        progress.close();
        for (const k of numbers) {
          const n = rows.filter((r) => r[k]).length;
          if (n !== counts[k])
            throw new Error(`${k} on ${day}: ${n} in the register, ${counts[k]} in progress`);
          seen[k] += n;
        }
      },
    ),
    {
      numRuns: 150,
      // Accepted on 10 June, nothing reported but, early, the month that still runs.
      examples: [[[{ accepted: 9, due: 200, reports: [{ after: 4, red: false }], then: '' }], 143]],
    },
  );
  for (const k of numbers) t.ok(seen[k] > 0, `there were some ${k}`);
});
