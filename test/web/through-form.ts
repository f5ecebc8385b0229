/** A command through its form, page by page as it is drawn, and what it recorded. */
import type { DemoReader } from '../../src/demo/readers.js';
import { bodySchema } from '../../src/http/query/command-schema.js';
import type { CommandRoute } from '../../src/http/query/command-routes.js';
import { decode } from '../../src/log/codec.js';
import { formField } from '../../src/web/cross-site.js';
import { fill } from '../../src/web/form/fill.js';
import { own } from '../../src/web/form/inputs.js';
import { stepsOf } from '../../src/web/form/journeys.js';
import { nodeOf, type Node } from '../../src/web/form/node.js';
import type { Harness } from '../http/harness.js';
import { enter, type Pair } from './entering.js';
import { fieldFor, inputsOf, type FormsWorld, type Sent } from './forms-world.js';

/** A command by its whole name: `pool.Pledge`. */
export const nameOf = ({ aggregate, name }: CommandRoute): string => `${aggregate.name}.${name}`;

/** What an event tells. */
export interface Told {
  readonly type: string;
  readonly stream: string;
  readonly version: number;
  readonly data: object;
  readonly actor: { readonly role: string };
  readonly commandId: string | undefined;
}
/** What an event says: all but what names its moment. Whoever records a refusal has a name of its own. */
export function recorded({ service }: Pick<Harness, 'service'>, from: number): Told[] {
  return service.log.readAll(from, 1_000_000).map((stored) => {
    const { aggregate, type, stream, version, data, actor, commandId } = decode(stored);
    return { type, stream, version, data, actor, commandId: aggregate === 'refusal' ? undefined : commandId };
  });
}
/** What people did: what follows by itself is named after the events that it follows. */
export const byPeople = (events: readonly Told[]): Told[] =>
  events.filter(({ actor }) => actor.role !== 'system');

/** The version that a record is in: so many events. */
export const versionOf = (
  { service }: Pick<Harness, 'service'>,
  { aggregate }: CommandRoute,
  id: string,
): number =>
  service.log.readAll(0, 1_000_000).filter(({ stream }) => stream === `${aggregate.name}-${id}`).length;

/** The member that an input is of: `money.1.pence`, `dueOn-day`, `_rows.sections`, `_is.rule`. */
const memberOf = (input: string): string => input.replace(/^_[a-z]+\./, '').split(/[.-]/)[0] as string;

/** What became of a form: what it was answered at last, and what was met on the way. */
export interface Through extends Sent {
  /** The inputs that the example fills and no page draws, or offers no such choice for. */
  readonly undrawn: readonly string[];
  /** Whether there was a check of it: of what cannot be done there is none. */
  readonly isChecked: boolean;
  /** The status of each of its pages that was sent with nothing entered, or with what was drawn left blank. */
  readonly leftEmpty: readonly number[];
}
/** Fills the form as a person does who forgets every page first, page by page, checks it, and records it. */
export async function throughItsForm(
  web: FormsWorld,
  reader: DemoReader,
  route: CommandRoute,
  address: string,
  body: object,
  nonce: string,
): Promise<Through> {
  const node = nodeOf(bodySchema(route));
  const filled = fill(node, body).entries();
  const token = fieldFor(reader, address, nonce);
  const acting = [own.acting, reader.grant] as const;
  const undrawn: string[] = [];
  const leftEmpty: number[] = [];
  let page = await web.open(reader, address);
  for (const step of stepsOf(nameOf(route), Object.keys(node.properties ?? {}))) {
    const asked = new Set(step);
    const isEntered = (name: string): boolean => asked.has(memberOf(name)) && !made.has(memberOf(name));
    // What the page made itself goes back as it is.
    const made = new Set(
      inputsOf(page.html)
        .map(([name]) => memberOf(name))
        .filter((member) => isGiven(node, member)),
    );
    // What the page has besides, such as earlier answers; of what it asks, the example alone.
    const besidesOf = (html: string) =>
      inputsOf(html).filter(
        ([name]) =>
          name !== formField && name !== own.acting && !name.startsWith('_search') && !isEntered(name),
      );
    const answers = filled.filter(([name]) => isEntered(name));
    const post = (inputs: Iterable<Pair>) => web.post(reader, address, [token, acting, ...inputs]);
    const { inputs, missing } = await enter(node, page, answers, besidesOf, post);
    undrawn.push(...missing);
    const isTyped = ([name]: Pair): boolean => isEntered(name) && !name.startsWith('_');
    const blank = inputs.map((input): Pair => (isTyped(input) ? [input[0], ''] : input));
    for (const empty of [besidesOf(page.html), blank])
      leftEmpty.push((await post([...empty, [own.next, 'yes']])).status);
    page = await post([...inputs, [own.next, 'yes']]);
  }
  // Of what cannot be done there is no check, and the form is refused like the command.
  const isChecked = page.html.includes('Check before you record it');
  const sent = isChecked
    ? await web.post(reader, address, [...inputsOf(page.html), ['_record', 'yes']])
    : await web.post(reader, address, [token, acting, ...filled, ['_record', 'yes']]);
  return { ...sent, undrawn: isChecked ? undrawn : [], isChecked, leftEmpty };
}
/** What a page makes itself, of its own key or of what it shows. */
const isGiven = ({ properties = {} }: Node, member: string): boolean =>
  ['new-part', 'given'].includes(properties[member]?.field ?? '');
