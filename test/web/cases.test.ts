/** A form that replaces a value as a whole begins with that value, once it is said of which part it is. */
import { test } from 'tap';
import { readers, type DemoReader } from '../../src/demo/readers.js';
import { decode } from '../../src/log/codec.js';
import { fill } from '../../src/web/form/fill.js';
import { inCase, withCase, type Case } from '../../src/web/form/cases.js';
import { Inputs } from '../../src/web/form/inputs.js';
import { nodeOf } from '../../src/web/form/node.js';
import { inputsOf, openForms, type FormsWorld, type Sent } from './forms-world.js';

const office = readers.find((one) => one.variable === 'PROGRAMME_OFFICE') as DemoReader;
const programme = '/programmes/total-place';

/** Sends what is on the page, with what is typed, and goes on. */
function next(
  world: FormsWorld,
  address: string,
  page: Sent,
  typed: Readonly<Record<string, string>>,
  button = '_next',
): Promise<Sent> {
  const kept = inputsOf(page.html).filter(([name]) => !Object.hasOwn(typed, name));
  return world.post(office, address, [...kept, ...Object.entries(typed), [button, 'yes']]);
}
const valueOf = (page: Sent, name: string): string | undefined =>
  inputsOf(page.html).find(([given]) => given === name)?.[1];

test('what replaces a whole value begins with the one that stands, once it is said of which', async (t) => {
  const world = await openForms(t);
  const { json } = await world.inject('', office.account, 'GET', `/v1${programme}`);
  const address = `${programme}/templates`;
  const first = await world.open(office, address);
  const page = await next(world, address, first, { roundKind: 'final', placeKind: 'pilot' });
  const { sections } = json.templates['final.pilot'];
  t.equal(valueOf(page, '_rows.sections'), String(sections.length), 'as many sections as there are');
  t.equal(valueOf(page, 'sections.0.title'), sections[0].title);

  const back = await next(world, address, page, { 'sections.0.title': 'Mine' }, '_back');
  const again = await next(world, address, back, {});
  t.equal(valueOf(again, 'sections.0.title'), 'Mine', 'what was typed stays while the choice does');
  const elsewhere = await next(world, address, back, { placeKind: 'parallel' });
  const parallel = json.templates['final.parallel'].sections;
  t.equal(valueOf(elsewhere, 'sections.0.title'), parallel[0].title, 'another choice, another value');
  t.equal(valueOf(elsewhere, '_rows.sections'), String(parallel.length));

  const check = await next(world, address, again, {});
  const from = await world.head();
  await next(world, address, check, {}, '_record');
  const [set] = world.service.log.readAll(from, 10).map(decode);
  const replaced = [{ ...sections[0], title: 'Mine' }, ...sections.slice(1)];
  t.match(set, { type: 'SubmissionTemplateSet', data: { roundKind: 'final', placeKind: 'pilot' } });
  t.strictSame((set?.data as { sections: unknown }).sections, replaced, 'what nobody changed is as it was');
});

test('steps, milestones and names begin as they stand', async (t) => {
  const world = await openForms(t);
  const { json } = await world.inject('', office.account, 'GET', `/v1${programme}`);
  const steps = await world.open(office, `${programme}/required-steps`);
  const asked = await next(world, `${programme}/required-steps`, steps, { placeKind: 'pilot' });
  t.equal(valueOf(asked, '_rows.steps'), String(json.steps.pilot.length));
  t.equal(valueOf(asked, 'steps.0.name'), json.steps.pilot[0].name);
  const named = await world.open(office, `${programme}/place-names?placeId=durham`);
  t.equal(valueOf(named, 'name'), json.places.durham.name, 'one that the address names, at once');
  const blank = await world.open(office, `${programme}/place-names`);
  t.equal(valueOf(blank, 'name'), '', 'and none while it is not said which');
});

test('a case is found by what it is told apart by, and by nothing else', async (t) => {
  const node = nodeOf({
    type: 'object',
    properties: {
      part: { type: 'string', field: 'line', label: 'Part' },
      no: { type: 'integer', field: 'number', label: 'Number' },
      text: { type: 'string', field: 'line', label: 'Text' },
      reason: { type: 'string', field: 'line', label: 'Reason' },
    },
  });
  const cases: Case[] = [
    { when: { part: 'a', no: 1 }, values: { text: 'of a' } },
    { when: { part: 'b', no: 2 }, values: { text: 'of b' } },
  ];
  const said = (inputs: Inputs) => Object.fromEntries(inputs.entries());
  const a = inCase(node, cases, Inputs.of('part=a&no=1&reason=mine'));
  t.match(said(a), { text: 'of a', reason: 'mine' });
  t.equal(inCase(node, cases, a.with('text', 'typed')).first('text'), 'typed');
  const b = inCase(node, cases, a.with('text', 'typed').with('part', 'b').with('no', '2'));
  t.match(said(b), { text: 'of b', reason: 'mine' });
  t.equal(inCase(node, cases, b.with('no', '1')).first('text'), undefined, 'one of which nothing stands');
  t.equal(inCase(node, [], a), a, 'nothing is told apart');
  t.same(withCase(cases, { part: 'b', no: 2 }), { part: 'b', no: 2, text: 'of b' });
  t.same(withCase(cases, { part: 'b', no: 2, text: 'named' }).text, 'named');
  t.same(said(fill(node, withCase(cases, { part: 'c' }))), { part: 'c' });
});
