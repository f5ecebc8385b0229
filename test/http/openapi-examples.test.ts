/**
 * What the description of the API shows of its requests is of the demo: whoever pastes an address is answered,
 * and what a body names is there.
 */
import { test } from 'tap';
import { grantsOf, readers } from '../../src/demo/readers.js';
import type { States } from '../../src/domain/states.js';
import { openapi } from '../../src/http/openapi.js';
import { commandRoutes } from '../../src/http/query/command-routes.js';
import { bodySchema, isObject, type Json } from '../../src/http/query/command-schema.js';
import { decode } from '../../src/log/codec.js';
import { Property } from '../holds.js';
import { openHarness, type Harness } from './harness.js';

const document = JSON.parse(JSON.stringify(openapi('0.0.0-test')));
const found = (thing: any): any =>
  thing.$ref === undefined
    ? thing
    : thing.$ref
        .split('/')
        .slice(1)
        .reduce((at: any, step: string) => at[step], document);
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: true;
  readonly example?: string | number;
}
const parametersOf = (operation: any): Parameter[] =>
  operation.parameters.map(found).filter((one: Parameter) => one.in !== 'header');
const operations = (method: string): [string, any][] =>
  Object.entries<any>(document.paths).flatMap(([path, methods]) =>
    methods[method] ? [[path, methods[method]] as [string, any]] : [],
  );

/** Of which the demo has nothing to show on its first morning, or which never ends. */
const without: Readonly<Record<string, string>> = {
  '/v1/waivers/{id}': 'nobody has asked for a waiver',
  '/v1/waivers/{id}/commands': 'nobody has asked for a waiver',
  '/v1/waivers/{id}/commands/{name}/choices': 'nobody has asked for a waiver',
  '/v1/programmes/commands/{name}/choices': 'defining one names nothing',
  '/v1/agencies/commands/{name}/choices': 'registering one names nothing',
  '/v1/funding-streams/commands/{name}/choices': 'defining one names nothing',
  '/v1/calendar/{secret}.ics': 'the secret is its owner’s',
  '/v1/live': 'it goes on for as long as somebody listens',
};

test('every address that is shown answers some reader of the demo', { timeout: 600_000 }, async (t) => {
  const harness = await openHarness(t);
  /** Who was answered last is asked first. */
  let order = readers;
  async function isAnswered(url: string): Promise<boolean> {
    for (const reader of order) {
      const { status } = await harness.inject(grantsOf(reader).join(' '), reader.account, 'GET', url);
      if (status !== 200) continue;
      order = [reader, ...order.filter((one) => one !== reader)];
      return true;
    }
    return false;
  }
  const answered = new Property('some reader is answered');
  const lacking: string[] = [];
  for (const [path, operation] of operations('get')) {
    const parameters = parametersOf(operation);
    const must = parameters.filter((one) => one.in === 'path' || one.required);
    if (path === '/v1/live' || must.some(({ example }) => example === undefined)) {
      lacking.push(path);
      continue;
    }
    const address = must
      .filter((one) => one.in === 'path')
      .reduce((at, { name, example }) => at.replace(`{${name}}`, encodeURIComponent(String(example))), path);
    const asked = must.filter((one) => one.in === 'query').map((one) => [one.name, String(one.example)]);
    const others = parameters.filter((one) => !must.includes(one) && one.example !== undefined);
    for (const more of [[], ...others.map((one) => [[one.name, String(one.example)]])]) {
      const query = new URLSearchParams([...asked, ...more] as [string, string][]).toString();
      const url = query === '' ? address : `${address}?${query}`;
      answered.holds(t, url, await isAnswered(url));
    }
  }
  answered.settle(t);
  t.same(lacking.sort(), Object.keys(without).sort(), 'of everything else an address is shown');
});

test('every parameter that names something of the programme’s shows what the demo has', async (t) => {
  const names =
    /^(id|name|member|of|record|address|account|actor|place|region|gssCode|mustAct|scope|as|roundNo)$|.Id$/;
  const bare = operations('get').flatMap(([path, operation]) =>
    parametersOf(operation)
      .filter((one) => names.test(one.name) && one.example === undefined)
      .map((one) => `${path} ${one.name}`),
  );
  t.same(
    bare.filter((one) => !Object.hasOwn(without, one.split(' ')[0]!)),
    [],
  );
});

