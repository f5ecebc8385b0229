/** total-place copy-log | seal: moving a log from one house to another, and back. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { isEventStoreUrl } from '../log/eventstore/url.js';
import type { EventLog, LogIdentity } from '../log/event-log.js';
import { SqliteLog } from '../log/sqlite/sqlite-log.js';
import { openForReading } from '../runtime/open.js';
import { compareLogs } from '../migrate/compare.js';
import { copyLog } from '../migrate/copy.js';
import { sealedAt, sealFile, unchanged, unsealFile } from '../migrate/seal.js';
import { logFile } from '../runtime/embedded.js';

/**
 * An address as given, or the environment variable that holds it: a password on the command line is seen by
 * everybody.
 */
const place = (given: string): string =>
  /^[A-Z][A-Z0-9_]*$/.test(given) ? (process.env[given] ?? '') : given;
const fileOf = (address: string): string | undefined => {
  const path = /^sqlite:(.+)$/.exec(address)?.[1];
  return path && (path.endsWith('.db') ? path : logFile(path));
};
const forms =
  'sqlite:<data directory> or esdb://…?namespace=…, or the name of an environment variable that holds it';

async function openSource(address: string): Promise<EventLog> {
  const file = fileOf(address);
  if (file) {
    if (!existsSync(file)) throw new Error(`There is no log at ${file}.`);
    return new SqliteLog(file, { clock: 'machine', readOnly: true });
  }
  if (!isEventStoreUrl(address)) throw new Error(`--from must be ${forms}`);
  return openForReading(address);
}
async function openTarget(address: string, clock: LogIdentity['clock']): Promise<EventLog> {
  const file = fileOf(address);
  if (file) return new SqliteLog(file, { clock });
  if (!isEventStoreUrl(address)) throw new Error(`--to must be ${forms}`);
  const { openEventStoreLog } = await import('../log/eventstore/eventstore-log.js');
  return openEventStoreLog(address, { clock, create: true });
}

/** Shows events, rate and time left; positions of the source are what is known to remain. */
function barOf(what: string): { at(done: number, position: number, end: number): void; stop(): void } {
  const bar = new SingleBar({
    format: `${what} {bar} {percentage} % | {events} events | {rate}/s | {eta_formatted} left`,
    noTTYOutput: true,
    notTTYSchedule: 5_000,
    etaBuffer: 100,
  });
  const began = Date.now();
  let first: number | undefined;
  return {
    at(done, position, end) {
      if (first === undefined) bar.start(end, position, { events: done, rate: 0 });
      first ??= done;
      bar.setTotal(end);
      bar.update(position, {
        events: done,
        rate: Math.round((done - first) / Math.max(0.001, (Date.now() - began) / 1000)),
      });
    },
    stop: () => bar.stop(),
  };
}

export const copyCommand = (say: (line: string) => void = console.log): Command =>
  new Command('copy-log')
    .description(
      'copy a log into another, event by event as it stands; may run beside the service that writes the ' +
        'source, be killed and be run again',
    )
    .requiredOption('--from <log>', `the source, only read: ${forms}`)
    .requiredOption('--to <log>', 'the target, written by nobody else: the same forms')
    .option('--progress <file>', 'remembers how far it is and where the copy came from', './copy-log.json')
    .option('--no-compare', 'do not compare the two at the end')
    .action(async (given: { from: string; to: string; progress: string; compare: boolean }) => {
      const [from, to] = [place(given.from), place(given.to)];
      const source = await openSource(from);
      let target: EventLog | undefined;
      try {
        target = await openTarget(to, source.identity.clock);
        const file = fileOf(from);
        const sealed = file ? sealedAt(file) : undefined;
        const bar = barOf('Copying');
        const options = {
          source,
          target,
          progressFile: given.progress,
          onProgress: bar.at,
          onTrouble: (e: Error) => console.error(`\n${e.message}: looking again`),
        };
        const done = await copyLog(options).finally(() => bar.stop());
        say(`Copied: ${done.copied} events of ${source.identity.logId} stand in ${target.identity.logId}.`);
        if (!given.compare) return;
        const looking = barOf('Comparing');
        const found = await compareLogs(source, target, done.source.position, (count, event) =>
          looking.at(count, event.position, done.source.position),
        ).finally(() => looking.stop());
        if (found.difference) {
          say(`NOT equal: ${found.difference}.`);
          process.exitCode = 1;
          return;
        }
        say(`Equal: ${found.count} events in ${found.streams} streams, sha256 ${found.hash}.`);
        const more = (await source.head()) !== done.source.position;
        if (more)
          say(
            'The source has gone on meanwhile. Run this again; for the last time after "total-place seal".',
          );
        else if (sealed)
          say(`The source is sealed (${sealed}): this is all of it. Point LOG_URL at the target.`);
        else if (!file)
          say(
            'Everything up to now. Run this after "total-place seal" before you move; whether the ' +
              'server is sealed is not seen from here.',
          );
        else
          say(
            'Everything up to now. Nothing keeps the source from being written on: seal it and run this ' +
              'a last time before you move.',
          );
      } finally {
        await target?.close();
        await source.close();
      }
    });

/** Takes the right to append away from all but administrators, where the server knows rights. */
async function sealServer(address: string, undo: boolean, say: (line: string) => void): Promise<void> {
  if (!isEventStoreUrl(address)) throw new Error(`--log must be ${forms}`);
  if (undo) throw new Error('Run "total-place log prepare": it gives the right to append back.');
  const { openAdmin } = await import('../log/eventstore/eventstore-log.js');
  const { LOG_ADMIN_USER: name = 'admin' } = process.env;
  // a compose file passes an unset one on as empty
  const password = process.env.LOG_ADMIN_PASSWORD || undefined;
  const admin = await openAdmin(address, password === undefined ? undefined : { name, password });
  try {
    if (admin.secure) {
      if (password === undefined)
        throw new Error(
          'LOG_ADMIN_PASSWORD must hold the password of an administrator of the server (LOG_ADMIN_USER, ' +
            'admin by default).',
        );
      const { sealRights } = await import('../log/eventstore/seal.js');
      await sealRights(admin);
      say(
        'Only administrators append now, in every namespace of this server. "total-place log prepare" ' +
          'gives the right back.',
      );
    } else
      say('This server is insecure: there are no rights to take away. Every node must be stopped by hand.');
  } finally {
    admin.close();
  }
}

export const sealCommand = (say: (line: string) => void = console.log): Command =>
  new Command('seal')
    .description('stop all writing to a log before the last pass of copy-log; reads go on')
    .option('--log <log>', forms, 'sqlite:./var')
    .option('--undo', 'open it again; only where nothing was written to the new one')
    .option('--watch <seconds>', 'how long its end must not move afterwards', '15')
    .action(async (options: { log: string; undo?: boolean; watch: string }) => {
      const address = place(options.log);
      const file = fileOf(address);
      if (file) {
        if (options.undo) {
          unsealFile(file);
          say('Open again.');
          return;
        }
        say(
          `Sealed on ${sealFile(file)}: ${join(file)} takes no more events, also after a restart. Reads ` +
            'go on.',
        );
      } else await sealServer(address, options.undo === true, say);
      const log = await openSource(address);
      try {
        const still = await unchanged(log, Number(options.watch) * 1000);
        say(
          still
            ? `Nothing was added for ${options.watch} s.`
            : 'Somebody is still writing: stop every node, and run this again.',
        );
        process.exitCode = still ? 0 : 1;
      } finally {
        await log.close();
      }
    });
