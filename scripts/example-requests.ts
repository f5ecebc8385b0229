/**
 * What OpenAPI shows of each request, of the demo's world: the record and the body of each command, and what is
 * asked for in each address. A command keeps its own example; what in it names a record, a part of one or an
 * account that the demo does not have names one that it has.
 */
import { readers } from '../src/demo/readers.js';
import { parseGrant } from '../src/domain/shared/access.js';
import { existing } from '../src/domain/kernel/parts.js';
import type { Loaded } from '../src/domain/kernel/types.js';
import { partsOf } from '../src/domain/part-kinds.js';
import type { PartKind } from '../src/domain/shared/fields.js';
import type { States } from '../src/domain/states.js';
import { commandRoutes, type CommandRoute } from '../src/http/query/command-routes.js';
import { bodySchema, isObject, type Json } from '../src/http/query/command-schema.js';
import { answerRoute, departmentAnswersAddress } from '../src/http/query/department-answers.js';
import type { ExampleRequest, ExampleRequests } from '../src/http/query/example-requests.js';
import type { Examples } from '../src/http/query/examples.js';
import { placeExportAddress } from '../src/http/query/place-export.js';
import { feeds } from '../src/http/questions/feeds.js';
import { queries } from '../src/http/questions/index.js';
import { decode } from '../src/log/codec.js';
import type { EmbeddedService } from '../src/runtime/embedded.js';

type Aggregate = keyof States & string;
/** A record of the demo, as it stands on its first morning. */
interface Standing {
  readonly id: string;
  readonly loaded: Loaded<object>;
}
const grantOf = (variable: string) => {
  const { grant } = existing(
    readers.find((reader) => reader.variable === variable),
    variable,
  );
  return existing(parseGrant(...(grant.split('@') as [string, string])), grant);
};

class World {
  readonly #standing = new Map<string, Standing[]>();
  readonly accounts = new Set<string>();
  readonly place = existing(grantOf('SECRETARIAT').place, 'place of the secretariat');
  readonly programme = existing(grantOf('PROGRAMME_OFFICE').programme, 'programme of the office');
  readonly department = existing(grantOf('OFFICIAL').agency, 'department of the official');
  readonly council = existing(grantOf('CHAIR').agency, 'agency of the chair');
  readonly account = existing(
    readers.find(({ variable }) => variable === 'SECRETARIAT'),
    'secretariat',
  ).account;

  static async of(service: EmbeddedService): Promise<World> {
    const world = new World();
    for (const { aggregate, recordId, version } of service.log.readAll(0, 100_000).map(decode)) {
      if (version > 1) continue;
      const loaded = (await service.executor.load(aggregate as Aggregate, recordId)) as Loaded<object>;
      const all = world.#standing.get(aggregate) ?? [];
      world.#standing.set(aggregate, [...all, { id: recordId, loaded }]);
      const { accountId } = loaded.state as { readonly accountId?: string };
      if (accountId !== undefined) world.accounts.add(accountId);
    }
    return world;
  }

