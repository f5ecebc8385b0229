/** total-place rebuild | verify | export | backup: on the log that LOG_URL names, the embedded one where it is not set. */
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { Command } from 'commander';
import { jsonLine } from '../domain/text.js';
import type { EventLog } from '../log/event-log.js';
import { isEventStoreUrl } from '../log/eventstore/url.js';
import { SqliteLog } from '../log/sqlite-log.js';
import { batches } from '../move/batches.js';
import { viewFile } from '../node/node.js';
import { rebuildViews } from '../node/rebuild.js';
import { openForReading } from '../open.js';
import type { ViewStatus } from '../projections/engine.js';
import { loadReference } from '../reference.js';
import { logFile, openEngine } from '../service.js';
import { verifyLog, verifyShared } from '../verify.js';

type Say = (line: string) => void;
interface Where {
  readonly dataDir: string;
}
const dataDir = ['--data-dir <dir>', 'folder of the log; of the node’s views where LOG_URL names an EventStoreDB', './var'] as const;

const embedded = (dir: string): SqliteLog => new SqliteLog(logFile(dir), { clock: 'machine', readOnly: true });
/** LOG_URL where it names a log that nodes share. */
const sharedUrl = (env: NodeJS.ProcessEnv): string | undefined => (env.LOG_URL && isEventStoreUrl(env.LOG_URL) ? env.LOG_URL : undefined);
async function withShared<T>(url: string, work: (log: EventLog) => Promise<T>): Promise<T> {
  const log = await openForReading(url);
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

async function rebuildEmbedded(dir: string, names: readonly string[]): Promise<ViewStatus[]> {
  const looked = embedded(dir);
  const { clock } = looked.identity;
  await looked.close();
  const log = new SqliteLog(logFile(dir), { clock });
  try {
    const engine = openEngine(log, loadReference());
    for (const name of names.length > 0 ? names : engine.status().map((v) => v.name)) engine.rebuild(name);
    await engine.catchUp();
    return engine.status();
  } finally {
    await log.close();
  }
}

export const rebuildCommand = (say: Say = console.log, env: NodeJS.ProcessEnv = process.env): Command =>
  new Command('rebuild')
    .description('build views anew from the log; the service, or this node of it, must be stopped')
    .argument('[views...]', 'which; all by default')
    .option(...dataDir)
    .action(async (names: string[], o: Where) => {
      const url = sharedUrl(env);
      const onError = (error: unknown): void => say(`${error instanceof Error ? error.message : String(error)}: trying again`);
      const status = url ? await withShared(url, (log) => rebuildViews({ log, dataDir: o.dataDir, ref: loadReference(), onError }, names)) : await rebuildEmbedded(o.dataDir, names);
      for (const v of status) say(`${v.name}: ${v.state} at ${v.position}${v.error ? ` (${v.error})` : ''}`);
      if (status.some((v) => v.state !== 'live')) process.exitCode = 1;
    });

export const verifyCommand = (say: Say = console.log, env: NodeJS.ProcessEnv = process.env, warn: Say = console.error): Command =>
  new Command('verify')
    .description('check the log (order, versions, canonical text) and that live views equal a rebuild; may run beside the service')
    .option(...dataDir)
    .action(async (o: Where) => {
      const url = sharedUrl(env);
      const file = viewFile(o.dataDir);
      const views = !url || existsSync(file);
      const problems = url ? await withShared(url, (log) => verifyShared(log, views ? file : undefined, loadReference())) : await verifyLog(logFile(o.dataDir), loadReference());
      for (const p of problems) warn(p);
      const whole = views
        ? 'The log is whole, and its views equal a rebuild.'
        : `The log is whole. ${o.dataDir} holds no views of a node: name its folder with --data-dir to have them compared.`;
      say(problems.length === 0 ? whole : `${problems.length} problem${problems.length === 1 ? '' : 's'}.`);
      process.exitCode = problems.length === 0 ? 0 : 1;
    });

export const exportCommand = (env: NodeJS.ProcessEnv = process.env): Command =>
  new Command('export')
    .description('every event as stored, one JSON line each, with its SHA-256; may run beside the service')
    .option(...dataDir)
    .option('--out <file>', 'file to write; standard output by default')
    .action(async (o: Where & { out?: string }) => {
      const url = sharedUrl(env);
      const log = url ? await openForReading(url) : embedded(o.dataDir);
      const out = o.out ? createWriteStream(o.out) : process.stdout;
      try {
        for await (const batch of batches(log, 0, await log.head()))
          for (const e of batch) {
            const line = `${jsonLine({ position: e.position, sha256: createHash('sha256').update(e.body).digest('hex'), event: e.body })}\n`;
            if (!out.write(line)) await once(out, 'drain');
          }
        if (o.out) {
          out.end();
          await once(out, 'finish');
        }
      } finally {
        await log.close();
      }
    });

export const backupCommand = (say: Say = console.log, env: NodeJS.ProcessEnv = process.env): Command =>
  new Command('backup')
    .description('a whole copy of the embedded log, made while the service runs')
    .argument('<file>', 'file to write')
    .option('--data-dir <dir>', 'folder of the log', './var')
    .action(async (file: string, o: Where) => {
      if (sharedUrl(env))
        throw new Error(
          'LOG_URL names an EventStoreDB: its operator backs the server up. A copy of the log that needs no server is made by "total-place copy-log --from LOG_URL --to sqlite:<folder>"; a node’s views by "total-place views copy".',
        );
      if (existsSync(file)) throw new Error(`${file} exists. Name a new file`);
      const log = embedded(o.dataDir);
      await log.db.backup(file);
      await log.close();
      say(`Copied to ${file}.`);
    });
