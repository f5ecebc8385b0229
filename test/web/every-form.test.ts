/**
 * Every command there is through its form, filled from its example, beside the same command through the API:
 * two services that began alike are alike after each, in what they record and in what they refuse.
 */
import { test } from 'tap';
import { parseGrant, type Grant } from '../../src/domain/shared/access.js';
import { grantsOf, readers, type DemoReader } from '../../src/demo/readers.js';
import { aggregates } from '../../src/domain/registry.js';
import { commandRoutes, type CommandRoute } from '../../src/http/query/command-routes.js';
import { bodySchema } from '../../src/http/query/command-schema.js';
import { nodeOf, type Node } from '../../src/web/form/node.js';
import { addressOf } from '../../src/web/pages/task.js';
import { openHarness } from '../http/harness.js';
import { Property } from '../holds.js';
import { openForms } from './forms-world.js';
import { byPeople, nameOf, recorded, throughItsForm, versionOf } from './through-form.js';
import { recordsIn } from './world.js';

type Harness = Awaited<ReturnType<typeof openHarness>>;
const nonceOf = (index: number): string => String(index).padStart(22, 'n');

/** What ends something, and with it what else can be tried, comes last; so does what the rest stands on. */
const ending =
  /^(Begin|Close|Withdraw|Retire|Rescind|End|Dissolve|Drop|Suspend|Disclose|Vacate|Supersede|Merge|Revoke)/;
const upward = [...aggregates]
  .reverse()
  .flatMap(({ name }) => commandRoutes.filter((one) => one.aggregate.name === name));
const inTurn: readonly CommandRoute[] = [
  ...upward.filter(({ name }) => !ending.test(name)),
  ...upward.filter(({ name }) => ending.test(name)),
];

/** Who may be heard for a command: those of the demo with a role that gives it. */
const giversOf = ({ entry }: CommandRoute): DemoReader[] =>
  readers.filter((reader) =>
    grantsOf(reader).some((written) => {
      const [role = '', scope = ''] = written.split('@');
      const grant: Grant | undefined = parseGrant(role, scope);
      return grant !== undefined && entry.givenBy.includes(grant.role);
    }),
  );
interface Found {
  readonly reader: DemoReader;
  readonly id: string | undefined;
  readonly part?: Readonly<Record<string, unknown>>;
}
/** What readers may do with records, as it was when it was first asked. */
class Possibilities {
  readonly #asked = new Map<string, Promise<readonly any[]>>();
  constructor(private readonly api: Harness) {}

  of(
    reader: DemoReader,
    { aggregate, entry }: CommandRoute,
    id: string | undefined,
  ): Promise<readonly any[]> {
    const url = `/v1/${aggregate.collection}${entry.creates ? '' : `/${id}`}/commands`;
    const key = `${reader.variable} ${url}`;
    let answer = this.#asked.get(key);
    if (!answer) this.#asked.set(key, (answer = this.#ask(reader, url)));
    return answer;
  }
  async #ask(reader: DemoReader, url: string): Promise<readonly any[]> {
    const { json } = await this.api.inject(grantsOf(reader).join(' '), reader.account, 'GET', url);
    return json.items ?? [];
  }
}
/** A record and a reader for whom the command can be given now; else any of them. */
async function bestOf(
  possibilities: Possibilities,
  route: CommandRoute,
  ids: readonly string[],
): Promise<Found | undefined> {
  const givers = giversOf(route);
  const all = route.entry.creates ? [undefined] : ids;
  for (const id of all)
    for (const reader of givers) {
      const items = await possibilities.of(reader, route, id);
      const item = items.find(({ name }) => name === route.name);
      if (item?.possible === 'yes') return { reader, id };
      if (item?.possible === 'for') return { reader, id, part: { [item.part]: item.parts[0].id } };
    }
  const [reader] = givers;
  return reader && { reader, id: all[0] };
}
/**
 * The example, about what is there: where somebody acts for one place, they name that place; and a record that
 * nobody has made is another of its kind.
 */
function aboutWhatIsThere(
  reader: DemoReader,
  node: Node,
  example: Readonly<Record<string, unknown>>,
  records: ReadonlyMap<string, readonly string[]>,
): object {
  const place = /place:([^+]+)/.exec(reader.grant)?.[1];
  const adapted = Object.entries(example).map(([key, value]) => {
    const { field, kind = '' } = node.properties?.[key] ?? {};
    if (key === 'placeId' && place !== undefined) return [key, place];
    const ids = field === 'ref' ? (records.get(kind) ?? []) : [];
    return [key, ids.length > 0 && !ids.includes(String(value)) ? ids[0] : value];
  });
  return Object.fromEntries(adapted);
}

test('every command has a working form', async (t) => {
  const web = await openForms(t);
  // Both take what may be done from the log, by the same account.
  const api = await openHarness(t, { grantsInLog: true });
  const possibilities = new Possibilities(api);
  const alike = new Property('what a form sends is what the API takes');
  const asksFor = new Property('the pages of a form ask for all that its example has');
  const done: string[] = [];
  const refused: string[] = [];
  const untried: string[] = [];
  for (const [index, route] of inTurn.entries()) {
    const name = nameOf(route);
    const records = recordsIn(web);
    const found = await bestOf(possibilities, route, records.get(route.aggregate.name) ?? ['nobodys']);
    if (!found) {
      untried.push(name);
      continue;
    }
    const { reader, id, part } = found;
    const address = addressOf(route, id);
    const version = id === undefined ? undefined : versionOf(web, route, id);
    const body: Record<string, unknown> = {
      ...(route.entry.idGiven ? { id: 'total-place-2' } : {}),
      ...aboutWhatIsThere(
        reader,
        nodeOf(bodySchema(route)),
        route.entry.example as Record<string, unknown>,
        records,
      ),
      ...part,
      ...(route.entry.replaces && version !== undefined ? { expectedVersion: version } : {}),
    };
    const nonce = nonceOf(index);
    const [from, fromThere] = [await web.head(), await api.head()];
    const through = await throughItsForm(web, reader, route, address, body, nonce);
    await web.service.reactors.idle();
    const grants = grantsOf(reader).join(' ');
    const url = route.url.replace(':id', id ?? '');
    const answer = await api.inject(grants, reader.account, 'POST', url, body, {
      'idempotency-key': nonce,
      // Whoever could do it in several of their grants does it in this one.
      'acting-as': reader.grant,
    });
    await api.service.reactors.idle();
    alike.same(t, `${name}: its events`, byPeople(recorded(web, from)), byPeople(recorded(api, fromThere)));
    const wasDone = answer.status < 300;
    (wasDone ? done : refused).push(wasDone ? name : `${name} ${answer.json.code} ${answer.json.detail}`);
    asksFor.same(t, name, through.undrawn, []);
    alike.same(t, `${name}: its answer`, through.status, wasDone ? 303 : answer.status);
    if (!wasDone) alike.holds(t, `${name}: why not`, saysWhy(through.html, answer.json.detail), answer.json);
  }
  alike.settle(t);
  asksFor.settle(t);
  t.strictSame(untried, [], 'somebody of the demo could try each');
  t.ok(done.length >= 60, `${done.length} were recorded, ${refused.length} refused alike`);
  t.comment(`refused: ${refused.join(', ')}`);
});
const saysWhy = (html: string, detail: string): boolean => {
  const plain = html
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .toLowerCase();
  return plain.includes(detail.toLowerCase().slice(1, 60));
};
