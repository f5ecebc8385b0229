/**
 * Parts of records by ids that every object inherits: the helper, and the states that can be indexed by
 * nothing else (docs/rules/shared.md#inherited-names).
 */
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import ts from 'typescript';
import { z } from 'zod';
import { parseGrant } from '../../src/domain/shared/access.js';
import type { Aggregate, NewEvent } from '../../src/domain/kernel/types.js';
import { emptyLoaded, fold } from '../../src/domain/kernel/fold.js';
import { aggregateNamed, aggregates } from '../../src/domain/registry.js';
import { changed, drop, held, isInherited, part, put, type Parts } from '../../src/domain/kernel/parts.js';
import { RecordRef } from '../../src/domain/kernel/record-ref.js';
import { AccountId, Id, Name, PartId } from '../../src/domain/shared/values.js';
import { inherited } from './inherited.js';
import { metaOf } from './spec.js';

test('an event on what no event before has put there is a broken log, and not passed over', async (t) => {
  const broken: readonly [aggregate: string, type: string, data: Record<string, unknown>][] = [
    ['barrier', 'RemovalConfirmed', { placeId: 'durham' }],
    ['pool', 'AgreementSigned', { agencyId: 'council', version: 3, agreed: true }],
  ];
  for (const [name, type, data] of broken) {
    const aggregate = aggregateNamed(name);
    t.throws(
      () =>
        fold(
          aggregate,
          emptyLoaded(aggregate),
          { type, data },
          metaOf(aggregate, 'one', type, 1, '2009-09-01T09:00:00.000Z', { account: 'a', role: 'system' }),
        ),
      /there is no /,
      type,
    );
  }
});

test('a part is the record’s own, whatever it is called', async (t) => {
  for (const name of [...inherited, 'council-2009']) {
    const parts: Parts<{ pence: number }> = {};
    t.equal(part(parts, name), undefined);
    t.throws(() => held(parts, name), /no part/);
    t.same(put(parts, name, { pence: 1 }), { pence: 1 });
    t.equal(Object.getPrototypeOf(parts), Object.prototype, 'its prototype stays');
    t.same(
      [part(parts, name), held(parts, name), changed(parts, name)],
      [{ pence: 1 }, { pence: 1 }, { pence: 1 }],
    );
    t.equal(JSON.stringify(parts), `{"${name}":{"pence":1}}`);
    t.same(part(JSON.parse(JSON.stringify(parts)), name), { pence: 1 }, 'it survives JSON');
    put(parts, name, { pence: 2 });
    t.equal(held(parts, name).pence, 2);
    drop(parts, name);
    t.equal(part(parts, name), undefined);
  }
  t.equal(part(undefined, 'council-2009'), undefined);
  t.equal(part({}, undefined), undefined);
  t.throws(() => changed({}, 'council-2009'), /no part/, 'what an event changes is there');
  t.same(
    inherited.filter((name) => !isInherited(name)),
    [],
  );
});

test('an inherited name is no id, no account, no record and no scope', async (t) => {
  for (const name of inherited) {
    for (const schema of [Id, PartId, AccountId]) t.notOk(schema.safeParse(name).success, name);
    t.notOk(RecordRef.safeParse(`pool-${name}`).success, name);
    t.equal(parseGrant('secretariat', `place:${name}`), undefined, name);
  }
  t.same(
    [Id, PartId, AccountId].map((schema) =>
      schema.safeParse('constructor').error?.issues.map((i) => i.message),
    ),
    Array(3).fill(['Enter another name: programs give this one a meaning of their own']),
  );
  for (const id of ['constructors', 'the-constructor'])
    t.ok(Id.safeParse(id).success && PartId.safeParse(id).success && AccountId.safeParse(id).success, id);
});

/** Every text that a schema takes, with where it stands. */
function textsIn(schema: z.core.$ZodType, path = ''): [path: string, text: z.ZodString][] {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable || inner instanceof z.ZodDefault)
    inner = inner.unwrap();
  if (inner instanceof z.ZodString) return [[path, inner]];
  if (inner instanceof z.ZodArray) return textsIn(inner.element, `${path}[]`);
  if (inner instanceof z.ZodObject)
    return Object.entries(inner.shape).flatMap(([key, of]) =>
      textsIn(of as z.core.$ZodType, `${path}.${key}`),
    );
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((o) => textsIn(o, path));
  if (inner instanceof z.ZodRecord)
    return [...textsIn(inner.keyType, `${path}{}`), ...textsIn(inner.valueType, `${path}{}`)];
  return [];
}
test('what a command takes is prose, or no inherited name', async (t) => {
  const taken: string[] = [];
  let ids = 0;
  for (const aggregate of aggregates as readonly Aggregate[])
    for (const [command, entry] of Object.entries(aggregate.commands))
      for (const [path, text] of textsIn(entry.data)) {
        const { prose, description } = text.meta() ?? {};
        if (prose || description === Name.description) continue;
        ids++;
        if (inherited.some((name) => text.safeParse(name).success))
          taken.push(`${aggregate.name}.${command}${path}`);
      }
  t.ok(ids > 200, 'the walk found the members');
  // Codes of other registers, issuers, and what the machinery says: nothing is looked up by them.
  t.strictSame(taken, [
    'agency.RegisterAgency.identifiers[].code',
    'agency.AddIdentifier.code',
    'agency.CorrectIdentifier.code',
    'agency.CorrectIdentifier.to.code',
    'account.Activate.issuer',
    'account.AppointAdministrator.issuer',
    'account.Adopt.issuer',
    'submission.VoidSignOff.changed.type',
    'commitment.RefuseFunds.code',
    'session.StartSession.grants[]',
  ]);
});

