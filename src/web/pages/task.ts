/**
 * What a form is about, and how that is asked, checked and given: a command of one record here; one that is
 * given for several stands beside it (src/web/pages/department-answers.ts).
 */
import type { Preview } from '../../http/for-pages.js';
import type { Done, Given } from '../../http/give.js';
import { splitStream } from '../../domain/registry.js';
import { commandRoutes, type CommandRoute } from '../../http/query/command-routes.js';
import type { RecordQuery } from '../../http/query/declare.js';
import { queries } from '../../http/questions/index.js';
import { notThere, type ProblemError } from '../../http/server/problem.js';
import { day } from '../../http/words/format.js';
import { pageAddress } from '../address.js';
import type { Case } from '../form/cases.js';
import type { Chooser } from '../form/choose.js';
import type { Inputs } from '../form/inputs.js';
import { stepsOf } from '../form/journeys.js';
import type { Node } from '../form/node.js';
import type { Parsed } from '../form/parse.js';
import type { Visit } from '../visit.js';
import { chooserOf } from './choices.js';

/** A command as it is said to be possible (src/http/questions/possible.ts). */
export interface Possible {
  readonly name: string;
  readonly title: string;
  readonly possible: 'yes' | 'no' | 'for';
  readonly grants: readonly string[];
  readonly why?: { readonly detail: string };
  readonly schema: Readonly<Record<string, unknown>>;
  readonly values: Readonly<Record<string, unknown>>;
  readonly cases?: readonly Case[];
}

/** What stands above every page of a form. */
export interface Head {
  readonly title: string;
  readonly caption: string | undefined;
  readonly back: string;
  readonly address: string;
  /** That it is a promise, and whose, of what is one. */
  readonly promise: string | undefined;
}
/** One of several records that something is given for, as it is called. */
export interface OneOf {
  readonly title: string;
  readonly href: string | undefined;
}
export interface EachForeseen extends OneOf {
  readonly would: Preview['would'];
  readonly waits: readonly string[];
  /** Why it would be refused; it is left out then. */
  readonly refused: string | undefined;
}
/** What a command would do, as it is checked. */
export interface Checked {
  /** What would be recorded, each with who will be able to read it. */
  readonly would: Preview['would'];
  /** What waits for whom then, and what waits no more. */
  readonly waits: readonly string[];
  /** Of a decision: what each thing that it allows would still be refused with. */
  readonly meets: readonly string[];
  /** Of what is given for several records: what it would be for each. */
  readonly each: readonly EachForeseen[];
  /** What is given then. */
  readonly body: Given['body'];
}
/** What a form is about: how it is asked, checked and given. `D`: what it gives once that is done. */
export interface Task<D> {
  /** As it is known to journeys: `barrier.Respond`. */
  readonly name: string;
  readonly command: Possible;
  readonly head: Pick<Head, 'title' | 'caption' | 'back' | 'address'>;
  readonly recordId: string | undefined;
  /** What it says can be said anew in its stead. */
  readonly isReplaceable: boolean;
  /** The members that each step asks for, of all that there are. */
  steps(members: readonly string[]): readonly (readonly string[])[];
  chooser(root: Node, inputs: Inputs): Chooser;
  /** The id of the command, which what is new in it is named after. */
  idOf(given: Given): string;
  mistakes(body: Parsed['body']): readonly ProblemError[];
  check(given: Given): Promise<Checked>;
  give(given: Given): Promise<D>;
}

/** By these nothing is settled yet: what they say can be said anew as long as nobody acts on it. */
const replaceable: ReadonlySet<string> = new Set([
  'barrier.AssignHandler',
  'barrier.PrepareAnswer',
  'decision.AmendDecision',
  'decision.DraftDecision',
]);

/** "One assessment: due on 26 February 2010, by County Durham PCT." */
export const waitsOf = ({ opened, closed }: Preview['due']): string[] => [
  ...opened.map(({ text, dueOn, owedBy }) => {
    const who = owedBy.map(({ id, name }) => name ?? id).join(' and ');
    return `This waits then: ${text}, due on ${day(dueOn)}${who === '' ? '' : `, by ${who}`}.`;
  }),
  ...closed.map(({ text }) => `This waits no more: ${text}.`),
];
/**
 * A command of one record, or of none yet; throws the 404 of a record that is not there, or not open to the
 * reader.
 */
export async function taskOf(
  visit: Visit,
  route: CommandRoute,
  recordId: string | undefined,
): Promise<Task<Done>> {
  const { collection, name: kind } = route.aggregate;
  const { commands } = visit.web;
  const { command, context } = await commandOf(visit, route, recordId);
  const title =
    recordId === undefined ? undefined : (visit.names(context).nameOf(kind as 'pool', recordId) ?? recordId);
  const id = recordId === undefined ? '' : `/${encodeURIComponent(recordId)}`;
  const address = addressOf(route, recordId);
  const name = `${kind}.${route.name}`;
  return {
    name,
    command,
    recordId,
    isReplaceable: replaceable.has(name),
    head: { title: route.entry.title, caption: title, back: `/${collection}${id}`, address },
    steps: (members) => stepsOf(name, members),
    chooser: (root, inputs) => chooserOf({ visit, route, recordId, root, inputs }),
    idOf: (given) => commands.idOf(route, given),
    mistakes: (body) => commands.mistakes(route, body),
    async check(given) {
      const { would, due, authorises = [] } = await commands.preview(route, given, visit.request);
      const meets = authorises.flatMap(({ meets, ...allowed }) =>
        meets ? [`${allowedTold(visit, allowed)}: ${meets.detail}`] : [],
      );
      return { body: given.body, would, waits: waitsOf(due), meets, each: [] };
    },
    give: (given) => commands.give(route, given, visit.request),
  };
}
/** What a decision allows, in words: “Disclose a record”, on “Warm homes”. */
export function allowedTold(
  visit: Visit,
  { command, record }: Readonly<Record<'command' | 'record', string>>,
): string {
  const [kind, id] = splitStream(record);
  const { entry } =
    commandRoutes.find(({ aggregate, name }) => aggregate.name === kind && name === command) ?? {};
  return `“${entry?.title ?? command}”, on “${visit.names().nameOf(kind as 'pool', id) ?? record}”`;
}
/** What is said of a command of a record, or of none yet, and the context in which that was asked. */
export async function commandOf(
  visit: Visit,
  { aggregate, name }: CommandRoute,
  recordId: string | undefined,
) {
  const base = `/v1/${aggregate.collection}`;
  const asked = recordId === undefined ? `${base}/commands` : `${base}/:id/commands`;
  const question = queries.find((one): one is RecordQuery => one.kind === 'record' && one.url === asked);
  if (!question) throw new Error(`nobody says what may be done at ${asked}`);
  const { body, context } = await visit.record(question, recordId, {});
  const command = (body.items as readonly Possible[]).find((one) => one.name === name);
  if (!command) throw notThere();
  return { command, context };
}

/** Where the form of a command stands. */
export function addressOf({ aggregate, entry, url }: CommandRoute, recordId: string | undefined): string {
  if (entry.creates) return `/${aggregate.collection}/new`;
  return pageAddress(url.replace(':id', encodeURIComponent(recordId ?? '')));
}