/** What a member that names something says, wherever it stands in a body. */
interface Named {
  readonly path: string;
  readonly leaf: Json;
  readonly value: string | number;
  readonly beside: Json;
}
function* namedIn(schema: Json, value: unknown, beside: Json = {}, path = ''): Generator<Named> {
  if (schema.field === 'ref' || schema.field === 'part') {
    for (const one of [value].flat())
      if (typeof one === 'string' || typeof one === 'number')
        yield { path, leaf: schema, value: one, beside };
    return;
  }
  const branches = [schema.anyOf, schema.oneOf].flat().filter(isObject);
  for (const branch of branches) yield* namedIn(branch, value, beside, path);
  if (Array.isArray(value) && isObject(schema.items))
    for (const one of value) yield* namedIn(schema.items, one, beside, path);
  else if (isObject(value) && isObject(schema.properties))
    for (const [name, one] of Object.entries(value)) {
      const member = schema.properties[name];
      if (isObject(member)) yield* namedIn(member, one, value, path === '' ? name : `${path}.${name}`);
    }
}
/** Every key, text and number in a state. */
function wordsOf(value: unknown, words = new Set<unknown>()): ReadonlySet<unknown> {
  if (Array.isArray(value)) for (const one of value) wordsOf(one, words);
  else if (isObject(value)) for (const [key, one] of Object.entries(value)) wordsOf(one, words.add(key));
  else words.add(value);
  return words;
}
/** Parts of which no record of the demo has one on its first morning. */
const noParts: Readonly<Record<string, string>> = {
  'POST /v1/funding-streams/{id}/relaxation-ends relaxationId': 'no ring-fence is relaxed',
  'POST /v1/submissions/{id}/query-answers queryId': 'nobody has queried a return',
  'POST /v1/commitments/{id}/milestones-reached milestoneId': 'no commitment has milestones',
};

async function recordsOf(harness: Harness) {
  const states = new Map<string, object>();
  const accounts = new Set<string>();
  for (const { aggregate, recordId, stream } of harness.service.log.readAll(0, 100_000).map(decode)) {
    if (states.has(stream)) continue;
    const { state } = await harness.service.executor.load(aggregate as keyof States, recordId);
    states.set(stream, state);
    const { accountId } = state as { readonly accountId?: string };
    if (accountId !== undefined) accounts.add(accountId);
  }
  return { states, accounts };
}

test('what the body of a command names is in the demo, and so is the record that it is given on', async (t) => {
  const harness = await openHarness(t);
  const { states, accounts } = await recordsOf(harness);
  const there = new Property('it is in the demo');
  const lacking: string[] = [];
  let looked = 0;
  for (const route of commandRoutes) {
    const { aggregate, entry } = route;
    const path = route.url.replace(':id', '{id}');
    const { requestBody, parameters } = document.paths[path].post;
    const { example } = requestBody.content['application/json'];
    const id = parameters.map(found).find((one: Parameter) => one.in === 'path')?.example;
    if (!entry.creates && id === undefined) {
      if (aggregate.name !== 'waiver') t.fail(`POST ${path} shows no record`);
    } else if (!entry.creates) there.holds(t, `POST ${path} ${id}`, states.has(`${aggregate.name}-${id}`));
    for (const { path: member, leaf, value, beside } of namedIn(bodySchema(route), example)) {
      looked++;
      const kind = String(typeof leaf.kindFrom === 'string' ? beside[leaf.kindFrom] : leaf.kind);
      const owner = leaf.of === undefined ? aggregate.name : String(leaf.of);
      const holder = leaf.of === undefined ? id : beside[`${owner}Id`];
      const holders = [...states].filter(
        ([stream]) => stream.startsWith(`${owner}-`) && (!holder || stream === `${owner}-${holder}`),
      );
      const isThere = (): boolean => {
        if (leaf.field === 'part')
          return holders.some(([, state]) => {
            const words = wordsOf(state);
            return words.has(value) || words.has(String(value));
          });
        if (kind === 'person' || kind === 'account') return accounts.has(String(value));
        return states.has(kind === 'record' ? String(value) : `${kind}-${value}`);
      };
      const spot = `POST ${path} ${member}`;
      if (Object.hasOwn(noParts, spot)) {
        lacking.push(spot);
        t.notOk(isThere(), `${spot}: ${noParts[spot]}`);
      } else there.holds(t, `${spot} ${value}`, isThere());
    }
  }
  there.settle(t);
  t.ok(looked > 100, `${looked} names`);
  t.same(lacking.sort(), Object.keys(noParts).sort());

  const answers = document.paths['/v1/departments/{id}/answers'].post;
  const { barriers } = answers.requestBody.content['application/json'].example;
  t.ok(barriers.length > 0);
  const department = answers.parameters.map(found).find((one: Parameter) => one.in === 'path').example;
  for (const { id } of barriers) {
    const barrier = states.get(`barrier-${id}`) as States['barrier'] | undefined;
    t.ok(barrier && Object.hasOwn(barrier.owners, department), `${department} owns ${id}`);
  }
});
