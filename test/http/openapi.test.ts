/**
 * The description of the API, as those use it who never saw this repository: validators, linters, and a
 * client that is generated from it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import openapiTS, { astToString } from 'openapi-typescript';
import { test, type Test } from 'tap';
import ts from 'typescript';
import { openapi } from '../../src/http/openapi.js';
import { openHarness, office, officeAccount } from './harness.js';

const document = JSON.parse(JSON.stringify(openapi('0.0.0-test')));

test('it is OpenAPI 3.1 by a validator, and by Redocly’s recommended rules', async (t) => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  t.ok(valid, JSON.stringify(errors)?.slice(0, 1000));
  const config = await createConfig({ extends: ['recommended'] });
  const lint = (source: object) =>
    lintFromString({ source: JSON.stringify(source), absoluteRef: 'openapi.json', config });
  // Schemas of events are there for who reads /v1/events, whose lines name them.
  const found = (await lint(document))
    .filter((p) => p.ruleId !== 'no-unused-components')
    .map((p) => `${p.ruleId}: ${p.message} ${p.location[0]?.pointer}`);
  t.same(found, [], 'nothing to mend, every example fits its schema');
  const wrong = structuredClone(document);
  wrong.paths['/v1/pools/{id}'].get.responses[200].content['application/json'].examples.demo.value.version =
    'three';
  t.match(
    (await lint(wrong)).map((p) => p.ruleId).sort(),
    ['no-invalid-media-type-examples'],
    'an example that does not fit would be found',
  );
});

type Parameter = { name: string; in: string; description?: string };
const operations: readonly (readonly [string, any])[] = Object.entries<any>(document.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
    ),
);
/** What a reference names, or the thing itself. */
const found = (thing: any): any =>
  thing.$ref === undefined
    ? thing
    : thing.$ref
        .split('/')
        .slice(1)
        .reduce((at: any, step: string) => at[step], document);

test('each parameter, header and status is described', async (t) => {
  const parameters = operations.flatMap(([name, operation]) =>
    operation.parameters.map((p: object): [string, Parameter] => [name, found(p)]),
  );
  t.same(
    parameters.filter(([, p]) => !p.description).map(([name, p]) => `${name} ${p.in} ${p.name}`),
    [],
    'parameters',
  );
  const responses = operations.flatMap(([name, operation]) =>
    Object.entries<any>(operation.responses).map(
      ([status, response]) => [`${name} ${status}`, found(response)] as const,
    ),
  );
  for (const [name, response] of responses) {
    if (!response.description) t.fail(`${name} has no description`);
    for (const [header, h] of Object.entries<any>(response.headers ?? {}))
      if (!found(h).description) t.fail(`${name}: ${header} has no description`);
  }
  const sort = parameters.find(([name, p]) => name === 'GET /v1/refusals' && p.name === 'sort')![1];
  t.match(
    sort,
    { schema: { enum: ['-recordedAt', 'recordedAt'], default: '-recordedAt' } },
    'orders are listed',
  );
});

test('what may be refused is listed once, and by each command what is its own', async (t) => {
  const { code } = document.components.schemas.Problem.properties;
  const standard: string[] = code.anyOf[0].enum;
  t.ok(standard.includes('STALE_REVISION') && standard.includes('READ_MODEL_BEHIND'));
  t.same(code.anyOf[1], { type: 'string' }, 'others may come');
  t.same(
    Object.values<any>(document.components.responses)
      .flatMap((r) => r['x-refusals'] ?? [])
      .sort(),
    [...standard].sort(),
    'each stands in one response',
  );
  const { 'x-refusals': own, responses } = document.paths['/v1/pools/{id}/pledges'].post;
  t.ok(
    own.length > 0 &&
      own.every((r: { code: string; status: number }) => !standard.includes(r.code) && responses[r.status]),
  );
});

