/** Lineage: both ways along the links of a record, never past what the reader may see. */
import { test } from 'tap';
import { canSee } from '../../src/domain/shared/access.js';
import { viewerFor } from '../../src/http/query/deps.js';
import { parseGrant } from '../../src/domain/shared/access.js';
import { access } from '../../src/projections/views/access.js';
import { decode } from '../../src/log/codec.js';
import { isProblem, openHarness } from './harness.js';

const health = ['official@agency:department-of-health', 'post.official.health'] as const;
const lead = ['secretariat@place:durham', 'post.lead.durham'] as const;
const readers = [
  lead,
  health,
  ['treasury@programme:total-place', 'treasury'],
  ['secretariat@place:kent', 'post.lead.kent'],
  ['auditor@programme:total-place', 'auditor'],
  ['', 'nobody'],
] as const;
type Answer = {
  records: { record: string; ways: string[]; distance: number; title: string; link: string | null }[];
  links: { from: string; kind: string; to: string; by: { type: string } }[];
};

test(
  'from a barrier to the promise that answers it, and back; nobody is shown more than they may see',
  { timeout: 120_000 },
  async (t) => {
    const harness = await openHarness(t);
    const get = async (who: readonly [string, string], record: string, more = ''): Promise<Answer> =>
      (await harness.inject(...who, 'GET', `/v1/lineage?record=${record}${more}`)).json;
    const statement = { placeId: 'durham', kind: 'guidance', effectOnResidents: 'They wait' };
    await harness.command(...lead, '/v1/barriers', { id: 'two-forms', statement: 'Two forms', ...statement });
    (harness.service.clock as unknown as { advance(to: string): void }).advance(
      new Date(Date.parse(harness.service.clock.now()) + 60_000).toISOString(),
    );
    await harness.command(...lead, '/v1/barriers', {
      id: 'three-forms',
      statement: 'Three forms',
      ...statement,
    });
    await harness.command(...lead, '/v1/barriers/two-forms/triage', {
      locus: 'whitehall',
      reason: 'Their rule',
    });
    await harness.command(...lead, '/v1/barriers/three-forms/merger', {
      barrierId: 'two-forms',
      reason: 'The same rule',
    });
    await harness.command(...lead, '/v1/barriers/two-forms/owners', { agencyIds: ['department-of-health'] });
    await harness.command(...health, '/v1/barriers/two-forms/ownership-acceptances', {});
    await harness.command(...health, '/v1/barriers/two-forms/answers', {
      position: 'will-remove',
      official: 'Jane Doe',
      dueOn: '2010-01-29',
      measure: 'One form instead of two',
      evidenceExpected: 'A circular',
      verifierAgencyId: 'durham-county-council',
    });
    const mine = await get(lead, 'barrier-two-forms');
    const promise = mine.records.find((x) => x.record.startsWith('commitment-') && x.ways.includes('forth'));
    t.ok(promise, 'the promise follows from the barrier');
    t.match(mine.links, [
      {
        from: 'barrier-three-forms',
        kind: 'merged-into',
        to: 'barrier-two-forms',
        by: { type: 'BarrierMerged' },
      },
    ]);
    const kinds = (a: Answer, from: string): string[] =>
      a.links
        .filter((l) => l.from === from)
        .map((l) => l.kind)
        .sort();
    t.ok(
      kinds(mine, promise!.record).includes('from') && kinds(mine, promise!.record).includes('because'),
      'by its own word, and because of the answer',
    );
    t.ok(kinds(mine, 'barrier-two-forms').includes('carried-by'), 'and carries what was owed');
    const back = await get(lead, promise!.record);
    t.match(
      back.records.find((x) => x.record === 'barrier-two-forms'),
      { ways: ['back', 'forth'], distance: 1, title: 'Two forms', link: '/v1/barriers/two-forms' },
    );
    t.strictSame(
      back.records.find((x) => x.record === 'barrier-three-forms')?.ways,
      ['forth'],
      'one way is never turned into the other',
    );
    const whitehall = await get(health, 'barrier-two-forms');
    t.ok(whitehall.records.some((x) => x.record === promise!.record));
    t.notOk(
      JSON.stringify(whitehall).includes('three-forms'),
      'a members’ barrier is not shown to the department',
    );
    isProblem(
      t,
      await harness.inject(...health, 'GET', '/v1/lineage?record=barrier-three-forms'),
      404,
      'NOT_FOUND',
      'hidden',
    );
    isProblem(
      t,
      await harness.inject(...health, 'GET', '/v1/lineage?record=barrier-none'),
      404,
      'NOT_FOUND',
      'unknown',
    );
    isProblem(
      t,
      await harness.inject(...health, 'GET', '/v1/lineage?record=barrier'),
      400,
      'INVALID_PARAMETER',
      'no record',
    );
    isProblem(
      t,
      await harness.inject(...health, 'GET', '/v1/lineage?record=barrier-two-forms&depth=11'),
      400,
      'INVALID_PARAMETER',
      'too deep',
    );

    // Of every record, for every reader: both ends may be read, and what is one way from here is the other
    // way from there.
    const streams = [...new Set(harness.service.log.readAll(0, 100_000).map((l) => decode(l).stream))];
    const rows = harness.service.engine.queries(access);
    let links = 0;
    for (const who of readers) {
      const grants = who[0] ? [parseGrant(...(who[0].split('@') as [string, string]))!] : [];
      const viewer = viewerFor({ service: harness.service } as never, { account: who[1], grants });
      const may = (stream: string): boolean => {
        const row = rows.record(stream.slice(0, stream.indexOf('-')), stream.slice(stream.indexOf('-') + 1));
        return row !== undefined && canSee(viewer, row);
      };
      const near = new Map<string, Answer>();
      for (const stream of streams) {
        const answer = await harness.inject(who[0], who[1], 'GET', `/v1/lineage?record=${stream}&depth=1`);
        if (answer.status === 400 || answer.status === 404) {
          if (answer.status === 404 && may(stream)) t.fail(`${who[0]} may see ${stream}`);
          continue;
        }
        if (!may(stream) || answer.json.records.some((x: { record: string }) => !may(x.record)))
          t.fail(`${who[0]} was shown too much of ${stream}`);
        near.set(stream, answer.json);
        links += answer.json.links.length;
      }
      for (const [stream, { records, links: seen }] of near)
        for (const l of seen) {
          const other = l.from === stream ? l.to : l.from;
          const there = near.get(other);
          if (there && !there.links.some((x) => x.from === l.from && x.to === l.to && x.kind === l.kind))
            t.fail(`${other} does not know its link with ${stream}`);
          if (records.length < 2) t.fail(`${stream} shows a link without a record`);
        }
    }
    t.ok(links > 20, `${links} links looked at`);
  },
);
