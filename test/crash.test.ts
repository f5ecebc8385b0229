/**
 * SIGKILL at random moments while clients write: every acknowledged command is there once, views equal a
 * rebuild.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { test } from 'tap';
import { memberOf } from '../src/domain/registry.js';
import { decode } from '../src/log/codec.js';
import { SqliteLog } from '../src/log/sqlite/sqlite-log.js';
import { logFile, openService } from '../src/runtime/embedded.js';
import Database from '../src/log/sqlite/driver.js';
import { viewFile } from '../src/runtime/node/view-file.js';
import { verify } from '../src/runtime/verify.js';
import { asTypeScript } from './as-typescript.js';
import { TestClock } from './commands/world.js';
import { reference } from './domain/spec.js';

interface Ack {
  readonly pledgeId: string;
  readonly commandId: string;
  readonly pool: string;
  readonly version: number;
  readonly position: number;
}
const rounds = 20;
const writers = 8;

test(`${rounds} kills under ${writers} writers`, { timeout: 240_000 }, async (t) => {
  const dataDir = t.testdir();
  const acks: Ack[] = [];
  for (let round = 0; round < rounds; round++) {
    const child: ChildProcess = fork(
      new URL('./crash-child.ts', import.meta.url),
      [dataDir, String(round), String(writers)],
      {
        execArgv: [asTypeScript],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      },
    );
    let wrote = 0;
    const enough = 1 + Math.floor(Math.random() * 120);
    await new Promise<void>((resolve, reject) => {
      child.on('message', (ack: Ack) => {
        acks.push(ack);
        // The moment depends on how far the child has come, not on how fast the machine is.
        if (++wrote === enough) setTimeout(() => child.kill('SIGKILL'), Math.random() * 10);
      });
      child.on('exit', (_code, signal) =>
        signal === 'SIGKILL' ? resolve() : reject(new Error('the child ended by itself')),
      );
    });
  }
  const log = new SqliteLog(logFile(dataDir), { clock: 'simulated' });
  // As the kill left them: never ahead of the log, whatever was being written.
  const left = new Database(viewFile(dataDir), { readonly: true });
  const behind = (await log.head()) - left.prepare<[], number>('SELECT position FROM cursor').pluck().get()!;
  t.ok(behind >= 0, `the views are ${behind} events behind`);
  left.close();
  const byCommand = new Map<string, number>();
  const places = new Map<string, ReturnType<typeof decode>>();
  for (let after = 0, batch = log.readAll(0, 1000); batch.length > 0; batch = log.readAll(after, 1000)) {
    for (const e of batch.map(decode)) {
      if (e.type === 'PledgeMade') byCommand.set(e.commandId, (byCommand.get(e.commandId) ?? 0) + 1);
      places.set(`${e.stream}.${e.version}`, e);
    }
    after = batch.at(-1)!.position;
  }
  t.ok(acks.length >= rounds, `${acks.length} acknowledged`);
  t.ok(
    acks.every((a) => byCommand.get(a.commandId) === 1),
    'every acknowledged command is in the log once',
  );
  t.ok(
    [...byCommand.values()].every((n) => n === 1),
    'and no other is there twice',
  );
  t.ok(
    acks.every((a) => {
      const written = places.get(`pool-${a.pool}.${a.version}`);
      return (
        written && memberOf(written, 'pool', 'pledgeId') === a.pledgeId && written.position === a.position
      );
    }),
    'where its answer said',
  );
  t.same(
    await verify(log, viewFile(dataDir), reference),
    [],
    'the log is whole, and the views equal what it makes up to where they stand',
  );
  await log.close();
  const service = openService({ dataDir, clockKind: 'simulated', clock: new TestClock(), ref: reference });
  await service.built();
  t.ok(await service.waitForPosition(await service.log.head()), 'they catch up before the service is ready');
  t.same(await verify(service.log, viewFile(dataDir), reference), []);
  await service.close();
});