test('what is sent and what is told have names of their own', async (t) => {
  const { schemas } = document.components;
  t.same(
    schemas['place.snapshot.v2'],
    { $ref: '#/components/schemas/Place' },
    'a snapshot of a place is what is answered of one',
  );
  t.match(schemas.FuzzyDateInput.properties.tbc, { description: 'Where it is not sent: false' });
  t.same(schemas.FuzzyDateInput.required, ['from', 'to', 'precision']);
  t.same(schemas.FuzzyDate.required, ['from', 'to', 'precision', 'tbc']);
  const bodies = operations.flatMap(([name, { requestBody, operationId }]) =>
    // What is no command has a shape of its own.
    requestBody && operationId !== 'account.takeUp'
      ? [[name, operationId, requestBody.content['application/json'].schema.$ref]]
      : [],
  );
  t.same(
    bodies.filter(([, command, ref]) => ref !== `#/components/schemas/${command}`),
    [],
    'a body has its command’s name',
  );
  const defaults = bodies.filter(([, command]) => JSON.stringify(schemas[command]).includes('"default":'));
  t.same(defaults, [], 'no generator thinks that what has a default must be sent');
  const rows = Object.values<any>(document.paths).flatMap(
    ({ get }) =>
      found(get?.responses[200] ?? {}).content?.['application/json']?.schema?.properties?.items?.items
        ?.anyOf ?? [],
  );
  t.ok(rows.length >= 30 && rows.every((row: any) => row.$ref), 'each row has a name');
});

/** Each object in a schema, those of the components it refers to as well, with the name of the component. */
function* objects(value: any, at: string, seen: Set<string>): Generator<readonly [string, any]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [at, value];
  if (typeof value.$ref === 'string') {
    if (seen.has(value.$ref)) return;
    seen.add(value.$ref);
    yield* objects(found(value), value.$ref.split('/').at(-1), seen);
  } else for (const inner of Object.values(value)) yield* objects(inner, at, seen);
}
const isNullable = ({ type, anyOf }: any): boolean =>
  [type].flat().includes('null') || (anyOf ?? []).some((choice: any) => choice.type === 'null');

test('whole numbers say what they count and in which unit, and what may be null says when it is', async (t) => {
  const seen = new Set<string>();
  const answers = operations.flatMap(([name, { responses }]) =>
    Object.values<any>(responses).flatMap((r) =>
      Object.values<any>(found(r).content ?? {}).map(({ schema }) => [name, schema] as const),
    ),
  );
  const members = answers.flatMap(([name, schema]) =>
    [...objects(schema, name, seen)].flatMap(([at, { properties }]) =>
      Object.entries<any>(properties ?? {}).map(([member, s]) => [`${at}: ${member}`, s] as const),
    ),
  );
  const told = members.filter(([, s]) => typeof s === 'object' && !s.description);
  t.ok(members.length > 900, `${members.length} members`);
  t.same(
    [
      ...new Set(
        told.filter(([, s]) => found(s).type === 'integer' && !found(s).description).map(([name]) => name),
      ),
    ],
    [],
    'numbers',
  );
  t.same(
    [...new Set(told.filter(([, s]) => isNullable(found(s)) && !found(s).description).map(([name]) => name))],
    [],
    'nulls',
  );
});

test('a line of events and a live message are described', async (t) => {
  const { schemas } = document.components;
  const item = (url: string, type: string) =>
    document.paths[url].get.responses[200].content[type].schema['x-item-schema'];
  t.same(item('/v1/events', 'application/x-ndjson'), { $ref: '#/components/schemas/CloudEvent' });
  t.same(item('/v1/live', 'text/event-stream'), { $ref: '#/components/schemas/LiveMessage' });
  t.match(schemas.CloudEvent.properties.dataschema.description, /v1\/schemas/);
});

