/**
 * A new node's view file, made from another node's: from its file, beside the node that writes it (SQLite's
 * own backup), or from the node itself over HTTP. Nothing stands under the file's name before all of it has
 * arrived and was checked.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import Database, { allPages } from '../../log/sqlite/driver.js';
import { viewFile } from './view-file.js';

export interface CopiedViews {
  readonly log: string;
  readonly position: number;
}
/** Looks at a copy that has arrived, before it is taken: throws where it is not what this node needs. */
export type Check = (copy: CopiedViews) => Promise<void> | void;

/**
 * `from` is a view file or the folder of one. Throws where the new node has a view file already, or `from` is
 * no whole view file.
 */
export async function copyViews(from: string, dataDir: string, check?: Check): Promise<CopiedViews> {
  if (!existsSync(from)) throw new Error(`There is nothing at ${from}.`);
  const source = statSync(from).isDirectory() ? viewFile(from) : from;
  if (!existsSync(source)) throw new Error(`${from} holds no view file (views.db).`);
  return arriving(source, dataDir, check, async (part) => {
    const db = new Database(source, { readonly: true, fileMustExist: true });
    try {
      // All pages in one step: a source that changes in between would make it begin again.
      await db.backup(part, { progress: () => allPages });
    } finally {
      db.close();
    }
  });
}

/**
 * Asks a running node, at `http(s)://host:port`, for a copy; `token` is its OPERATOR_TOKEN. The token goes to
 * that address only, never after a redirection. Throws with what to do when the node cannot be reached,
 * refuses, or the copy does not arrive whole.
 */
export async function fetchViews(
  node: string,
  token: string,
  dataDir: string,
  check?: Check,
): Promise<CopiedViews> {
  const url = new URL('/operator/views', node);
  const name = url.origin;
  const broken = (what: string): Error =>
    new Error(`The copy from ${name} did not arrive whole: ${what}. Nothing was kept; run this again.`);
  let told: CopiedViews | undefined;
  return arriving(
    name,
    dataDir,
    async (copy) => {
      if (copy.log !== told?.log || copy.position !== told.position)
        throw broken(`it stands at ${copy.position} of ${copy.log}, not where the node said`);
      await check?.(copy);
    },
    async (part) => {
      const answer = await fetch(url, {
        headers: { authorization: `Bearer ${token}` },
        redirect: 'error',
      }).catch((error: unknown) => {
        throw new Error(
          `${name} cannot be reached: ${reason(error)}. Name a running node as http(s)://host:port.`,
        );
      });
      if (!answer.ok || !answer.body) {
        await answer.body?.cancel();
        throw new Error(refusal(name, answer.status));
      }
      told = {
        log: answer.headers.get('views-log') ?? '',
        position: Number(answer.headers.get('views-position')),
      };
      const size = Number(answer.headers.get('views-size'));
      const hash = createHash('sha256');
      let bytes = 0;
      const counted = new Transform({
        transform(chunk: Buffer, _, done) {
          bytes += chunk.length;
          hash.update(chunk);
          done(null, chunk);
        },
      });
      await pipeline(answer.body, counted, createWriteStream(part, { mode: 0o600 })).catch(
        (error: unknown) => {
          throw broken(`it broke off after ${bytes} of ${size} bytes (${reason(error)})`);
        },
      );
      if (bytes !== size) throw broken(`${bytes} of ${size} bytes came`);
      if (hash.digest('hex') !== answer.headers.get('views-sha256'))
        throw broken('its content is not what was sent');
    },
  );
}

function refusal(name: string, status: number): string {
  if (status === 401)
    return (
      `${name} does not take this token: OPERATOR_TOKEN must be ` + 'the one that this node was started with.'
    );
  if (status === 404)
    return (
      `${name} gives no copies: it must be a node on a ` +
      'shared log (LOG_URL), started with OPERATOR_TOKEN.'
    );
  if (status === 503)
    return (
      `${name} has no copy to give now: its views are being ` +
      'built, or another copy is under way. Try again soon.'
    );
  return `${name} answered ${status} instead of a copy.`;
}
/** What fetch keeps in the cause. */
const reason = (error: unknown): string => {
  const { cause, message } = error as Error;
  return (cause as { code?: string } | undefined)?.code ?? (cause as Error | undefined)?.message ?? message;
};

/**
 * Brings a copy beside its place, checks it, and only then puts it there; however it fails, nothing is left.
 */
async function arriving(
  source: string,
  dataDir: string,
  check: Check | undefined,
  bring: (part: string) => Promise<void>,
): Promise<CopiedViews> {
  const target = viewFile(dataDir);
  if (existsSync(target))
    throw new Error(`${target} exists. Move it away first: a node's views are copied into a new node only.`);
  mkdirSync(dataDir, { recursive: true });
  const part = `${target}.part`;
  const remove = (): void =>
    [part, `${part}-journal`, `${part}-wal`, `${part}-shm`].forEach((f) => rmSync(f, { force: true }));
  remove();
  try {
    await bring(part);
    const copied = whole(part, source);
    await check?.(copied);
    renameSync(part, target);
    return copied;
  } catch (error) {
    remove();
    throw error;
  }
}

/** Where a copy stands. Throws where it is damaged, no view file, or not built yet. */
function whole(part: string, source: string): CopiedViews {
  const copy = new Database(part);
  try {
    if (copy.pragma('quick_check', { simple: true }) !== 'ok')
      throw new Error(`${source} is damaged. Copy another node's file, or start without one.`);
    const cursor = copy.prepare<[], CopiedViews>('SELECT log, position FROM cursor').get();
    if (!cursor || cursor.position === 0)
      throw new Error(`${source} is still being built. Wait until that node is ready.`);
    copy.pragma('journal_mode = DELETE');
    return cursor;
  } catch (error) {
    throw ['SQLITE_ERROR', 'SQLITE_NOTADB', 'SQLITE_CORRUPT'].includes(
      (error as { code?: string }).code ?? '',
    )
      ? new Error(`${source} is no view file of a node.`)
      : error;
  } finally {
    copy.close();
  }
}
