/**
 * A CSV is read away from here: its addresses are whole, what is withheld says so, and a record that is told
 * in rows has one for each.
 */
import { parse } from 'csv-parse/sync';
import { test } from 'tap';
import { csvText } from '../../src/http/query/csv.js';
import { CommitmentLine } from '../../src/http/questions/commitments-shape.js';
import { openHarness, type Harness } from './harness.js';

type Who = readonly [as: string, account: string];
const auditor: Who = ['auditor@programme:total-place', 'post.auditor'];
const treasury: Who = ['treasury@programme:total-place', 'post.treasury'];
const member: Who = ['secretariat@place:durham', 'post.lead.durham'];
const untold = 'Not shared with you';

async function rowsOf(harness: Harness, reader: Who, url: string, headers: Record<string, string> = {}) {
  const answer = await harness.inject(...reader, 'GET', url, undefined, { accept: 'text/csv', ...headers });
  return parse(answer.raw, { bom: true, columns: true }) as Record<string, string>[];
}
const bodyOf = async (harness: Harness, reader: Who, url: string): Promise<any> =>
  (await harness.inject(...reader, 'GET', url)).json;

test('addresses in a CSV are whole, where the operator said at which; nobody else says it', async (t) => {
  const harness = await openHarness(t, { publicAddress: 'https://total-place.example' });
  const evil = { host: 'evil.example', 'x-forwarded-host': 'evil.example' };
  let addresses = 0;
  for (const url of [
    '/v1/barriers',
    '/v1/commitments',
    '/v1/pools?limit=2',
    '/v1/departments/department-for-work-and-pensions/docket',
    '/v1/timeline?limit=20',
    '/v1/timeline?kind=pool',
    '/v1/calendar',
  ]) {
    let odd: string | undefined;
    for (const row of await rowsOf(harness, auditor, url, evil))
      for (const address of [row.link, row.lineage]) {
        if (!address || address.startsWith('None')) continue;
        addresses++;
        if (!/^https:\/\/total-place\.example\/(?!v1\/)[a-z]/.test(address)) odd = address;
      }
    t.equal(odd, undefined, url);
  }
  t.ok(addresses > 100, `${addresses} addresses`);
  const [first] = await rowsOf(harness, auditor, '/v1/barriers?limit=1');
  t.match(first, {
    link: `https://total-place.example/barriers/${first!.id}`,
    lineage: `https://total-place.example/lineage?record=barrier-${first!.id}`,
  });
});

test('what is withheld says so in its cell, and what there is none of is empty', async (t) => {
  const harness = await openHarness(t);
  const [first] = await rowsOf(harness, auditor, '/v1/barriers?limit=1', { host: 'evil.example' });
  t.equal(first!.link, `/v1/barriers/${first!.id}`, 'where nobody said it, as the API has it');

  const none = { moneyPence: null, progress: null };
  t.equal(
    csvText(
      { columns: ['moneyPence', 'progress'], row: CommitmentLine },
      [{ ...none, notDisclosed: true }, none],
      {},
      false,
    ),
    `${untold},\n,\n`,
    'money is withheld where the row says so; that there is no report is nobody’s to withhold',
  );

  const pools = await bodyOf(harness, treasury, '/v1/pools?limit=200');
  const cells = await rowsOf(harness, treasury, '/v1/pools?limit=200');
  const sums = pools.items.map((pool: any) => pool.pledgedPence);
  t.same(
    cells.map((row) => row.pledgedPence),
    sums.map((sum: number | null) => (sum === null ? untold : String(sum))),
  );
  t.ok(sums.includes(null));

  const [public_] = await rowsOf(harness, auditor, '/v1/places/durham/progress?audience=public');
  const progress = await bodyOf(harness, auditor, '/v1/places/durham/progress?audience=public');
  t.equal(progress.commitments.live, null);
  t.equal(public_!.commitmentsLive, untold, 'a count of what the audience sees nothing of');
});

