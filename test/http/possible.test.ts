/**
 * What is said of a command before it is given is so: for records of the demo and readers in every role, what
 * is possible is not refused by who asks, by the state or by the guard; what is not is refused with the code
 * that was told; and nothing is told that the record itself does not tell.
 */
import { test } from 'tap';
import { grantName, parseGrant, roles, type Grant } from '../../src/domain/shared/access.js';
import type { Aggregate, CommandEntry } from '../../src/domain/kernel/types.js';
import type { States } from '../../src/domain/states.js';
import { aggregates } from '../../src/domain/registry.js';
import type { Schema } from '../../src/domain/kernel/schema.js';
import { commandRoutes } from '../../src/http/query/command-routes.js';
import { prefilledBy } from '../../src/http/query/command-values.js';
import { decode } from '../../src/log/codec.js';
import { Property } from '../holds.js';
import { openHarness, type Answer, type Harness } from './harness.js';

const place = 'durham';
const agencies = ['durham-county-council', 'county-durham-pct', 'department-for-work-and-pensions'];
/** Every role where the demo has something for it to do, a stranger's, and somebody with two of one kind. */
const readers: readonly string[] = [
  ...Object.keys(roles).flatMap((role) => scopes(role as Grant['role']).map((scope) => `${role}@${scope}`)),
  'secretariat@place:kent',
  `seat-holder@place:${place}+agency:${agencies[0]} seat-holder@place:${place}+agency:${agencies[1]}`,
  `secretariat@place:${place} chair@place:${place}+agency:${agencies[0]}`,
  '',
];
function scopes(role: Grant['role']): string[] {
  if (role === 'auditor') return ['programme:total-place'];
  const parts: readonly string[] = roles[role];
  const ids: Readonly<Record<string, string>> = {
    place: `place:${place}`,
    programme: 'programme:total-place',
  };
  if (!parts.includes('agency')) return [parts.map((part) => ids[part]).join('+')];
  const own = role === 'official' ? agencies.slice(2) : agencies.slice(0, 2);
  return own.map((agency) => parts.map((part) => ids[part] ?? `agency:${agency}`).join('+'));
}
const accountOf = (as: string): string => `post.${as.split('@')[0] || 'nobody'}.of-the-sweep`;

/** Records of a kind in the demo, of different statuses first. */
async function recordsOf({ service }: Harness, aggregate: Aggregate, most: number): Promise<string[]> {
  const ids = new Set<string>();
  for (const e of service.log.readAll(0, 100_000).map(decode))
    if (e.aggregate === aggregate.name) ids.add(e.recordId);
  const byStatus = new Map<string, string[]>();
  for (const id of ids) {
    const { state } = await service.executor.load(aggregate.name, id);
    const { status = '', placeId = place } = state as { status?: string; placeId?: string };
    const key = `${status} ${placeId === place}`;
    byStatus.set(key, [...(byStatus.get(key) ?? []), id]);
  }
  return [...byStatus.values()].flatMap((all) => all.slice(0, 2)).slice(0, most);
}

/** Of a command that is about a part: one that no record has. */
function partThatIsNone({ part, example }: CommandEntry): string | number | undefined {
  if (!part) return undefined;
  return typeof (example as Record<string, unknown>)[part.member] === 'number' ? 99 : 'never-was';
}
/** What an answer that was prepared fills in: none is in the demo (prepared-answers.test.ts prepares one). */
const prepared = [
  'position',
  'reason',
  'official',
  'dueOn',
  'measure',
  'evidenceExpected',
  'verifierAgencyId',
  'evidenceNeeded',
  'waiverId',
];
/** Pointers to what no record of the demo says on its first morning. */
const notInTheDemo = [
  'agency.RecordSuccession.succeededOn',
  'person.ChangePost.post',
  ...['PrepareAnswer', 'Respond'].flatMap((name) => prepared.map((member) => `barrier.${name}.${member}`)),
];
/** Refused with one of these, whatever else the body says: what was entered was not looked at. */
const beforehand = new Set(['NOT_ALLOWED', 'OTHER_PROGRAMME', 'WRONG_STATE', 'NOT_FOUND']);
const dependsOn = ({ refuses }: CommandEntry, code: string): boolean =>
  (refuses[code] ?? '').startsWith('who of ');

