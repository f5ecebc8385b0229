/**
 * The service wakes when a decision's time is over, not at midnight alone, and a day's end waits for what
 * closed on that day.
 */
import { test, type Test } from 'tap';
import { SimulatedClock } from '../../src/commands/clock.js';
import { is, memberOf } from '../../src/domain/registry.js';
import { decode, type DecodedEvent } from '../../src/log/codec.js';
import { openService, type EmbeddedService as Service } from '../../src/runtime/embedded.js';
import { nextInstant } from '../../src/runtime/service.js';
import { reference } from '../domain/spec.js';
import { chaired, opened } from '../process-managers/scenes/decisions.js';
import { must, secretariat, type As } from './world.js';

/**
 * A service with a standing clock on Wednesday 1 July 2009, and two decisions that close at five on the 8th
 * and 10th, London time.
 */
async function open(t: Test): Promise<{ service: Service; clock: SimulatedClock }> {
  const clock = new SimulatedClock();
  const service = openService({
    dataDir: t.testdir(),
    clockKind: 'simulated',
    clock,
    ref: reference,
    onError: (e) => t.fail(String(e)),
  });
  t.teardown(() => service.close());
  clock.advance('2009-07-01T08:00:00.000Z');
  await service.built();
  const node = {
    ...service,
    must: (as: As, ...rest: [string, string, string, Record<string, unknown>?, object?]) =>
      must(service.executor, as, ...rest),
  } as never;
  await chaired(node);
  await opened(node, 'later', '2009-07-10');
  await opened(node, 'pooling', '2009-07-08');
  return { service, clock };
}
const since = (service: Service, after: number): DecodedEvent[] =>
  service.log.readAll(after, 1000).map(decode);

test('the next instant is the earliest closing, or the end of the London day', async (t) => {
  const { service, clock } = await open(t);
  const { engine } = service;
  t.equal(nextInstant(engine, clock), '2009-07-01T22:59:59.999Z');
  clock.advance('2009-07-08T08:00:00.000Z');
  t.equal(nextInstant(engine, clock), '2009-07-08T16:00:00.000Z');
  clock.advance('2009-07-08T16:00:00.000Z');
  await service.settle();
  t.equal(
    nextInstant(engine, clock),
    '2009-07-08T16:00:00.000Z',
    'at its very moment a position could still be taken',
  );
  clock.advance('2009-07-08T16:00:00.001Z');
  await service.settle();
  t.equal(nextInstant(engine, clock), '2009-07-08T22:59:59.999Z');
  clock.advance('2009-07-09T08:00:00.000Z');
  await must(service.executor, secretariat, 'decision', 'later', 'WithdrawDecision', {
    reason: 'New figures',
  });
  clock.advance('2009-07-10T08:00:00.000Z');
  t.equal(nextInstant(engine, clock), '2009-07-10T22:59:59.999Z', 'a withdrawn decision closes at no time');
});

test('after a long sleep each day holds what closed on it', async (t) => {
  const { service, clock } = await open(t);
  const after = await service.log.head();
  clock.advance('2009-07-13T08:00:00.000Z');
  await service.settle();
  t.same(
    since(service, after).map((e) =>
      is(e, 'days', 'DayClosed') ? e.data.date : `${e.stream} ${memberOf(e, 'decision', 'result')}`,
    ),
    [
      ...['01', '02', '03', '04', '05', '06', '07'].map((d) => `2009-07-${d}`),
      'decision-pooling carried',
      ...['08', '09'].map((d) => `2009-07-${d}`),
      'decision-later carried',
      ...['10', '11', '12'].map((d) => `2009-07-${d}`),
    ],
  );
});

test('the running clock closes it without anybody asking', async (t) => {
  const { service, clock } = await open(t);
  clock.advance('2009-07-08T15:00:00.000Z');
  await service.settle();
  const after = await service.log.head();
  const stop = new AbortController();
  const seen: string[] = [];
  const followed = service.log.follow(
    after,
    async (batch) => {
      for (const e of batch) if (e.type === 'DecisionClosed' || e.type === 'DayClosed') seen.push(e.type);
      if (seen.includes('DayClosed')) stop.abort();
    },
    stop.signal,
  );
  // The service's own timer keeps no process alive.
  const alive = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(alive));
  await clock.run(service.log, 20_000);
  await service.keepTime();
  await followed;
  t.same(seen.slice(0, 2), ['DecisionClosed', 'DayClosed']);
  t.match(since(service, after).find((e) => e.type === 'DecisionClosed')!.data, {
    how: 'clock',
    result: 'carried',
  });
});