test('progress since a day says in its CSV what changed', async (t) => {
  const harness = await openHarness(t);
  const url = '/v1/programmes/total-place/progress';
  const { places } = await bodyOf(harness, auditor, `${url}?since=2009-09-15`);
  const rows = await rowsOf(harness, auditor, `${url}?since=2009-09-15`);
  t.ok(places.some((place: any) => place.changed.stepsDone.length > 0));
  for (const [index, { changed, steps }] of places.entries()) {
    const called = (id: string) => steps.find((step: any) => step.id === id).name;
    t.match(rows[index], {
      ragBefore: changed.rag.from,
      whitehallRagBefore: changed.whitehallRag.from,
      stepsDoneSince: changed.stepsDone.map(called).join('; '),
      answersSince: String(changed.answers),
      pledgedBeforePence: changed.pledgedPence.from === null ? untold : String(changed.pledgedPence.from),
      pledgedNowPence: changed.pledgedPence.to === null ? untold : String(changed.pledgedPence.to),
    });
    for (const { text } of changed.reasonsNew) t.ok(rows[index]!.reasonsNew!.includes(text), text);
  }
  const [plain] = await rowsOf(harness, auditor, url);
  t.match(plain, { ragBefore: '', stepsDoneSince: '', pledgedNowPence: '' }, 'nothing where no day is asked');
});

test('a decision, its audit and a statement have a row for each thing that they tell', async (t) => {
  const harness = await openHarness(t);
  const { items } = await bodyOf(harness, auditor, '/v1/decisions?limit=200');
  const spoken = items.filter((decision: any) => decision.positions.length > 1);
  t.ok(spoken.length > 0);
  for (const { id, question, positions } of spoken) {
    t.match(
      await rowsOf(harness, auditor, `/v1/decisions/${id}`),
      positions.map(({ seatId, agency, stance, reason }: any) => ({
        decisionId: id,
        question,
        seatId,
        agency,
        stance,
        reason: reason ?? '',
      })),
      `${id}: a row a position`,
    );
    const audit = await bodyOf(harness, auditor, `/v1/decisions/${id}/audit`);
    const told = await rowsOf(harness, auditor, `/v1/decisions/${id}/audit`);
    const of = (part: string) => told.filter((row) => row.part === part);
    t.equal(of('voter').length, audit.voters.length);
    t.equal(of('statement').length, audit.voters.flatMap((voter: any) => voter.history).length);
    t.same(
      of('event').map((row) => [row.at, row.text, row.actorAccount, row.recordVersion]),
      audit.history.map((e: any) => [e.recordedAt, e.text, e.actor.account, String(e.version)]),
    );
    t.same(
      of('step').map((row) => row.text),
      (audit.arithmetic ?? audit.ifClosedNow).steps.map((step: any) => step.text),
    );
    t.equal(of('affected').length, audit.affected.length);
  }
  for (const reader of [member, treasury]) {
    const pool = await bodyOf(harness, reader, '/v1/pools/durham-warm-homes');
    const rows = await rowsOf(harness, reader, '/v1/pools/durham-warm-homes');
    const cell = (pence: number | null): string => (pence === null ? untold : String(pence));
    t.equal(rows[0]!.pledgedPence, cell(pool.pledgedPence), 'first its sums');
    t.same(
      rows.filter(({ part }) => part === 'pledge').map((row) => [row.pledgedPence, row.drawnPence]),
      pool.pledges.map((pledge: any) => [cell(pledge.pledgedPence), cell(pledge.drawnPence)]),
    );
    t.same(
      rows.filter(({ part }) => part === 'allocation').map((row) => row.allocatedPence),
      pool.allocations.map((allocation: any) => cell(allocation.pence)),
    );
    t.equal(
      rows.length,
      1 +
        pool.pledges.length +
        pool.allocations.length +
        (pool.reservations ?? []).length +
        pool.positions.length +
        pool.yearEnds.length,
    );
  }
});