test('what may be done is what is done, for records × roles', { timeout: 280_000 }, async (t) => {
  const harness = await openHarness(t);
  const { executor } = harness.service;
  const hides = new Property(
    'a record that is hidden has no commands, and says so like one that is not there',
  );
  const allows = new Property('what is possible is refused by nobody’s grant, the state or the guard');
  const forbids = new Property('what is not possible is refused with the code that was told');
  const tells = new Property('a part that is listed stands in what the reader sees of the record');
  const fills = new Property('what is filled in beforehand is what the command takes');
  const prefilled = new Set<string>();
  let [yes, no, parted] = [0, 0, 0];
  for (const aggregate of (aggregates as readonly Aggregate[]).filter((a) => !a.machinery)) {
    const routes = commandRoutes.filter((r) => r.aggregate === aggregate && !r.entry.creates);
    for (const id of await recordsOf(harness, aggregate, 4))
      for (const as of readers) {
        const account = accountOf(as);
        const get = (path: string): Promise<Answer> => harness.inject(as, account, 'GET', path);
        const address = `/v1/${aggregate.collection}/${id}`;
        const answer = await get(`${address}/commands`);
        const own = await get(address);
        const what = `${address} as ${as}`;
        if (answer.status === 404) {
          const { correlationId: _, ...said } = answer.json;
          const { correlationId: __, ...unknown } = (await get(`/v1/${aggregate.collection}/never/commands`))
            .json;
          hides.same(t, what, [own.status, said], [404, unknown]);
          continue;
        }
        if (own.json?.code !== 'NOT_FOUND')
          hides.same(t, what, [answer.status, own.status], [200, own.status]);
        const { state } = await executor.load(aggregate.name as keyof States, id);
        const grants = as
          .split(' ')
          .flatMap((one) => parseGrant(...(one.split('@') as [string, string])) ?? []);
        for (const item of answer.json.items) {
          const { name, entry } = routes.find((r) => r.name === item.name)!;
          const { shape = {} } = entry.data as object as { shape?: Record<string, Schema> };
          for (const [member, value] of Object.entries(item.values)) {
            if (member !== 'expectedVersion') prefilled.add(`${aggregate.name}.${name}.${member}`);
            fills.holds(
              t,
              `${what}: ${name} ${member}`,
              member === 'expectedVersion' || shape[member]!.safeParse(value).success,
              value,
            );
          }
          for (const { when, values } of item.cases ?? [])
            for (const [member, value] of Object.entries({ ...when, ...values })) {
              if (!Object.hasOwn(when, member)) prefilled.add(`${aggregate.name}.${name}.${member}`);
              const fits = shape[member]!.safeParse(value).success;
              fills.holds(t, `${what}: ${name} ${member}, ${JSON.stringify(when)}`, fits, value);
            }
          const body = (part?: string | number): object => ({
            ...(entry.example as object),
            ...(entry.part && part !== undefined ? { [entry.part.member]: part } : {}),
            ...(item.values.expectedVersion === undefined
              ? {}
              : { expectedVersion: item.values.expectedVersion }),
          });
          const post = (query: string, sent: object, grant?: string): Promise<Answer> =>
            harness.inject(
              as,
              account,
              'POST',
              `${item.path}${query}`,
              sent,
              grant ? { 'acting-as': grant } : {},
            );
          if (item.possible !== 'no') {
            yes++;
            const tries = (item.parts ?? [{ grants: item.grants }]) as { id?: string; grants: string[] }[];
            for (const { id: part, grants: may } of tries.slice(0, 4))
              for (const grant of may) {
                const { status, json } = await post('?preview=true', body(part), grant);
                const refused = status === 403 || beforehand.has(json.code);
                allows.holds(
                  t,
                  `${what}: ${name} ${part ?? ''} in ${grant}`,
                  !refused || dependsOn(entry, json.code),
                  json,
                );
              }
            if (item.parts) parted++;
            for (const { id: part } of item.parts ?? [])
              tells.holds(
                t,
                `${what}: ${name} ${part}`,
                own.status !== 200 ||
                  own.raw.includes(JSON.stringify(part)) ||
                  grants.some((g) => g.place === part),
                item.parts,
              );
            continue;
          }
          no++;
          const among =
            entry.part?.among(
              state,
              grants.flatMap((g) => g.place ?? []),
            ) ?? [];
          const fitting = grants.filter((g) => entry.givenBy.includes(g.role));
          const [grant] = fitting.length > 1 ? fitting : [];
          const tried = [];
          for (const part of among.length > 0
            ? among.slice(0, 8).map((p) => p.id)
            : [partThatIsNone(entry)]) {
            const { status, json } = await post('', body(part), grant && grantName(grant));
            tried.push(status < 300 ? (json.events.length > 0 ? 'DONE' : item.why.code) : json.code);
          }
          forbids.holds(t, `${what}: ${name}`, tried.includes(item.why.code) && !tried.includes('DONE'), {
            why: item.why,
            tried,
          });
        }
      }
  }
  for (const property of [hides, allows, forbids, tells, fills]) property.settle(t);
  const pointed = commandRoutes.flatMap((route) =>
    route.entry.creates
      ? []
      : prefilledBy(route).map(({ path }) => `${route.aggregate.name}.${route.name}.${path[0]}`),
  );
  const never = pointed.filter((member) => !prefilled.has(member));
  t.strictSame(never, notInTheDemo, 'every pointer leads to what some record says');
  t.ok(yes > 100 && no > 3000 && parted > 20, 'there was much to look at', { yes, no, parted });
});
