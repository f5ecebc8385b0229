/** The log of reads as whoever audits reads it: who read what of which record, and what they were answered. */
import { parse } from 'csv-parse/sync';
import { test, type Test } from 'tap';
import { readers, type DemoReader } from '../../src/demo/readers.js';
import { fieldFor, inputsOf, openForms, type FormsWorld, type Sent } from './forms-world.js';
import { cells } from './cells.js';
import { feedPages, pageAddresses, readerHeaders } from './world.js';
import { poolOfDurham } from '../http/pool-of-durham.js';

const reader = (variable: string): DemoReader => readers.find((one) => one.variable === variable)!;
const [auditor, seatHolder, neighbour] = ['AUDITOR', 'SEAT_HOLDER', 'SUFFOLK'].map(reader) as [
  DemoReader,
  DemoReader,
  DemoReader,
];
const pool = '/pools/durham-warm-homes';
const hidden = '/pools/hidden';
const hiddenForm = `${hidden}/pledges`;

/** The demo, with a pool that nobody sees outside its place. */
async function opened(t: Test): Promise<FormsWorld> {
  const world = await openForms(t);
  const by = ['secretariat@place:durham', 'post.programme-lead.durham'] as const;
  await world.command(...by, '/v1/pools', poolOfDurham('hidden', 'Hidden'));
  return world;
}
const get = async (world: FormsWorld, who: DemoReader, url: string): Promise<string> =>
  (await world.app.inject({ url, headers: readerHeaders(who) })).body;
/** Rows of the page, newest first, but for the moment: all in the demo are of its first morning. */
async function readsShown(world: FormsWorld, asked = ''): Promise<string[][]> {
  const rows = cells(await get(world, auditor, `/reads${asked}`));
  return rows.map(([who = '', what = '', , answered = '']) => [who, what, answered]);
}
const typed = (page: Sent, ...values: [name: string, value: string][]): [string, string][] => [
  ...inputsOf(page.html).filter(([name]) => !values.some(([other]) => other === name)),
  ...values,
];

test('who read what is told in words, a row a page', async (t) => {
  const world = await opened(t);
  const address = `${pool}/pledges`;
  await get(world, seatHolder, pool);
  const form = await world.open(seatHolder, address);
  const mistaken = await world.post(
    seatHolder,
    address,
    typed(form, ['pledgedPence', 'a lot'], ['_next', 'yes']),
  );
  t.equal(mistaken.status, 400);
  await get(world, seatHolder, `${pool}?format=json`);
  await get(world, seatHolder, '/timeline?record=pool-durham-warm-homes');
  await get(world, seatHolder, '/commitments?format=csv');
  await get(world, neighbour, hidden);
  const shown = await readsShown(world);
  const names = new Set(shown.map(([who]) => who));
  t.equal(names.size, 2, 'everybody by one name');
  t.strictSame(
    shown.map(([, read, answered]) => [read, answered]),
    [
      ['Hidden: the page', 'was refused: not found'],
      ['The list “Commitments”, as CSV', 'was shown'],
      ['Warm and safe homes: its history', 'was shown'],
      ['Warm and safe homes: the page, as JSON', 'was shown'],
      ['Warm and safe homes: the form “Pledge money to a pool”', 'was told of mistakes'],
      ['Warm and safe homes: the form “Pledge money to a pool”', 'was shown'],
      ['Warm and safe homes: the page', 'was shown'],
    ],
  );
  t.notMatch([...names].join(), /^post\./, 'no id where there is a name');
});

test('a page is one read, whatever it is made of', async (t) => {
  const world = await opened(t);
  const mostOfAKind = 2;
  const urls = new Set([...pageAddresses(world, mostOfAKind), ...feedPages(), `${pool}/pledges`]);
  for (const url of urls) await get(world, auditor, url);
  const file = await get(world, auditor, `/reads?account=${auditor.account}&format=csv`);
  const rows = parse<{ address: string }>(file, { columns: true, bom: true });
  const counted = new Map<string, number>();
  for (const { address } of rows) counted.set(address, (counted.get(address) ?? 0) + 1);
  const twice = [...counted].filter(([, count]) => count > 1);
  t.equal(counted.size, urls.size);
  t.strictSame(twice, []);
});

test('what records is a command and no read; what was refused on a hidden record is found', async (t) => {
  const world = await opened(t);
  const address = `${pool}/pledges`;
  let page = await world.open(seatHolder, address);
  for (const entered of [{ pledgedPence: '12,400.50' }, { financialYear: '2009/10' }, {}] as readonly Record<
    string,
    string
  >[])
    page = await world.post(seatHolder, address, typed(page, ...Object.entries(entered), ['_next', 'yes']));
  const before = (await readsShown(world)).length;
  const done = await world.post(seatHolder, address, typed(page, ['_record', 'yes']));
  t.equal(done.status, 303);
  t.equal((await readsShown(world)).length, before + 1, 'but for the page of reads itself');

  const refused = await world.post(neighbour, hiddenForm, [
    fieldFor(neighbour, hiddenForm),
    ['_next', 'yes'],
  ]);
  t.equal(refused.status, 404);
  const [newest] = await readsShown(world, '?record=pool-hidden');
  t.match(newest?.slice(1), ['Hidden: the form “Pledge money to a pool”', 'was refused: not found']);
});
