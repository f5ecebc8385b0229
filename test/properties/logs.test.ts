/** Random command sequences give identical streams on every log, whatever arrives together. */
import fc from 'fast-check';
import { test } from 'tap';
import { v5 as uuidv5 } from 'uuid';
import { parseGrant } from '../../src/domain/shared/access.js';
import { aggregateNamed } from '../../src/domain/registry.js';
import type { Executor } from '../../src/commands/executor.js';
import type { EventLog } from '../../src/log/event-log.js';
import {
  executorOn,
  seatHolder,
  must,
  financeOfficer,
  pledge,
  propose,
  secretariat,
  world,
} from '../commands/world.js';
import { logs } from '../logs.js';
import { agencies, move, type Move } from './pool-grammar.js';

const pools = ['one', 'two'];
const chair = { as: 'chair@place:durham+agency:council', account: 'seat-holder.council' };
const agreement = {
  agreementVersion: 1,
  hash: '0'.repeat(64),
  partners: [...agencies],
  hostAgencyId: 'council',
  purposes: { cofog: ['07'], text: 'Treatment' },
  years: ['2009-10'],
  riskShare: agencies.map((agencyId, i) => ({ agencyId, overBp: i ? 3000 : 4000, underBp: i ? 3000 : 4000 })),
};

/**
 * Two pools of this run, each signed and open with one confirmed pledge; the pools differ between runs, the
 * world does not.
 */
async function begin(executor: Executor, run: number): Promise<void> {
  for (const pool of pools.map((p) => `${p}-${run}`)) {
    await propose(executor, pool);
    await must(executor, secretariat, 'pool', pool, 'ProposeAgreement', agreement);
    for (const a of agencies)
      await must(executor, financeOfficer(a), 'pool', pool, 'SignAgreement', { agreementVersion: 1 });
    await must(executor, seatHolder('pct'), 'pool', pool, 'Pledge', pledge(1));
    await must(executor, financeOfficer('pct', 'other-finance-officer.pct'), 'pool', pool, 'ConfirmPledge', {
      pledgeId: 'p-1',
      consent: true,
    });
    await must(executor, chair, 'pool', pool, 'OpenPool');
  }
}

/** `again`: sent twice under one key, with the same body or another. */
type Given = { pool: string; move: Move; again: 'no' | 'same' | 'other'; stale: boolean };
/** Each burst is given at once; the next when all of it is answered. Returns what was answered. */
async function play(
  executor: Executor,
  bursts: readonly (readonly Given[])[],
  run: number,
): Promise<string[]> {
  const answers: string[] = [];
  let key = 0;
  for (const once of bursts) {
    const burst = once.flatMap((g) => [
      { ...g, key: ++key, second: false },
      ...(g.again === 'no' ? [] : [{ ...g, key, second: g.again === 'other' }]),
    ]);
    const versions = await Promise.all(
      burst.map(({ pool }) => executor.load('pool', `${pool}-${run}`).then((l) => l.version)),
    );
    const outcomes = await Promise.all(
      burst.map(({ pool, move: m, key, second, stale }, i) => {
        const [role = '', scope = ''] = m.as.split('@');
        const entry = aggregateNamed('pool').commands[m.command]!;
        return executor.execute({
          aggregate: 'pool',
          id: `${pool}-${run}`,
          command: m.command,
          data: entry.data.parse(m.data),
          commandId: uuidv5(`${run}.${key}`, uuidv5.URL),
          // Today, said in so many words: another request to the same effect.
          ...(second ? { effectiveOn: '2009-07-01' } : {}),
          ...(m.as === 'system'
            ? { actor: { account: 'system:test', role: 'system' as const } }
            : { principal: { account: m.account, grants: [parseGrant(role, scope)!] } }),
          ...(entry.replaces ? { expectedVersion: stale ? versions[i]! - 1 : versions[i]! } : {}),
        });
      }),
    );
    answers.push(
      ...outcomes.map((o) =>
        o.kind === 'done' ? `${o.version} ${o.events.join()} ${o.replayed}` : `${o.status} ${o.refusal.code}`,
      ),
    );
  }
  return answers;
}

/** A stream without what is fresh at every attempt. */
async function streamOf(log: EventLog, stream: string): Promise<object[]> {
  return (await log.read(stream)).map((e) => {
    const {
      id: _i,
      salt: _s,
      commandId: _c,
      correlation: _d,
      ...rest
    } = JSON.parse(e.body) as Record<string, unknown>;
    return rest;
  });
}

test(
  'random commands, some sent at once, some sent again: the same answers and the same streams',
  { timeout: 120_000 },
  async (t) => {
    const nodes = await Promise.all(
      logs.map(async ({ name, open }) => {
        const log = await open(t);
        const executor = executorOn(log);
        await world(log, executor);
        await must(
          executor,
          secretariat,
          'collaborative',
          'durham',
          'AppointChair',
          { seatId: 'council' },
          { expectedVersion: (await log.read('collaborative-durham')).length },
        );
        return { name, log, executor };
      }),
    );
    const seen = new Set<string>();
    let run = 0;
    const given: fc.Arbitrary<Given> = fc.record({
      pool: fc.constantFrom(...pools),
      move,
      again: fc.constantFrom('no', 'no', 'no', 'same', 'other'),
      stale: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(given, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 10 }),
        async (bursts) => {
          const n = run++;
          const played = [];
          for (const { log, executor } of nodes) {
            await begin(executor, n);
            const answers = await play(executor, bursts, n);
            played.push({
              answers,
              streams: await Promise.all(pools.map((p) => streamOf(log, `pool-${p}-${n}`))),
            });
          }
          const [model, ...others] = played;
          for (const a of model!.answers) seen.add(a.replace(/^\d+ /, ''));
          for (const other of others)
            if (JSON.stringify(other) !== JSON.stringify(model)) t.strictSame(other, model);
          return others.every((other) => JSON.stringify(other) === JSON.stringify(model));
        },
      ),
      { numRuns: 60 },
    );
    for (const what of [
      'FundsAllocated false',
      'PledgeMade true',
      'STALE_REVISION',
      'IDEMPOTENCY_MISMATCH',
      'OVER_ALLOCATED',
    ])
      t.ok(seen.has(what), `the sequences came upon ${what}`);
    for (const { log } of nodes) await log.close();
  },
);
