/**
 * The demo's directory, seeded once for all tests and copied for each: kept under a name made of the contents
 * of all it follows from. Whoever opens a copy finds the clock set once more, on a log that has the same id
 * in every test.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDemo } from '../src/demo/demo.js';
import { seed } from '../src/demo/seed/index.js';
import { loadReference } from '../src/runtime/reference.js';
import { restless } from './commands/world.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const kept = join(root, 'node_modules/.cache/total-place');
let name: string | undefined;

/** Copies the seeded directory into an empty one. */
export async function copySeeded(dataDir: string): Promise<void> {
  name ??= `seeded-${contentsHash(['src', 'data', 'package-lock.json', fileURLToPath(import.meta.url).slice(root.length)])}`;
  const template = join(kept, name);
  for (;;) {
    if (!existsSync(template)) await build(template);
    try {
      cpSync(template, dataDir, { recursive: true });
    } catch (error) {
      if (existsSync(template)) throw error;
    }
    // A run on other sources may have taken it away meanwhile: then what was copied need not be whole.
    if (existsSync(template)) return;
    for (const entry of readdirSync(dataDir)) rmSync(join(dataDir, entry));
  }
}

/**
 * Seeds beside it and puts it in its place at once; where another process was quicker, what it made is as
 * good.
 */
async function build(template: string): Promise<void> {
  mkdirSync(kept, { recursive: true });
  const work = mkdtempSync(join(kept, 'work-'));
  try {
    const service = await openDemo({
      dataDir: work,
      ref: loadReference(),
      seed,
      speed: 0,
      machine: restless(),
      onError: (e) => console.error(e),
    });
    await service.close();
    renameSync(work, template);
    discard(
      readdirSync(kept).filter((entry) => entry.startsWith('seeded-') && join(kept, entry) !== template),
    );
  } catch (error) {
    if (!existsSync(template)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Out of the way first, so that nobody finds half of one. */
function discard(entries: readonly string[]): void {
  for (const entry of entries) {
    const gone = mkdtempSync(join(kept, 'gone-'));
    try {
      renameSync(join(kept, entry), join(gone, entry));
    } catch {
      // Another process discards it.
    }
    rmSync(gone, { recursive: true, force: true });
  }
}

function contentsHash(paths: readonly string[]): string {
  const hash = createHash('sha256').update(process.version);
  const add = (path: string): void => {
    const full = join(root, path);
    if (statSync(full).isDirectory())
      return readdirSync(full)
        .sort()
        .forEach((entry) => add(join(path, entry)));
    hash.update(`\0${path}\0`).update(readFileSync(full));
  };
  paths.forEach(add);
  return hash.digest('hex').slice(0, 32);
}
