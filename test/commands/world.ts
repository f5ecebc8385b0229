/** A small world for tests of execution: one programme, one place with a table of three, a proposed pool. */
import { randomUUID } from 'node:crypto';
import { parseGrant } from '../../src/domain/shared/access.js';
import { Executor, type CommandRequest, type Outcome } from '../../src/commands/executor.js';
import { placeOpener } from '../../src/process-managers/places.js';
import { Reactors } from '../../src/process-managers/runner.js';
import type { EventLog } from '../../src/log/event-log.js';
import { loadReference } from '../../src/runtime/reference.js';
import { noViews } from '../no-views.js';

// Not the domain specs': those freeze every prototype, and benchmarks load libraries after this.
const reference = loadReference();

export class TestClock {
  ms = Date.parse('2009-07-01T09:00:00Z');
  now(): string {
    return new Date(this.ms).toISOString();
  }
}

/**
 * A machine on which a minute has passed whenever it is asked: whoever tries what is refused may go on
 * trying.
 */
export function restless(): () => number {
  let ms = 0;
  return () => (ms += 60_000);
}

export function executorOn(log: EventLog, clock = new TestClock(), machine = restless()): Executor {
  return new Executor({
    log,
    clock,
    machine,
    ref: reference,
    views: noViews,
  });
}

export interface As {
  readonly as: string;
  readonly account?: string;
}
type Extra = Partial<CommandRequest>;

/** Gives a command as somebody; the outcome as it is. */
export function give(
  executor: Executor,
  { as, account = 'a.person' }: As,
  aggregate: string,
  id: string,
  command: string,
  data: Record<string, unknown> = {},
  extra: Extra = {},
): Promise<Outcome> {
  const [role = '', scope = ''] = as.split('@');
  const grant = parseGrant(role, scope);
  if (!grant) throw new Error(`no such grant: ${as}`);
  return executor.execute({
    aggregate,
    id,
    command,
    data,
    commandId: randomUUID(),
    principal: { account, grants: [grant] },
    ...extra,
  });
}

/** As `give`, and it must be accepted. */
export async function must(...args: Parameters<typeof give>): Promise<Extract<Outcome, { kind: 'done' }>> {
  const outcome = await give(...args);
  if (outcome.kind === 'refused')
    throw new Error(`${args[4]} was refused ${outcome.refusal.code}: ${outcome.refusal.detail}`);
  return outcome;
}

const programmeOffice = { as: 'programme-office@programme:tp', account: 'office' };
const secretariat = { as: 'secretariat@place:durham', account: 'lead' };
export const financeOfficer = (agency: string, account = `finance-officer.${agency}`): As => ({
  as: `finance-officer@agency:${agency}`,
  account,
});
export const seatHolder = (agency: string): As => ({
  as: `seat-holder@place:durham+agency:${agency}`,
  account: `seat-holder.${agency}`,
});
export { programmeOffice as office, secretariat };
export const agencies = ['council', 'pct', 'police'] as const;

/** Opens the records of the places that are enrolled. */
export async function openPlaces(log: EventLog, executor: Executor): Promise<void> {
  const reactors = new Reactors(log, executor, [placeOpener], { get: () => 0, set: () => {} });
  reactors.start();
  await reactors.idle();
  await reactors.stop();
}

/** Builds the world; `poolId` is a pool proposed for 2009-10 by the three. */
export async function world(log: EventLog, executor: Executor, poolId = 'treatment'): Promise<void> {
  const day = (d: string) => ({ from: d, to: d, precision: 'day', tbc: false });
  await must(executor, programmeOffice, 'programme', 'tp', 'DefineProgramme', {
    name: 'Total Place',
    kind: 'national',
    ragScale: 'five',
    period: 'month',
    startOn: '2009-06-01',
    endOn: '2010-03-31',
  });
  await must(executor, programmeOffice, 'programme', 'tp', 'AddMilestone', {
    milestoneId: 'budget',
    name: 'Budget 2010',
    kind: 'deadline',
    date: day('2010-03-24'),
  });
  await must(executor, programmeOffice, 'programme', 'tp', 'StartProgramme');
  await must(executor, programmeOffice, 'programme', 'tp', 'EnrolPlace', {
    placeId: 'durham',
    name: 'Durham',
    kind: 'pilot',
    region: 'North East',
  });
  await openPlaces(log, executor);
  const sectors = {
    council: ['council', 'gss', 'E06000047'],
    pct: ['nhs', 'ods', '5ND'],
    police: ['police', 'programme', 'P-1'],
  } as const;
  for (const id of agencies) {
    const [sector, scheme, code] = sectors[id];
    await must(executor, programmeOffice, 'agency', id, 'RegisterAgency', {
      name: id,
      sector,
      type: 'body',
      identifiers: [{ scheme, code, from: '2009-04-01' }],
      startOn: '2009-04-01',
    });
  }
  await must(executor, secretariat, 'collaborative', 'durham', 'EstablishCollaborative', {
    placeId: 'durham',
    rule: { kind: 'consent' },
    quorum: { n: 1, d: 2 },
  });
  for (const id of agencies) {
    await must(executor, secretariat, 'collaborative', 'durham', 'OfferSeat', {
      seatId: id,
      agencyId: id,
      account: `seat-holder.${id}`,
      kind: 'voting',
    });
    await must(executor, seatHolder(id), 'collaborative', 'durham', 'AcceptSeat', { seatId: id });
  }
  await propose(executor, poolId);
}

export const propose = (executor: Executor, poolId: string) =>
  must(executor, secretariat, 'pool', poolId, 'ProposePool', {
    name: 'Treatment',
    placeId: 'durham',
    legalBasis: 'joint-committee',
    partners: [...agencies],
    hostAgencyId: 'council',
    managerAgencyId: 'council',
    purposes: { cofog: ['07'], text: 'Treatment' },
    years: ['2009-10'],
    noticeMonths: 3,
  });
export const pledge = (n: number | string) => ({
  pledgeId: `p-${n}`,
  financialYear: '2009-10',
  pledgedPence: 100,
});
