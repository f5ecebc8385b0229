/**
 * `npm run examples`: asks the demo everything on its first morning and keeps the richest short answer of
 * each address for OpenAPI, and what each request may be of its world. The same code answers the same file, so that a difference in it is one of answers.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seed } from '../src/demo/seed/index.js';
import { build } from '../src/app.js';
import { openDemo } from '../src/demo/demo.js';
import { aggregates } from '../src/domain/registry.js';
import type { LogIdentity } from '../src/commands/executor.js';
import { createVerifier } from '../src/http/server/auth.js';
import { requestsFile } from '../src/http/query/example-requests.js';
import { examplesFile, type Example } from '../src/http/query/examples.js';
import { positionToken } from '../src/http/query/position.js';
import { feeds } from '../src/http/questions/feeds.js';
import { queries } from '../src/http/questions/index.js';
import { localIssuer } from '../src/demo/issuer.js';
import { decode } from '../src/log/codec.js';
import { exampleRequests, worldOf } from './example-requests.js';
import { loadReference } from '../src/runtime/reference.js';

const readers = [
  'programme-office@programme:total-place',
  'secretariat@place:leicester-leicestershire',
  'official@agency:department-of-health',
  'auditor@programme:total-place',
];
/** Arrays cut to their first entries: an example shows what there is, not all of it. */
function cut(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 2).map(cut);
  if (!value || typeof value !== 'object') return value;
  const shown = Object.entries(value).slice(0, 100);
  return Object.fromEntries(shown.map(([k, v]) => [k, cut(v)]));
}
/** Stands for an id that is drawn. */
const anyId = '2b1f0c6e-5d1a-4c7e-9a3b-8f6d4e2c1a90';
/** Stands for the name of a node's file of reads. */
const anyNode = '5d1a4c7e';
/** What every position of a log begins with. */
const logMark = (log: LogIdentity): string => positionToken(log, 0).replace(/0$/, '');

/** How many members an answer shows. */
const members = (value: unknown): number =>
  value && typeof value === 'object'
    ? Object.values(value).reduce((n: number, v) => n + 1 + members(v), 0)
    : 0;

const dir = mkdtempSync(join(tmpdir(), 'examples-'));
const service = await openDemo({ dataDir: dir, ref: loadReference(), seed, speed: 0 });
const issuer = await localIssuer();
const app = await build({
  service,
  verify: createVerifier(issuer.verifier),
  version: 'examples',
  ratePerMinute: 1e6,
  accountRatePerMinute: 1e6,
});
try {
  const tokens = await Promise.all(
    readers.map((as) => issuer.token(`post.example.${as.split('@')[0]}`, [as])),
  );
  const demo = await worldOf(service);
  // The demo's first morning has no waiver and no refused command.
  for (const until of ['2009-11-30', '2009-10-01']) {
    const payload = {
      rule: 'EXTENSION_TOO_LONG',
      placeId: 'leicester-leicestershire',
      reason: 'The finance director is away until November',
      until,
    };
    await app.inject({
      method: 'POST',
      url: '/v1/waivers',
      // The waiver's id is made of it.
      headers: { authorization: `Bearer ${tokens[1]}`, 'idempotency-key': `waiver-until-${until}` },
      payload,
    });
  }
  const world = new Map<string, Set<string>>();
  /** What is drawn anew at each run, and what stands for it in the file. */
  const drawn = new Map([
    [logMark(service.log.identity), logMark({ ...service.log.identity, logId: anyId })],
  ]);
  for (const { aggregate, recordId, type, commandId } of service.log.readAll(0, 100_000).map(decode)) {
    world.set(aggregate, (world.get(aggregate) ?? new Set()).add(recordId));
    if (type === 'CommandRefused') drawn.set(commandId, anyId);
  }
  drawn.set(service.reads.node, anyNode);
  const asking: Record<string, string> = {
    '/v1/reads': '?sort=at&record=place-durham',
    '/v1/search': '?q=durham',
    '/v1/compare': '?record=place-durham&from=2009-06-30T12:00:00Z',
    '/v1/lineage': '?record=commitment-ll-commissioning-strategy&depth=1',
  };
  const found: Record<string, Example> = {};
  // What may be done is asked of every kind of record alike, and told of one.
  const isTold = (url: string): boolean =>
    !url.includes('/commands') || url === '/v1/pools/commands' || url === '/v1/pools/:id/commands';
  for (const { url } of [...queries, ...feeds.filter((f) => 'application/json' in f.answers)]) {
    if (!isTold(url)) continue;
    const aggregate = aggregates.find((a) => a.collection === url.split('/')[2])?.name ?? 'agency';
    const addresses = url.includes(':id')
      ? [...(world.get(aggregate) ?? [])].map((id) => url.replace(':id', encodeURIComponent(id)))
      : [url + (asking[url] ?? '')];
    let most = -1;
    for (const asked of addresses)
      for (const [i, as] of readers.entries()) {
        const r = await app.inject({
          method: 'GET',
          url: asked,
          headers: { authorization: `Bearer ${tokens[i]}` },
        });
        if (r.statusCode !== 200) continue;
        const answer = cut(r.json());
        const n = JSON.stringify(answer).length > 20_000 ? 0 : members(answer);
        if (n > most) [most, found[url]] = [n, { asked, as, answer }];
      }
    if (most <= 0) console.error(`${url}: ${most < 0 ? 'nobody is answered' : 'every answer is long'}`);
  }
  let text = JSON.stringify(found, null, 1);
  for (const [given, stands] of drawn) text = text.replaceAll(given, stands);
  writeFileSync(examplesFile, `${text}\n`);
  const requests = exampleRequests(demo, found);
  writeFileSync(requestsFile, `${JSON.stringify(requests, null, 1)}\n`);
} finally {
  await app.close();
  await service.close();
  rmSync(dir, { recursive: true });
}
