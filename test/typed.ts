/**
 * What a document tells its reader to type: its fenced blocks, and a shell beside the demo to type them in.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Test } from 'tap';
import { asTypeScript } from './as-typescript.js';
import { copySeeded } from './seeded.js';

export const root = fileURLToPath(new URL('../', import.meta.url));

export interface Block {
  readonly page: string;
  readonly line: number;
  /** Empty where the fence names none. */
  readonly language: string;
  /** What it needs that a test does not have, as its fence says: ```sh needs="docker". */
  readonly needs?: string;
  readonly code: string;
}

/** The fenced blocks of a page, those inside lists too. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^( *)```(\w*)([^\n]*)\n([\s\S]*?)^ *```$/gm)].map((m) => {
    const [, indent, language, more, code] = m as unknown as string[];
    const needs = /^ needs="([^"]+)"$/.exec(more!)?.[1];
    if (more && !needs)
      throw new Error(`${page}: a fence says${more}, which nobody understands. It may say needs="…"`);
    return {
      page,
      line: text.slice(0, m.index).split('\n').length,
      language: language!,
      code: code!.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      ...(needs ? { needs } : {}),
    };
  });
}

const cli = `'${process.execPath}' '${asTypeScript}' '${join(root, 'src/cli.ts')}'`;
/**
 * A shell in a folder of its own. It stops at the first command that fails, and at a curl whose answer is a
 * problem.
 */
export async function type(dir: string, code: string): Promise<string> {
  const strict =
    'set -euo pipefail; curl() { command curl --fail-with-body --show-error --max-time 60 "$@"; echo; }\n' +
    `total-place() { ${cli} "$@"; }\n`;
  const { stdout } = await promisify(execFile)('bash', ['-c', strict + code], {
    cwd: dir,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/**
 * The demo, seeded and listening; gives the folder in which a reader would stand: `./var/demo/demo.env` is
 * there. `fresh`: it seeds itself.
 */
export async function besideTheDemo(t: Test, { fresh = false } = {}): Promise<string> {
  const dir = t.testdir({});
  if (!fresh) await copySeeded(join(dir, 'var/demo'));
  const demo = spawn(
    process.execPath,
    [
      asTypeScript,
      'src/cli.ts',
      'demo',
      '--json',
      '--port',
      '0',
      '--operator-port',
      '0',
      '--data-dir',
      join(dir, 'var/demo'),
    ],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  t.teardown(async () => {
    if (demo.exitCode !== null) return;
    demo.kill('SIGTERM');
    await once(demo, 'exit');
  });
  for await (const line of createInterface({ input: demo.stdout })) if (line.startsWith('{')) break;
  t.equal(demo.exitCode, null, 'the demo runs');
  return dir;
}
