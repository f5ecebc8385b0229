/**
 * Of random small histories of a pool: what is said to be possible is not refused by its guard, what is not is
 * refused with what was told, and a preview says what the command then comes to, on that version.
 */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'tap';
import { possibility } from '../../src/commands/executor.js';
import type { CommandRequest } from '../../src/commands/request.js';
import { entryOf, type Recorded } from '../../src/domain/registry.js';
import { pool } from '../../src/domain/pool/index.js';
import { parseGrant } from '../../src/domain/shared/access.js';
import { partNamed } from '../../src/domain/kernel/command.js';
import { decode } from '../../src/log/codec.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import { Property } from '../holds.js';
import { executorOn, financeOfficer, seatHolder, secretariat, world, type As } from '../commands/world.js';

const pledgeId = fc.constantFrom('p1', 'p1', 'p1', 'p2', 'never');
const allocationId = fc.constantFrom('a1', 'a2', 'never');
const pence = fc.constantFrom(1, 40, 100);
const subBalances = fc.tuple(pledgeId, pence).map(([id, amount]) => [{ pledgeId: id, pence: amount }]);
const reason = fc.constant('Because');
const purposes = fc.constantFrom({ cofog: ['07'], text: 'Health' }, { cofog: ['09'], text: 'Schools' });
const commands = {
  Pledge: fc.record({
    pledgeId,
    financialYear: fc.constantFrom('2009-10', '2009-10', '2009-10', '2011-12'),
    pledgedPence: pence,
  }),
  ChangePledge: fc.record({ pledgeId, pledgedPence: pence, reason }),
  WithdrawPledge: fc.record({ pledgeId, reason }),
  ConfirmPledge: fc.record({ pledgeId, consent: fc.boolean() }),
  ConsentToDisclosure: fc.record({ pledgeId }),
  ReducePledge: fc.record({ pledgeId, toPence: pence, reason }),
  Allocate: fc.record({
    allocationId,
    title: fc.constant('Nurses'),
    purposes,
    subBalances,
    for: fc.constant('none'),
  }),
  GiveNotice: fc.record({ leavesOn: fc.constantFrom('2009-11-01', '2010-09-30'), reason }),
  ClosePool: fc.record({ reason }),
} as const;
const authors: readonly As[] = [
  // Mostly one body's: others refuse each other's.
  ...Array.from({ length: 6 }, () => [seatHolder('pct'), financeOfficer('pct')]).flat(),
  ...(['council', 'pct', 'police'] as const).flatMap((agency) => [
    seatHolder(agency),
    financeOfficer(agency),
    // Who pledged in one grant confirms in none.
    { ...financeOfficer(agency), account: seatHolder(agency).account! },
  ]),
  secretariat,
  { as: 'auditor@programme:tp', account: 'auditor' },
];
const step = fc.oneof(
  ...Object.entries(commands).map(([command, data]) =>
    fc.record({
      command: fc.constant(command),
      data: data as fc.Arbitrary<Record<string, unknown>>,
      author: fc.constantFrom(...authors),
      stale: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
    }),
  ),
);

/** With a pledge in it, there is something to do about one. */
const begun = {
  command: 'Pledge',
  data: { pledgeId: 'p1', financialYear: '2009-10', pledgedPence: 100 },
  author: seatHolder('pct'),
  stale: 0,
};

/** An event without what is drawn for each. */
const told = (event: Recorded): object => {
  const { type, version, data, recordedAt, actor } = event;
  return { type, version, data, recordedAt, actor, text: entryOf(event).describe(data, event) };
};

test('a preview says what the command then comes to; what is possible is not refused by its guard', async (t) => {
  const leaves = new Property('a preview leaves nothing in the log');
  const foretells = new Property('a preview says what the command then comes to');
  const guards = new Property('the guard says what the command is refused with whatever is entered');
  let [foreseen, refused, possible] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20, size: 'max' }), async (steps) => {
      const log = new MemoryLog();
      const executor = executorOn(log);
      await world(log, executor, 'pool');
      for (const { command, data, author, stale } of [begun, ...steps]) {
        const { version } = await executor.load('pool', 'pool');
        const grant = parseGrant(...(author.as.split('@') as [string, string]))!;
        const principal = { account: author.account!, grants: [grant] };
        const request: CommandRequest = {
          aggregate: 'pool',
          id: 'pool',
          command,
          data,
          commandId: randomUUID(),
          principal,
          expectedVersion: version - stale,
        };
        const entry = pool.commands[command as keyof typeof pool.commands];
        const said = await executor.consider('pool', 'pool', (standing, looks) =>
          possibility({ ...standing, done: undefined }, command, principal, looks),
        );
        const head = await log.head();
        const preview = await executor.preview(request);
        leaves.same(t, command, await log.head(), head);
        const outcome = await executor.execute(request);
        const written = (await log.read('pool-pool', version)).map(decode);
        if (preview.kind === 'refused') refused++;
        else foreseen++;
        foretells.same(
          t,
          command,
          preview.kind === 'refused' ? { ...preview } : preview.events.map(told),
          outcome.kind === 'refused' ? { ...outcome } : written.map(told),
        );
        if (stale || !said) continue;
        const part = partNamed(entry.part, data);
        const may = said.parts ? said.parts.some(({ id }) => String(id) === part) : said.possible === 'yes';
        if (may) possible++;
        const code = outcome.kind === 'refused' ? outcome.refusal.code : undefined;
        const who = Object.entries(entry.refuses).flatMap(([code, kind]) => (kind === 'who' ? [code] : []));
        const before = ['NOT_ALLOWED', 'WRONG_STATE', ...who];
        if (may) guards.holds(t, command, !before.includes(code ?? ''), code);
        else guards.same(t, `${command}: what it writes that was not possible`, written, []);
        if (!entry.part && said.possible === 'no') guards.same(t, command, code, said.why?.code);
      }
    }),
    { numRuns: 60 },
  );
  for (const property of [leaves, foretells, guards]) property.settle(t);
  t.ok(foreseen > 30 && refused > 50 && possible > 30, 'there was much to foresee', {
    foreseen,
    refused,
    possible,
  });
});
