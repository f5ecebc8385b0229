/** The page of events for data teams, made from the registry. */
import { z } from 'zod';
import { aggregates } from '../../src/domain/registry.js';
import type { Aggregate, EventEntry } from '../../src/domain/kernel/types.js';
import { eventType } from '../../src/http/events.js';

/** What of JSON Schema is put into words. */
interface Json {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Json>>;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Json[];
  readonly type?: string;
  readonly format?: string;
  readonly items?: Json;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
}
type Defs = NonNullable<Json['$defs']>;
function typeOf(schema: Json, defs: Defs): string {
  if (schema.$ref) return typeOf(defs[schema.$ref.split('/').at(-1) ?? ''] ?? {}, defs);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((v) => String(v)).join(' \\| ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map((s) => typeOf(s, defs)))].join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {}, defs)}`;
  if (schema.type === 'object') return schema.properties ? `{${fields(schema, defs)}}` : 'map';
  return schema.format ?? schema.type ?? 'any';
}
const fields = (schema: Json, defs: Defs): string =>
  Object.entries(schema.properties ?? {})
    .map(([name, s]) => `${name}${(schema.required ?? []).includes(name) ? '' : '?'}: ${typeOf(s, defs)}`)
    .join(', ');
const toWhom = {
  members: 'to members and parties only',
  programme: 'not to the public',
  nobody: 'with no event',
} as const;
function withheld(from: EventEntry['private']): string {
  if (from === true) return 'private';
  if (from === 'programme') return toWhom.programme;
  return from ? 'private unless consented' : '';
}
const kindOf = ({ private: p, disclosesFigures: opens, membersOnly: inside = {} }: EventEntry): string =>
  [
    withheld(p),
    opens ? 'opens figures' : '',
    ...Object.entries(inside).map(([name, audience]) => `\`${name}\` ${toWhom[audience]}`),
  ]
    .filter(Boolean)
    .join(', ') || '–';

export function eventsPage(): string {
  const rows = (a: Aggregate): string[] =>
    Object.entries(a.events).map(([type, entry]) => {
      const schema = z.toJSONSchema(entry.data, { io: 'output', unrepresentable: 'any' }) as Json;
      return (
        `| \`${eventType(a.name, type)}\` | ${fields(schema, schema.$defs ?? {}) || '–'} | ` +
        `${kindOf(entry)} |`
      );
    });
  return [
    '# Events for data teams',
    '',
    'Made by `npm run docs` from the registry. `GET /v1/events?from=<position>` answers a line (NDJSON) ' +
      'for each event that its reader may',
    'see, from a position to the log’s end; `position` in a line is where to go on, and the header ' +
      '`Position` is the end that was reached.',
    'Beside the demo, once `. ./var/demo/demo.env` has set its address and tokens:',
    '',
    '```sh',
    'curl -s "$URL/v1/events" -H "Authorization: Bearer $TREASURY"',
    '```',
    '',
    'Each line is a CloudEvent 1.0. `type` is kind, name and schema version: `pool.PledgeMade.v1`; a ' +
      'field that goes or changes its meaning',
    'raises the version, a new optional field does not. `data` is always of the newest version, ' +
      'whichever was stored. `subject` is the',
    'record’s stream, `recordversion` its version after the event. Extensions: `placeid`, ' +
      '`programmeid`, `effectiveon`, `actoraccount`,',
    '`actorrole`, `actoragency`, `onbehalfof`, `commandid`, `causationid`, `basis` (sourced or ' +
      'illustrative), `basissource`, `position`; to auditors, of what is signed or approved,',
    '`signedinat`, `signedinby` and `signedinclass`: when its author proved who they are, to whom and how.',
    '',
    'Earlier history keeps its tier. Where an event opens a record or a figure to the reader ' +
      '(disclosure, a consent, their agency becoming',
    'a party), a line of type `<kind>.snapshot.v1` comes before it: `data` is what `GET` of the record ' +
      'answered at that version. It has no',
    '`position`: whoever stops between the two lines gets both again. `dataschema` is the address of ' +
      'the schema of `data` in either kind of line',
    '(`GET /v1/schemas/pool.PledgeMade.v1`, open to everybody, as in `/v1/openapi.json`); a snapshot’s ' +
      'version is raised as an event’s is.',
    '',
    'Money is in whole pence, dates are civil dates in London, instants UTC. A name ending in `?` may ' +
      'be absent.',
    ...aggregates.flatMap((a: Aggregate) => [
      '',
      `## ${a.name}`,
      '',
      '| Type | Data | Sight |',
      '| --- | --- | --- |',
      ...rows(a),
    ]),
    '',
  ].join('\n');
}
