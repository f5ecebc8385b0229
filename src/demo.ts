/**
 * The demo: the seed programme replayed through the ordinary command path, each command at its historical time, days closing
 * and reactors acting in between; then a service whose log clock stands at the demo's start and ticks.
 */
import { v5 as uuidv5 } from 'uuid';
import { parseGrant } from './domain/access.js';
import { at } from './domain/calendar.js';
import { aggregateNamed } from './domain/index.js';
import { SimulatedClock } from './commands/clocks.js';
import { fingerprint } from './log/codec.js';
import { decisionLog } from './projections/decision-log.js';
import { openService, type Service } from './service.js';
import type { Reference } from './domain/reference.js';
import type { SeedCommand } from '../data/seed/types.js';

/** Thursday 22 October 2009, 09:00 in London: where the demo begins. */
export const demoStart = at('2009-10-22', '09:00');
const namespace = '5d0ff2a4-0a0e-4b55-9a54-3f1f36f0c8f5';

export interface DemoOptions {
  readonly dataDir: string;
  readonly ref: Reference;
  readonly seed: readonly SeedCommand[];
  /** Log seconds a machine second. */
  readonly speed: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly onError?: (error: unknown) => void;
}

/** Opens the demo's directory, seeding it where it is not; run again it changes nothing and the clock goes on. */
export async function openDemo({ dataDir, ref, seed, speed, onProgress, onError }: DemoOptions): Promise<Service> {
  const clock = new SimulatedClock();
  const service = openService({ dataDir, clockKind: 'simulated', clock, ref, ...(onError ? { onError } : {}) });
  try {
    const newest = service.log.readAll(Math.max(0, (await service.log.head()) - 1), 1)[0];
    const known = seedOf(service);
    const mine = fingerprint(seed.map((s) => [s.at, s.as, s.aggregate, s.id, s.command, s.data]));
    if (known && known !== mine) throw new Error(`${dataDir} was seeded by other seed data. Give another --data-dir, or delete this one`);
    await service.engine.catchUp();
    if (known && newest) clock.advance(JSON.parse(newest.body).recordedAt as string);
    else if (seed[0]) {
      clock.advance(seed[0].at);
      await replay(service, clock, seed, onProgress);
      await closings(service, clock, demoStart);
      clock.advance(demoStart);
      await service.settle();
      setSeed(service, mine);
    }
    await clock.run(service.log, speed);
    await service.keepTime();
    return service;
  } catch (error) {
    await service.close();
    throw error;
  }
}

async function replay(service: Service, clock: SimulatedClock, seed: readonly SeedCommand[], onProgress: DemoOptions['onProgress']): Promise<void> {
  let day = '';
  for (const [i, s] of seed.entries()) {
    await closings(service, clock, s.at);
    clock.advance(s.at);
    // Reactors act between commands; days close when the clock has passed into another one.
    if (s.at.slice(0, 10) !== day) {
      day = s.at.slice(0, 10);
      if (i > 0) await service.settle();
    } else await service.reactors.idle();
    await give(service, s, i);
    onProgress?.(i + 1, seed.length);
  }
}

/** Decisions are closed at their time, also where the seed passes over it. */
async function closings(service: Service, clock: SimulatedClock, before: string): Promise<void> {
  for (let last = ''; ;) {
    const at = service.engine.queries(decisionLog).nextClosing();
    if (at === undefined || at >= before || at === last) return;
    clock.advance(new Date(Date.parse(at) + 1).toISOString());
    await service.settle();
    last = at;
  }
}

async function give(service: Service, s: SeedCommand, n: number): Promise<void> {
  const [role = '', scope = ''] = s.as.split('@');
  const grant = parseGrant(role, scope);
  if (!grant) throw new Error(`seed command ${n}: ${s.as} is no grant`);
  const entry = aggregateNamed(s.aggregate).commands[s.command];
  const data = entry?.data.safeParse(s.data);
  if (!data?.success) throw new Error(`seed command ${n} (${s.command} ${s.id}) does not fit: ${data ? data.error.message : 'there is no such command'}`);
  const { version } = await service.executor.load(s.aggregate as 'pool', s.id);
  const outcome = await service.executor.execute({
    aggregate: s.aggregate,
    id: s.id,
    command: s.command,
    data: data.data,
    basis: s.basis,
    principal: { account: s.account, grants: [grant] },
    commandId: uuidv5(JSON.stringify([n, s.at, s.aggregate, s.id, s.command]), namespace),
    ...(entry!.replaces ? { expectedVersion: version } : {}),
  });
  if (outcome.kind === 'refused') throw new Error(`seed command ${n} (${s.command} ${s.id} at ${s.at}) was refused ${outcome.refusal.code}: ${outcome.refusal.detail}`);
}

const table = 'CREATE TABLE IF NOT EXISTS demo_seed (fingerprint TEXT NOT NULL) STRICT';
function seedOf(service: Service): string | undefined {
  service.log.db.exec(table);
  return service.log.db.prepare<[], string>('SELECT fingerprint FROM demo_seed').pluck().get();
}
const setSeed = (service: Service, value: string): void => void service.log.db.prepare('INSERT INTO demo_seed VALUES (?)').run(value);