/** Before such ids were refused, commands took them where the record has no such part. */
const older: [aggregate: string, ...events: NewEvent[]][] = [
  [
    'programme',
    { type: 'PlaceWithdrawn', data: { placeId: 'constructor', reason: 'r' } },
    { type: 'PolicyThemeRetired', data: { policyThemeId: 'constructor', title: 'Object' } },
    { type: 'MilestoneReached', data: { milestoneId: 'constructor' } },
    {
      type: 'MilestoneRescheduled',
      data: {
        milestoneId: 'constructor',
        to: { from: '2009-12-01', to: '2009-12-01', precision: 'day', tbc: false },
        reason: 'r',
      },
    },
    {
      type: 'StepsRequired',
      data: {
        placeKind: 'pilot',
        steps: [{ stepId: 'pools', name: 'A pool', due: { milestoneId: 'constructor' } }],
      },
    },
  ],
  [
    'place',
    { type: 'ThemeConfirmed', data: { themeId: 'constructor' } },
    { type: 'ThemeRenamed', data: { themeId: 'constructor', to: 'Mine' } },
    { type: 'ThemeDropped', data: { themeId: 'constructor', reason: 'r' } },
  ],
  ['commitment', { type: 'CommitmentMilestoneReached', data: { milestoneId: 'constructor' } }],
  [
    'fundingstream',
    { type: 'RelaxationEnded', data: { relaxationId: 'constructor', on: '2009-12-01', reason: 'r' } },
  ],
  ['submission', { type: 'QueryAnswered', data: { queryId: 'constructor', answer: 'a' } }],
];
test('what an older log holds of such names is folded, and nobody’s', async (t) => {
  for (const [name, ...events] of older) {
    const aggregate = aggregateNamed(name);
    for (const e of events) {
      const loaded = emptyLoaded(aggregate);
      const before = structuredClone(loaded.state);
      const meta = metaOf(aggregate, 'subject', e.type, 1, '2009-09-01T09:00:00.000Z', {
        account: 'system:test',
        role: 'system',
      });
      fold(aggregate, loaded, e, meta);
      aggregate.events[e.type]!.describe(e.data, meta);
      aggregate.events[e.type]!.due?.(e.data, meta);
      if (e.type !== 'StepsRequired') t.same(loaded.state, before, e.type);
    }
  }
});

test('no state is indexed by any string', async (t) => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const config = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const index = `${root}src/domain/registry.ts`;
  const program = ts.createProgram([index], { ...options, incremental: false, tsBuildInfoFile: undefined });
  const checker = program.getTypeChecker();
  const core = program.getSourceFile(`${root}src/domain/kernel/types.ts`)!;
  const states = checker
    .getExportsOfModule(checker.getSymbolAtLocation(core)!)
    .find((s) => s.name === 'States')!;
  const found: string[] = [];
  let dictionaries = 0;
  const seen = new Set<ts.Type>();
  function look(type: ts.Type, path: string): void {
    if (seen.has(type)) return;
    seen.add(type);
    if (type.isUnionOrIntersection()) return type.types.forEach((member) => look(member, path));
    if (!(type.flags & ts.TypeFlags.Object)) return;
    for (const { keyType, type: value } of checker.getIndexInfosOfType(type)) {
      if (keyType.flags & ts.TypeFlags.String && !(value.flags & ts.TypeFlags.Never)) found.push(path);
      if (keyType.isIntersection()) dictionaries++;
      look(value, `${path}[]`);
    }
    if (checker.isArrayType(type) || checker.isTupleType(type)) return;
    for (const member of checker.getPropertiesOfType(type))
      look(checker.getTypeOfSymbol(member), `${path}.${member.name}`);
  }
  const all = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(states));
  for (const state of all) look(checker.getTypeOfSymbol(state), state.name);
  t.strictSame(
    found,
    ['decision.authorises[].terms', 'decision.authorises[].terms[]'],
    'but for what a decision says a command must say, which is compared whole',
  );
  t.ok(all.length > 10 && dictionaries > 20, 'the walk found the states');
  const parts: Parts<number> = { ...{} };
  // @ts-expect-error: a part is looked up with `part`.
  t.equal(parts['council-2009' as string], undefined);
});
