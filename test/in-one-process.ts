/**
 * The test files of a folder, one after the other in one process: what they need takes longer to load than
 * most of them to run. Each file runs by itself too: `node --import=tsx test/http/list.test.ts`. Those over
 * HTTP do not import the domain's `spec.ts`, in whose processes no prototype can be written to: libraries do.
 */
import { readdirSync } from 'node:fs';
import t from 'tap';

/** Imports them in the order of their names; `folder` is relative to here, with a `/` at its end. */
export async function inOneProcess(folder: string): Promise<void> {
  // All of them are one test to tap, which by default ends one after 30 seconds: how fast this machine is says
  // nothing about them.
  t.setTimeout(1_800_000);
  const at = new URL(folder, import.meta.url);
  for (const file of readdirSync(at).sort())
    if (file.endsWith('.test.ts')) await import(new URL(file, at).href);
}
