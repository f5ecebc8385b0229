/**
 * Copies a log into another in global order, with original ids, versions, times and bytes; `log-identity`
 * aside. The target itself says how far it has got: what stands after the last known place is compared with
 * the source, so that a copy can be killed anywhere and go on. Where the copy came from stands in the
 * progress file, outside the bytes.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  Conflict,
  maxAppendBytes,
  OutcomeUnknown,
  Unavailable,
  type Cursor,
  type EventLog,
  type LoggedEvent,
} from '../log/event-log.js';
import { SqliteLog } from '../log/sqlite/sqlite-log.js';
import { batches, eventsOf } from './batches.js';
import { differenceOf } from './compare.js';
import { exponentialBackoff, pause } from '../log/waiting.js';

/** How long the logs are left alone after a copy failed. */
const triedAgain = { backoffMin: 100, backoffMax: 2_000 };

export interface CopyOptions {
  /** Only read. */
  readonly source: EventLog;
  /** Written by nobody else. */
  readonly target: EventLog;
  readonly progressFile: string;
  /** `at` and `end` are positions of the source. */
  readonly onProgress?: (copied: number, at: number, end: number) => void;
  readonly onTrouble?: (error: Error) => void;
  /** How often a log that does not answer is tried again before the copy gives up; what it did stays. */
  readonly patience?: number;
}
/** How far a copy has got: the last event that stands in both. */
export interface Progress {
  readonly from: string;
  readonly to: string;
  readonly source: Cursor;
  readonly target: Cursor;
  readonly copied: number;
}

/** The two logs cannot be made the same: a person must look. */
export class CannotCopy extends Error {}

/** Events of one stream in one append at most: a long history is copied in several. */
const maxRun = 500;
/** How often it is noted how far the copy has come: what was copied since is compared again after a kill. */
const saveEveryMs = 500;
interface Wave {
  readonly appends: number;
  readonly bytes: number;
}
/** The embedded log writes the appends of one turn in one transaction (group commit): as much as it takes. */
const embeddedWave: Wave = { appends: 256, bytes: 700_000 };
/** A server writes one after the other; what stands around the events has room beside them. */
const serverWave: Wave = { appends: 1, bytes: maxAppendBytes - 50_000 };
/** Appends in one turn. */
const waveOf = (target: EventLog): Wave => (target instanceof SqliteLog ? embeddedWave : serverWave);

/**
 * Copies what the source holds now. Safe to run again, also after a kill; throws `CannotCopy`, `Unavailable`
 * or `OutcomeUnknown`.
 */
export async function copyLog({
  source,
  target,
  progressFile,
  onProgress = () => {},
  onTrouble = () => {},
  patience = 30,
}: CopyOptions): Promise<Progress> {
  if (source.identity.logId === target.identity.logId)
    throw new CannotCopy('Source and target are the same log.');
  if (source.identity.clock !== target.identity.clock)
    throw new CannotCopy('A log with a simulated clock is copied into one with a simulated clock only.');
  let progress = readProgress(progressFile, source, target);
  let savedAt = 0;
  const save = (reached: Progress, now = false): void => {
    progress = reached;
    if (!now && Date.now() - savedAt < saveEveryMs) return;
    savedAt = Date.now();
    writeFileSync(`${progressFile}.new`, `${JSON.stringify(reached)}\n`);
    renameSync(`${progressFile}.new`, progressFile);
  };
  for (let failures = 0; ;) {
    const before = progress.copied;
    try {
      const end = await source.head();
      save(await align(source, target, progress, end), true);
      await append(source, target, progress, end, (progress) => {
        save(progress);
        onProgress(progress.copied, progress.source.position, end);
      });
      save(progress, true);
      return progress;
    } catch (error) {
      save(progress, true);
      // A Conflict: an append of ours arrived after all, or somebody else writes. Looking again tells which.
      if (!(error instanceof Conflict || error instanceof Unavailable || error instanceof OutcomeUnknown))
        throw error;
      failures = progress.copied > before ? 0 : failures + 1;
      if (failures >= patience) throw error;
      onTrouble(error);
      await pause(exponentialBackoff(triedAgain, failures));
    }
  }
}

function readProgress(file: string, source: EventLog, target: EventLog): Progress {
  const [from, to] = [source.identity.logId, target.identity.logId];
  const nothing = { position: 0, id: '' };
  if (!existsSync(file)) return { from, to, source: nothing, target: nothing, copied: 0 };
  const stored = JSON.parse(readFileSync(file, 'utf8')) as Progress;
  if (stored.from !== from || stored.to !== to)
    throw new CannotCopy(
      `${file} tells of another copy (${stored.from} to ${stored.to}). Name another file with --progress.`,
    );
  return stored;
}

/** What the target holds beyond what is known of it must be the source's next events, one by one. */
async function align(source: EventLog, target: EventLog, known: Progress, end: number): Promise<Progress> {
  const start = (c: Cursor): number | Cursor => (c.position === 0 ? 0 : c);
  const ours = eventsOf(source, start(known.source), end);
  let progress = known;
  try {
    for await (const t of eventsOf(target, start(known.target), await target.head())) {
      const { value: s, done } = await ours.next();
      if (done)
        throw new CannotCopy(
          `The target has gone on by itself: it holds ${t.stream} version ${t.version} (${t.type}), ` +
            'which the source has not. Copy the other way, into a new log.',
        );
      const difference = differenceOf(s, t, progress.copied + 1);
      if (difference) throw new CannotCopy(`The target is no copy of the source: ${difference}.`);
      progress = {
        ...progress,
        source: { position: s.position, id: s.id },
        target: { position: t.position, id: t.id },
        copied: progress.copied + 1,
      };
    }
  } finally {
    await ours.return(undefined);
  }
  return progress;
}

/** Events that follow each other in one stream, after a version of it. */
interface Run {
  readonly stream: string;
  readonly after: number;
  readonly events: LoggedEvent[];
}

async function append(
  source: EventLog,
  target: EventLog,
  known: Progress,
  end: number,
  onAppended: (p: Progress) => void,
): Promise<void> {
  let progress = known;
  const limit = waveOf(target);
  let wave: Run[] = [];
  let bytes = 0;
  /** The last event of the wave. */
  let last: LoggedEvent | undefined;
  const flush = async (): Promise<void> => {
    if (!last) return;
    const source = { position: last.position, id: last.id };
    // Queued in one turn, so in order; the last one's position is the wave's.
    const done = await Promise.all(
      wave.map(({ stream, after, events }) => target.append(stream, after, events)),
    );
    progress = {
      ...progress,
      source,
      target: { position: done.at(-1)?.position ?? progress.target.position, id: source.id },
      copied: progress.copied + wave.reduce((n, run) => n + run.events.length, 0),
    };
    wave = [];
    bytes = 0;
    last = undefined;
    onAppended(progress);
  };
  for await (const batch of batches(source, known.source.position === 0 ? 0 : known.source, end)) {
    for (const e of batch) {
      if (e.stream === 'log-identity') continue;
      const size = Buffer.byteLength(e.body);
      const joined = (): Run | undefined => {
        const run = wave.at(-1);
        return run?.stream === e.stream && run.events.length < maxRun ? run : undefined;
      };
      if (bytes + size > limit.bytes || (!joined() && wave.length >= limit.appends)) await flush();
      const run = joined();
      if (run) run.events.push(e);
      else wave.push({ stream: e.stream, after: e.version - 1, events: [e] });
      last = e;
      bytes += size;
    }
    await flush();
  }
}
