/** Members by the names that they had (docs/rules/shared.md#earlier-names). */
import { test } from 'tap';
import { withEarlierNames, withPresentNames } from '../../src/domain/kernel/renamed.js';
import { aggregates } from '../../src/domain/registry.js';
import type { Aggregate } from '../../src/domain/kernel/types.js';

const renamed = { host: 'hostAgencyId', 'agreement.version': 'agreementVersion' };

test('what is sent under an earlier name is read under the present one', async (t) => {
  const present = { name: 'Pool', hostAgencyId: 'council', agreement: { agreementVersion: 1, hash: 'a' } };
  const earlier = { name: 'Pool', host: 'council', agreement: { version: 1, hash: 'a' } };
  for (const sent of [present, earlier, { ...earlier, ...present }])
    t.same(withPresentNames(renamed, sent), { members: present, issues: [] });
  t.same(
    withPresentNames(renamed, { agreement: { version: { d: 1 }, agreementVersion: { d: 1 } } }).issues,
    [],
    'both with one value are no contradiction',
  );
  t.same(withPresentNames(renamed, { name: 'Pool' }), { members: { name: 'Pool' }, issues: [] });
  // What is in the wrong form is for the schema to say.
  for (const agreement of [null, 'text', [1]])
    t.same(withPresentNames(renamed, { agreement }).members, { agreement });
});

test('both with different values are named', async (t) => {
  const { issues } = withPresentNames(renamed, {
    host: 'council',
    hostAgencyId: 'police',
    agreement: { version: 1, agreementVersion: 2 },
  });
  t.match(issues, [
    { path: ['host'], message: /host is the earlier name of hostAgencyId/ },
    { path: ['agreement', 'version'], message: /version is the earlier name of agreementVersion/ },
  ]);
});

test('what receipts are made of has the earlier names', async (t) => {
  t.same(withEarlierNames(renamed, { hostAgencyId: 'council', agreement: { agreementVersion: 1 } }), {
    host: 'council',
    agreement: { version: 1 },
  });
  t.same(withEarlierNames(renamed, { name: 'Pool' }), { name: 'Pool' });
  t.equal(withEarlierNames(renamed, undefined), undefined);
});

test('each command that renames a member shows it by its example', async (t) => {
  const renaming = (aggregates as readonly Aggregate[]).flatMap(({ name, commands }) =>
    Object.entries(commands).flatMap(([command, { renamed, example, data }]) =>
      renamed ? [{ command: `${name}.${command}`, renamed, example, data }] : [],
    ),
  );
  t.ok(renaming.length > 0);
  for (const { command, renamed, example, data } of renaming) {
    const earlier = withEarlierNames(renamed, example);
    t.not(data.safeParse(earlier).success, `${command}: its schema has the present names alone`);
    t.same(
      withPresentNames(renamed, earlier as Record<string, unknown>),
      { members: example, issues: [] },
      `${command}: there and back`,
    );
    t.notSame(earlier, example, `${command}: its example has a member that was renamed`);
    for (const [path, present] of Object.entries(renamed)) {
      const text = JSON.stringify(earlier);
      t.ok(text.includes(`"${path.split('.').at(-1)}":`), `${command}: ${path} is in its example`);
      t.notOk(text.includes(`"${present}":`), `${command}: ${present} has its earlier name there`);
    }
  }
});