/** What a developer writes against the generated types. */
const use = `
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

/** CSV is asked for by itself. */
type Media = 'application/json' | 'application/problem+json';

export async function look(baseUrl: string, token: string) {
  const client = createClient<paths, Media>({ baseUrl, headers: { authorization: \`Bearer \${token}\` } });
  const list = await client.GET('/v1/commitments', { params: { query: { placeId: 'durham', limit: 2, sort: '-dueOn' } } });
  if (!list.data) throw new Error(list.error.detail);
  const titles = list.data.items.flatMap((c) => ('title' in c ? [c.title] : []));
  const next: string | null = list.data.next;
  const one = await client.GET('/v1/pools/{id}', { params: { path: { id: 'durham-warm-homes' } } });
  const pence: number | null | undefined = one.data?.pledgedPence;
  const reasons = (await client.GET('/v1/programmes/{id}/progress', { params: { path: { id: 'total-place' } } })).data?.places ?? [];
  const csv = await client.GET('/v1/pools', { parseAs: 'text', headers: { accept: 'text/csv' }, params: { query: { placeId: 'durham' } } });
  const told: components['schemas']['pool.PledgeMade.v1'] | undefined = undefined;
  return { titles, next, pence, places: reasons.length, csv: csv.data, told };
}
export async function act(baseUrl: string, token: string) {
  const client = createClient<paths, Media>({ baseUrl, headers: { authorization: \`Bearer \${token}\` } });
  const waiver: components['schemas']['waiver.RequestWaiver'] = { rule: 'EXTENSION_TOO_LONG', placeId: 'durham', reason: 'The director is away', until: '2009-11-30' };
  const day: components['schemas']['FuzzyDateInput'] = { from: '2009-11-30', to: '2009-11-30', precision: 'day' };
  const done = await client.POST('/v1/waivers', { body: waiver });
  const version: number | undefined = done.data?.version;
  return { version, day, refused: done.error?.code };
}
`;
/** What the types must refuse. */
const misuse = `
import createClient from 'openapi-fetch';
import type { paths } from './api.js';
const client = createClient<paths, 'application/json'>({ baseUrl: '' });
export const typo = (await client.GET('/v1/pools/{id}', { params: { path: { id: 'x' } } })).data?.pledgedPenc;
export const status = await client.GET('/v1/commitments', { params: { query: { status: 'opne' } } });
export const body = await client.POST('/v1/waivers', { body: { rule: 'EXTENSION_TOO_LONG' } });
`;

test('a client that is generated from it compiles, and reads a list, a record, JSON and CSV', async (t) => {
  const dir = t.testdir({ 'use.ts': use, 'misuse.ts': misuse });
  writeFileSync(join(dir, 'api.d.ts'), astToString(await openapiTS(structuredClone(document))));
  const compiled = (file: string): string[] => {
    const program = ts.createProgram([join(dir, file)], {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      types: [],
    });
    return ts
      .getPreEmitDiagnostics(program)
      .map(
        (d) =>
          `${d.start === undefined ? '' : d.file?.text.slice(0, d.start).split('\n').length}: ${ts.flattenDiagnosticMessageText(d.messageText, ' ')}`,
      );
  };
  t.same(compiled('use.ts'), []);
  t.match(
    compiled('misuse.ts')
      .map((line) => line.split(':')[0])
      .sort(),
    ['5', '6', '7'],
    'a member, a word and a body that are not there do not compile',
  );

  const { look, act } = (await import(join(dir, 'use.ts'))) as { look: Call; act: Call };
  await t.test('against the service', async (t) => asked(t, look, act));
});

type Call = (url: string, token: string) => Promise<any>;
async function asked(t: Test, look: Call, act: Call): Promise<void> {
  const harness = await openHarness(t);
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = harness.app.server.address() as { port: number };
  const token = await harness.token(office, officeAccount);
  const seen = await look(`http://127.0.0.1:${port}`, token);
  t.ok(seen.titles.length > 0 && seen.places >= 13, 'a list and a page');
  t.ok(seen.pence === null || Number.isInteger(seen.pence), 'a record');
  t.match(seen.csv, /^\uFEFF?id,name,placeId/, 'CSV');
  t.match(await act(`http://127.0.0.1:${port}`, token), { refused: /^[A-Z_]+$/ }, 'a refusal says its code');
}