  /** Records of a kind: those of the place, its council and its people first. */
  all(kind: string): readonly Standing[] {
    const rank = ({ id, loaded }: Standing): number => {
      const { accountId } = loaded.state as { readonly accountId?: string };
      if (id === this.place || id === this.council || accountId === this.account) return 0;
      return loaded.access.placeId === this.place ? 1 : 2;
    };
    return [...(this.#standing.get(kind) ?? [])].sort((one, other) => rank(one) - rank(other));
  }
  has(kind: string, id: string): boolean {
    return kind === 'person' || kind === 'account'
      ? this.accounts.has(id)
      : this.all(kind).some((one) => one.id === id);
  }
  state<K extends Aggregate>(kind: K, id: string): States[K] | undefined {
    return this.all(kind).find((one) => one.id === id)?.loaded.state as States[K] | undefined;
  }
  /** The nth that there is of a kind. */
  pick(kind: string, n: number): string | undefined {
    const all =
      kind === 'person' || kind === 'account'
        ? [...this.accounts].sort((one, other) => this.#ofPlace(other) - this.#ofPlace(one))
        : this.all(kind).map(({ id }) => id);
    return all[n % all.length];
  }
  #ofPlace(account: string): number {
    return account.endsWith(`.${this.place}`) ? 1 : 0;
  }
}

/** A body that is being filled: of which command, on which record. */
interface Filling {
  readonly world: World;
  readonly route: CommandRoute;
  readonly record: Standing | undefined;
  /** Members that name what the demo does not have. */
  readonly lacking: string[];
}
interface Spot {
  readonly path: string;
  /** Which of a list. */
  readonly n: number;
  /** The members that it stands among. */
  readonly beside: Json;
}

function filled(filling: Filling, schema: Json, value: unknown, spot: Spot): unknown {
  if (schema.field === 'ref') return ref(filling, schema, value, spot);
  if (schema.field === 'part') return part(filling, schema, value, spot);
  const branches = [schema.anyOf, schema.oneOf].flatMap((all) => (Array.isArray(all) ? all : []));
  if (branches.length > 0) {
    const fits = branches.filter(isObject).find((branch) => isOf(branch, value));
    return fits ? filled(filling, fits, value, spot) : value;
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    return isObject(items) ? value.map((one, n) => filled(filling, items, one, { ...spot, n })) : value;
  }
  if (!isObject(value) || !isObject(schema.properties)) return value;
  const { properties } = schema;
  const body: Record<string, unknown> = { ...value };
  for (const [name, one] of Object.entries(value)) {
    const member = properties[name];
    const path = spot.path === '' ? name : `${spot.path}.${name}`;
    if (isObject(member)) body[name] = filled(filling, member, one, { ...spot, path, beside: body });
  }
  return body;
}
/** Is a value of this branch, by its members or its type? */
function isOf({ type, properties, const: only }: Json, value: unknown): boolean {
  if (only !== undefined) return only === value;
  if (Array.isArray(value)) return type === 'array';
  if (isObject(value))
    return isObject(properties) && Object.keys(value).every((name) => Object.hasOwn(properties, name));
  return type === typeof value || (type === 'integer' && Number.isInteger(value));
}
function ref({ world, route, record, lacking }: Filling, schema: Json, value: unknown, spot: Spot): unknown {
  const of = typeof schema.kindFrom === 'string' ? spot.beside[schema.kindFrom] : schema.kind;
  const kind = String(of);
  if (kind === 'record') {
    const [named = ''] = String(value).split('-');
    const id = String(value).slice(named.length + 1);
    return `${named}-${world.has(named, id) ? id : String(world.pick(named, spot.n))}`;
  }
  const isItself = value === record?.id && kind === route.aggregate.name;
  if (world.has(kind, String(value)) && !isItself) return value;
  const isOwner = route.aggregate.name === 'barrier' && spot.path !== 'verifierAgencyId';
  const departments = isOwner || /department/i.test(spot.path) ? [world.department] : [];
  const taken = [record?.id, ...Object.values(spot.beside)];
  const own = taken.includes(world.pick(kind, spot.n)) ? spot.n + 1 : spot.n;
  const found = kind === 'agency' && departments.length > 0 ? departments[0] : world.pick(kind, own);
  if (found === undefined) lacking.push(`${spot.path} (${kind})`);
  return found ?? value;
}
function part(filling: Filling, schema: Json, value: unknown, spot: Spot): unknown {
  const { world, route, record, lacking } = filling;
  const ids = offered(world, route, record, schema, spot).map(({ id }) => id);
  if (ids.includes(value as string)) return value;
  if (ids.length === 0) lacking.push(`${spot.path} (${String(schema.part)})`);
  const free = ids.filter((id) => !Object.values(spot.beside).includes(id));
  return free[spot.n % free.length] ?? ids[0] ?? value;
}
/** The parts that a member may name: of the command's own record, or of the one that is named beside it. */
function offered(world: World, route: CommandRoute, record: Standing | undefined, schema: Json, spot: Spot) {
  const { entry, aggregate } = route;
  if (schema.of === undefined) {
    const state = record?.loaded.state;
    if (state === undefined) return [];
    // Where none waits for the command today, one that is there.
    const commands = [entry, ...Object.values(aggregate.commands)];
    const waiting = commands.map(({ part: about }) =>
      about?.member === spot.path ? about.among(state, [world.place]) : [],
    );
    const there = partsOf(aggregate.name as Aggregate, schema.part as PartKind, state as never);
    return [...waiting, there].find((parts) => parts.length > 0) ?? [];
  }
  const kind = schema.of as Aggregate;
  const own = { place: world.place, collaborative: world.place, programme: world.programme } as const;
  const named = spot.beside[`${kind}Id`] ?? own[kind as 'place'] ?? world.pick(kind, 0);
  const state = world.state(kind, String(named));
  return state === undefined ? [] : partsOf(kind, schema.part as PartKind, state as never);
}

/** The request of a command: on the record that can take it, where there is one. */
function commandRequest(world: World, route: CommandRoute): ExampleRequest {
  const { entry, aggregate } = route;
  const example = entry.example as Json;
  const fill = (record: Standing | undefined) => {
    const lacking: string[] = [];
    const spot = { path: '', n: 0, beside: {} };
    const body = filled({ world, route, record, lacking }, bodySchema(route), example, spot) as Json;
    return { record, body, lacking };
  };
  const candidates = entry.creates ? [undefined] : world.all(aggregate.name);
  const takes = (record: Standing | undefined): boolean =>
    record === undefined ||
    entry.allowedIn === undefined ||
    entry.allowedIn.includes((record.loaded.state as { readonly status: string }).status);
  const tried = [...candidates.filter(takes), ...candidates.filter((one) => !takes(one))].map(fill);
  const best =
    [...tried].sort((one, other) => one.lacking.length - other.lacking.length)[0] ?? fill(undefined);
  if (best.lacking.length > 0) console.error(`POST ${route.url}: the demo has no ${best.lacking.join(', ')}`);
  return {
    ...(best.record ? { id: best.record.id } : {}),
    body: {
      ...(entry.idGiven ? { id: world.programme } : {}),
      ...best.body,
      ...(entry.replaces === true ? { expectedVersion: best.record?.loaded.version ?? 1 } : {}),
    },
  };
}

/** What is asked for beside an address, by the names of parameters. */
function asked(world: World): Readonly<Record<string, string | number>> {
  const theme = partsOf('place', 'theme', existing(world.state('place', world.place), world.place))[0];
  const { places } = existing(world.state('programme', world.programme), world.programme);
  const [place] = Object.entries(places).flatMap(([id, one]) => (id === world.place ? [one] : []));
  const chair = grantOf('CHAIR').agency ?? '';
  return {
    placeId: world.place,
    place: world.place,
    programmeId: world.programme,
    ownerAgencyId: chair,
    ownerId: chair,
    themeId: String(theme?.id),
    account: world.account,
    actor: world.account,
    record: `place-${world.place}`,
    address: `/v1/places/${world.place}`,
    scope: `place:${world.place}`,
    as: `secretariat@place:${world.place}`,
    gssCode: String(place?.areas[0]?.code),
    region: String(place?.region),
    mustAct: `department:${world.department}`,
    roundNo: 1,
    of: world.place,
  };
}

/** A member of a command that names something. */
function memberIn(schema: Json, path: readonly string[] = []): string | undefined {
  if ((schema.field === 'ref' || schema.field === 'part') && schema.kindFrom === undefined)
    return path.join('.');
  const branches = [schema.items, schema.anyOf, schema.oneOf].flat().filter(isObject);
  const members = Object.entries(isObject(schema.properties) ? schema.properties : {});
  for (const [name, one] of members) {
    const found = isObject(one) ? memberIn(one, [...path, name]) : undefined;
    if (found !== undefined) return found;
  }
  for (const branch of branches) {
    const found = memberIn(branch, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The demo's world, as it stands when this is asked. */
export const worldOf = (service: EmbeddedService): Promise<World> => World.of(service);

/** Every request of which something is shown. `recorded`: the answers whose records are shown too. */
export function exampleRequests(world: World, recorded: Examples): ExampleRequests {
  const commands = commandRoutes.map((route) => [`POST ${route.url}`, commandRequest(world, route)] as const);
  const { body: answer } = commandRequest(world, answerRoute);
  const owned = world
    .all('barrier')
    .filter(({ loaded }) => Object.hasOwn((loaded.state as States['barrier']).owners, world.department));
  const answers: ExampleRequest = {
    id: world.department,
    body: { barriers: owned.slice(0, 1).map(({ id }) => ({ id })), answer },
  };
  const kindOf = (url: string): string => {
    const collection = url.split('/')[2];
    const named = commandRoutes.find(({ aggregate }) => aggregate.collection === collection);
    return named?.aggregate.name ?? 'agency';
  };
  const required: Readonly<Record<string, ExampleRequest['query']>> = {
    '/v1/compare': { from: '2009-10-01' },
    '/v1/search': { q: world.place },
  };
  const addresses = [...queries, ...feeds].map(({ url }) => url as string);
  const questions = [...addresses, placeExportAddress].map((url) => {
    const kind = kindOf(url);
    // Where an answer is shown, its own record, if the demo itself has it.
    const shown = /^\/v1\/[^/]+\/([^/?]+)/.exec(recorded[url]?.asked ?? '')?.[1];
    const own = shown !== undefined && world.has(kind, decodeURIComponent(shown)) ? shown : undefined;
    const id = url.includes(':id') ? (own ?? world.all(kind)[0]?.id) : undefined;
    const isOfRecord = url.includes(':id');
    const choosing = url.includes(':name')
      ? commandRoutes.find(
          (route) =>
            route.aggregate.name === kind &&
            (route.entry.creates === true) !== isOfRecord &&
            memberIn(bodySchema(route)) !== undefined,
        )
      : undefined;
    const needed = choosing ? { member: memberIn(bodySchema(choosing)) ?? '' } : required[url];
    const request: ExampleRequest = {
      ...(id === undefined ? {} : { id: decodeURIComponent(id) }),
      ...(choosing ? { name: choosing.name } : {}),
      ...(needed ? { query: needed } : {}),
    };
    return [`GET ${url}`, request] as const;
  });
  return Object.fromEntries([
    ...commands,
    [`POST ${departmentAnswersAddress}`, answers],
    ...questions,
    ['GET', { query: asked(world) }],
  ]);
}
