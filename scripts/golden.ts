/**
 * Adds to the golden corpus a line for each event type and schema that has none: from a spec in which a
 * command decides on it, else from the demo's log. `npm run golden -- --again <Type>` first drops that
 * type's newest line: only for what no release has had.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seed } from '../src/demo/seed/index.js';
import { openDemo } from '../src/demo/demo.js';
import { aggregateNamed, aggregates } from '../src/domain/registry.js';
import { existing } from '../src/domain/kernel/parts.js';
import { currentSchema } from '../src/domain/kernel/types.js';
import { decode, encode, fingerprint } from '../src/log/codec.js';
import { loadReference } from '../src/runtime/reference.js';
import { folder, key, linesOf, missing, replay, type GoldenLine } from '../test/golden/corpus.js';
import { foldings, recorded, stale, statesFile } from '../test/golden/states.js';
import { copySeeded } from '../test/seeded.js';
import type { Shown } from '../test/domain/spec.js';

const again = process.argv.indexOf('--again');
if (again > 0) {
  const type = process.argv[again + 1];
  for (const { name } of aggregates) {
    const lines = linesOf(name);
    const newest = Math.max(0, ...lines.filter((l) => l.type === type).map((l) => l.schema));
    const kept = lines.filter((l) => l.type !== type || l.schema !== newest);
    if (kept.length < lines.length)
      writeFileSync(new URL(`${name}.jsonl`, folder), kept.map((l) => `${JSON.stringify(l)}\n`).join(''));
  }
}

const wanted = missing();
const schemaOf = (aggregate: string, type: string): number =>
  currentSchema(existing(aggregateNamed(aggregate).events[type], type));
/** The shortest history found of each. */
const found = new Map<string, { aggregate: string; line: GoldenLine }>();
function offer(aggregate: string, line: GoldenLine): void {
  const k = key(aggregate, line.type, line.schema);
  const known = found.get(k);
  if (known && known.line.events.length <= line.events.length) return;
  try {
    replay(aggregateNamed(aggregate), line);
  } catch {
    return; // A spec's given events need not be a whole history.
  }
  found.set(k, { aggregate, line });
}

function fromSpec({ aggregate, id, events }: Shown): void {
  const stream = `${aggregate}-${id}`;
  const bodies = events.flatMap(({ type, data, at, by }, i) => {
    const commandId = '00000000-0000-5000-8000-00000000000a';
    return encode(stream, i, [{ type, data }], {
      recordedAt: at,
      actor: by,
      commandId,
      correlation: commandId,
      fingerprint: fingerprint({ type, data }),
    }).map((e) => e.body);
  });
  const type = events.at(-1)?.type;
  if (type === undefined) return;
  offer(aggregate, { type, schema: schemaOf(aggregate, type), events: bodies });
}
const work = mkdtempSync(join(tmpdir(), 'golden-'));
const shownTo = join(work, 'shown.jsonl');
writeFileSync(shownTo, '');
const specs = fileURLToPath(new URL('../test/domain/', import.meta.url));
for (const f of readdirSync(specs).filter((f) => f.endsWith('.test.ts'))) {
  console.log(`test/domain/${f}`);
  const { status } = spawnSync(process.execPath, ['--import=tsx', join(specs, f)], {
    env: { ...process.env, SHOWN_TO: shownTo },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status === 0) continue;
  console.error(`Its spec fails: mend it first (node --import=tsx test/domain/${f}). Nothing was written.`);
  process.exit(1);
}
for (const line of readFileSync(shownTo, 'utf8').split('\n').filter(Boolean))
  fromSpec(JSON.parse(line) as Shown);

if (wanted.some((w) => !found.has(key(w.aggregate.name, w.type, w.schema)))) {
  const demo = await openDemo({ dataDir: join(work, 'demo'), ref: loadReference(), seed, speed: 0 });
  const streams = new Map<string, string[]>();
  for (
    let after = 0, batch = demo.log.readAll(after, 1000);
    batch.length > 0;
    batch = demo.log.readAll(after, 1000)
  ) {
    for (const logged of batch) {
      after = logged.position;
      const { aggregate, type } = decode(logged);
      const bodies = streams.get(logged.stream) ?? [];
      streams.set(logged.stream, bodies);
      bodies.push(logged.body);
      offer(aggregate, { type, schema: schemaOf(aggregate, type), events: [...bodies] });
    }
  }
  await demo.close();
}

const seeded = join(work, 'seeded');
mkdirSync(seeded);
await copySeeded(seeded);
const folded = foldings(seeded);
const outdated = existsSync(statesFile) ? stale(recorded(), folded) : [];
rmSync(work, { recursive: true });
if (outdated.length > 0) throw new Error(outdated.join('\n'));
writeFileSync(statesFile, `${JSON.stringify(folded, null, 2)}\n`);

const unseen: string[] = [];
const written = new Set<string>();
for (const w of wanted) {
  const k = key(w.aggregate.name, w.type, w.schema);
  const hit = found.get(k);
  if (!hit) unseen.push(`${w.aggregate.name}.${w.type} (schema ${w.schema})`);
  else if (!written.has(k)) {
    written.add(k);
    appendFileSync(new URL(`${hit.aggregate}.jsonl`, folder), `${JSON.stringify(hit.line)}\n`);
  }
}
console.log(`${written.size} lines added to test/golden.`);
if (unseen.length > 0) {
  console.error(
    `No spec and no command of the demo gives these events; write a spec that ends in them:\n  ` +
      `${unseen.join('\n  ')}`,
  );
  process.exitCode = 1;
}
