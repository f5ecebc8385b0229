/**
 * total-place rebuild | verify | export | backup: on the log that LOG_URL names, the embedded one where it is
 * not set.
 */
import { once } from 'node:events';
import { createWriteStream, existsSync, renameSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { Command } from 'commander';
import { logFile } from '../runtime/embedded.js';
import { jsonLine } from '../domain/kernel/text.js';
import { countOf } from '../domain/shared/wording.js';
import type { EventLog } from '../log/event-log.js';
import { isEventStoreUrl } from '../log/eventstore/url.js';
import { SqliteLog } from '../log/sqlite/sqlite-log.js';
import { batches } from '../migrate/batches.js';
import { rebuildRunning, rebuildViews } from '../runtime/node/rebuild.js';
import { viewFile } from '../runtime/node/view-file.js';
import { openForReading } from '../runtime/open.js';
import { loadReference } from '../runtime/reference.js';
import { verify, type Finding } from '../runtime/verify.js';

type Say = (line: string) => void;
interface Where {
  readonly dataDir: string;
}
const dataDir = [
  '--data-dir <dir>',
  'folder of the log; of the node’s views where LOG_URL names an EventStoreDB',
  process.env.DATA_DIR ?? './var',
] as const;

const embedded = (dir: string): SqliteLog =>
  new SqliteLog(logFile(dir), { clock: 'machine', readOnly: true });
/** LOG_URL where it names a log that nodes share. */
const sharedUrl = (env: NodeJS.ProcessEnv): string | undefined =>
  env.LOG_URL && isEventStoreUrl(env.LOG_URL) ? env.LOG_URL : undefined;
/** The clock of a log that nobody runs is of no matter for reading it. */
async function withLog<T>(
  dir: string,
  env: NodeJS.ProcessEnv,
  work: (log: EventLog) => Promise<T>,
): Promise<T> {
  const url = sharedUrl(env);
  const log = url ? await openForReading(url) : embedded(dir);
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

export const rebuildCommand = (say: Say = console.log, env: NodeJS.ProcessEnv = process.env): Command =>
  new Command('rebuild')
    .description(
      'build views anew from the log, beside what they answer meanwhile: of a running service by its ' +
        'operator’s address, else of one that is stopped',
    )
    .argument('[views...]', 'which; all by default')
    .option(...dataDir)
    .option(
      '--service <url>',
      'http(s)://host:port of the running service: its operator’s address, or its own; OPERATOR_TOKEN ' +
        'stands in the environment where it asks for one',
    )
    .action(async (names: string[], options: Where & { service?: string }) => {
      const onError = (error: unknown): void =>
        say(`${error instanceof Error ? error.message : String(error)}: trying again`);
      const status = options.service
        ? await rebuildRunning(options.service, env.OPERATOR_TOKEN, names)
        : await withLog(options.dataDir, env, (log) =>
            rebuildViews({ log, dataDir: options.dataDir, ref: loadReference(), onError }, names),
          );
      for (const v of status) say(`${v.name}: ${v.state} at ${v.position}${v.error ? ` (${v.error})` : ''}`);
      if (status.some((v) => v.state !== 'live' || v.error)) process.exitCode = 1;
    });

/** What somebody should do about findings, by the gravest of them. */
function advice(findings: readonly Finding[], names: readonly string[]): string {
  const has = (kind: Finding['kind']): boolean => findings.some((f) => f.kind === kind);
  if (has('event-missing') || has('event-changed'))
    return (
      'The log is not what was recorded. Change nothing, and rebuild nothing: keep the log, views.db ' +
      'and the last backups, and compare them.'
    );
  if (has('file'))
    return 'Stop the service, keep the files, and put the last backup back: total-place restore <file>';
  return names.length > 0
    ? `The log is whole. Rebuild what differs: total-place rebuild ${names.join(' ')}`
    : 'The log is whole.';
}

export const verifyCommand = (
  say: Say = console.log,
  env: NodeJS.ProcessEnv = process.env,
  warn: Say = console.error,
): Command =>
  new Command('verify')
    .description(
      'check the log (order, versions, canonical text, what the views were given) and that live views ' +
        'equal a rebuild; may run beside the service',
    )
    .option(...dataDir)
    .action(async (options: Where) => {
      const file = viewFile(options.dataDir);
      const views = existsSync(file);
      const findings = await withLog(options.dataDir, env, (log) =>
        verify(log, views ? file : undefined, loadReference()),
      );
      for (const { kind, text } of findings) warn(`${kinds[kind]}: ${text}`);
      const whole = views
        ? 'The log is whole, and its views equal a rebuild.'
        : `The log is whole. ${options.dataDir} ${withoutViews(sharedUrl(env) !== undefined)}`;
      const differing = [...new Set(findings.flatMap((f) => (f.kind === 'view-differs' ? [f.view] : [])))];
      say(
        findings.length === 0
          ? whole
          : `${countOf(findings.length, 'problem')}. ${advice(findings, differing)}`,
      );
      process.exitCode = findings.length === 0 ? 0 : 1;
    });
/** That a folder holds no views, and what to do about it. */
const withoutViews = (shared: boolean): string =>
  shared
    ? 'holds no views of a node: name its folder with --data-dir to have them compared.'
    : 'holds no views: the service builds them when it starts.';
const kinds: Readonly<Record<Finding['kind'], string>> = {
  file: 'file',
  'event-missing': 'event missing',
  'event-changed': 'event changed',
  views: 'views',
  'view-differs': 'view differs',
};

export const exportCommand = (env: NodeJS.ProcessEnv = process.env): Command =>
  new Command('export')
    .description('every event as stored, one JSON line each, with its SHA-256; may run beside the service')
    .option(...dataDir)
    .option('--out <file>', 'file to write; standard output by default')
    .action(async (options: Where & { out?: string }) => {
      const url = sharedUrl(env);
      const log = url ? await openForReading(url) : embedded(options.dataDir);
      if (options.out && existsSync(options.out)) throw new Error(`${options.out} exists. Name a new file`);
      const part = options.out && `${options.out}.part`;
      const out = part ? createWriteStream(part) : process.stdout;
      try {
        for await (const batch of batches(log, 0, await log.head()))
          for (const e of batch) {
            const sha256 = createHash('sha256').update(e.body).digest('hex');
            const line = jsonLine({ position: e.position, sha256, event: e.body });
            if (!out.write(`${line}\n`)) await once(out, 'drain');
          }
        if (options.out && part) {
          out.end();
          await once(out, 'finish');
          renameSync(part, options.out);
        }
      } finally {
        await log.close();
      }
    });
