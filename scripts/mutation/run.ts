/**
 * Runs every spec of the domain once in one process, with each refusal taken out in turn, and says which
 * nobody would miss.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aggregates } from '../../src/domain/registry.js';
import type { Seen } from '../../test/domain/mutants.js';
import { switched } from './hooks.mjs';

const at = (path: string): URL => new URL(path, import.meta.url);

export interface Report {
  /** Refusals that commands declare (`aggregate.Command.CODE`). */
  readonly declared: readonly string[];
  /** Commands with one refusing line taken out (`aggregate.Command@file:line`). */
  readonly lines: readonly string[];
  /** Those of both without which every spec stays green, and refusing lines that no spec reaches. */
  readonly survivors: readonly string[];
}

/** Rejects when the specs fail by themselves: nothing could be said then. */
export async function mutate(): Promise<Report> {
  const dir = mkdtempSync(join(tmpdir(), 'mutants-'));
  const file = join(dir, 'seen.json');
  try {
    const specs = readdirSync(at('../../test/domain/')).filter((f) => f.endsWith('.test.ts'));
    const imports = specs
      .map((f) => `await import(${JSON.stringify(at(`../../test/domain/${f}`).href)});`)
      .join('');
    const args = [
      '--import=tsx',
      `--import=${at('register.mjs').href}`,
      '--input-type=module',
      '--eval',
      imports,
    ];
    let output = '';
    // All specs are one test to tap, which ends one after 30 seconds by default: how fast this machine is
    // says nothing about them.
    const code = await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, args, {
        cwd: fileURLToPath(at('../../')),
        env: { ...process.env, MUTANTS_TO: file, TAP: '1', TAP_TIMEOUT: '600' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.on('error', reject).on('close', resolve);
    });
    if (code !== 0)
      throw new Error(
        `The specs fail before any rule is taken out:\n${output
          .split('\n')
          .filter((l) => !/^ *ok /.test(l))
          .slice(-60)
          .join('\n')}`,
      );
    const seen = JSON.parse(readFileSync(file, 'utf8')) as Seen;
    const declared = aggregates.flatMap((a) =>
      Object.entries(a.commands).flatMap(([name, entry]) =>
        Object.keys(entry.refuses).map((refusal) => `${a.name}.${name}.${refusal}`),
      ),
    );
    const domain = at('../../src/domain/');
    const files = readdirSync(domain, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));
    const sites = files.flatMap((f) => switched(f, readFileSync(new URL(f, domain), 'utf8')).sites);
    const reached = new Set(seen.tried.map((m) => m.split('@')[1]));
    const survivors = [
      ...declared.filter((d) => !seen.codes.includes(d)),
      ...seen.tried.filter((m) => !seen.noticed.includes(m)),
      ...sites.filter((s) => !reached.has(s)).map((s) => `${s} (no spec comes here)`),
    ];
    return { declared, lines: seen.tried, survivors };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
