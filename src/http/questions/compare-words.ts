/** A difference in words: what it is called, as it stands in the record, and how it changed. */
import { z } from 'zod';
import { choiceWithin } from '../words/choices.js';
import { labelOf } from '../words/members.js';
import { bare, isMembers, optionOf, shapeOf, type AnySchema, type Members } from '../words/schemas.js';
import { titleIn, type Shower } from '../words/shown.js';
import type { Change, Leaf, LeafValue, Step } from './compare-leaves.js';

/** What the programme calls each step that its answer has. */
function stepNames(answer: unknown): ReadonlyMap<string, string> {
  const lists = isMembers(answer) && isMembers(answer.steps) ? Object.values(answer.steps) : [];
  return new Map(
    lists
      .flat()
      .flatMap((one) =>
        isMembers(one) && typeof one.stepId === 'string' && typeof one.name === 'string'
          ? [[one.stepId, one.name] as const]
          : [],
      ),
  );
}
/** What a part of a map says that it is called. */
const nameIn = (held: unknown): string | undefined =>
  isMembers(held) && typeof held.name === 'string' ? held.name : undefined;
/** Maps whose keys the same answer calls by names, by the member that holds them. */
const keyed: Readonly<Record<string, (answer: unknown) => ReadonlyMap<string, string>>> = {
  excused: stepNames,
};

/** What steps lead to: what it is called, its schema, and the member that it is a value of. */
interface Spot {
  readonly name: string;
  readonly schema: AnySchema | undefined;
  readonly member: string;
  /** The members that it stands among. */
  readonly among: Members;
  readonly held: unknown;
  /** All of the answer. */
  readonly answer: unknown;
}

/** A schema without what only says that a value may be absent; of several, the one that a value is of. */
function schemaFor(schema: AnySchema | undefined, value: unknown): AnySchema | undefined {
  const inner = bare(schema);
  return inner instanceof z.ZodUnion ? schemaFor(optionOf(inner, value), value) : inner;
}

/** Says a value to whoever compares. */
const said = (
  shower: Shower,
  { schema, member, among }: Omit<Spot, 'name' | 'held' | 'answer'>,
  value: unknown,
): string => {
  const shown = shower.show(schema, value, member, among);
  return shown.is === 'text' || shown.is === 'withheld' ? shown.text : 'none';
};

/** A part of a list: by the name of what tells it from others, by its title, else as people count. */
function partName({ name, key, held }: Step, schema: AnySchema | undefined, shower: Shower): string {
  const among = isMembers(held) ? held : {};
  const title = titleIn({ ...among, id: undefined });
  if (key === null || key === undefined) return title ?? String(Number(name) + 1);
  const called = said(shower, { schema: shapeOf(schema, among)[key], member: key, among }, name);
  return called === name ? (title ?? name) : called;
}

function stepTo(spot: Spot, step: Step, shower: Shower): Spot {
  const schema = schemaFor(spot.schema, spot.held);
  const { held } = step;
  if (schema instanceof z.ZodArray) {
    const part = isMembers(held) ? ` (${partName(step, schema.element, shower)})` : '';
    return { ...spot, name: `${spot.name}${part}`, schema: schema.element, held };
  }
  if (schema instanceof z.ZodRecord) {
    const called = keyed[spot.member]?.(spot.answer).get(step.name) ?? nameIn(held);
    const name = `${spot.name} (${called ?? choiceWithin(step.name.replaceAll('.', ', '))})`;
    return { ...spot, name, schema: schema.valueType as AnySchema, held };
  }
  const among = isMembers(spot.held) ? spot.held : {};
  const label = labelOf(step.name);
  const name = spot.name === '' ? label : `${spot.name}, ${within(label)}`;
  return { ...spot, name, schema: shapeOf(schema, among)[step.name], member: step.name, among, held };
}
/** A label within a sentence: a name keeps its capital. */
const within = (label: string): string =>
  /^(Whitehall|[A-Z]{2})/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1);

function spotOf(schema: AnySchema, answer: unknown, { steps }: Leaf, shower: Shower): Spot {
  const start: Spot = { name: '', schema, member: '', among: {}, held: answer, answer };
  return steps.reduce<Spot>((spot, step) => stepTo(spot, step, shower), start);
}

/** What days are called that move. */
const movingDays: Readonly<Record<string, string>> = {
  dueOn: 'The due date',
  startOn: 'The first day',
  endOn: 'The last day',
};
interface Told {
  readonly spot: Spot;
  /** What it is called: `Status`, `Pledges (County Durham PCT), status`. */
  readonly name: string;
  /** Both as they are said. */
  readonly then: string;
  readonly now: string;
  readonly rose: boolean;
}
/** How two values differ, by what they are: the first that fits. */
const differences: readonly {
  readonly fits: (schema: AnySchema | undefined, value: LeafValue) => boolean;
  readonly says: (told: Told) => string;
}[] = [
  {
    fits: (_, value) => typeof value === 'number',
    says: ({ name, then, now, rose }) => `${name}: ${rose ? 'rose' : 'fell'} from ${then} to ${now}`,
  },
  {
    fits: (schema) => schema instanceof z.ZodISODate,
    says: ({ spot, name, then, now }) => {
      const called = name === labelOf(spot.member) ? movingDays[spot.member] : undefined;
      return `${called ?? `${name}:`} moved from ${then} to ${now}`;
    },
  },
  { fits: (_, value) => isProse(value), says: ({ name, then, now }) => `${name}: “${then}”, then “${now}”` },
  { fits: () => true, says: ({ name, then, now }) => `${name}: ${then}, then ${now}` },
];
/** Words that somebody wrote, not one of a list. */
const isProse = (value: LeafValue): boolean => typeof value === 'string' && /\s/.test(value);

/** A word of a closed list stands within the sentence. */
function saidWithin(shower: Shower, spot: Spot, value: LeafValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const schema = schemaFor(spot.schema, value);
  const isWord = schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral;
  return isWord && typeof value === 'string' ? choiceWithin(value, spot.member) : said(shower, spot, value);
}

/** A change of a record in one sentence; `schema` is of its answer before and after. */
export function changeInWords(
  schema: AnySchema,
  { then, now }: Change,
  [before, after]: readonly [unknown, unknown],
  shower: Shower,
): string {
  const [old, current] = [
    then && spotOf(schema, before, then, shower),
    now && spotOf(schema, after, now, shower),
  ];
  const name = (current ?? old)?.name ?? '';
  const words = (spot: Spot | undefined, leaf: Leaf | undefined): string =>
    spot && leaf ? saidWithin(shower, spot, leaf.value) : 'nothing';
  const [was, is] = [words(old, then), words(current, now)];
  if (!current || now?.value === null) return `${name}: was ${was}, now ${is}`;
  if (!old || !then || then.value === null) return `${name}: ${is} (${was} before)`;
  const value = now?.value ?? null;
  const kind = schemaFor(current.schema, value);
  const way = differences.find(({ fits }) => fits(kind, value) && typeof value === typeof then.value);
  const told = { spot: current, name, then: was, now: is, rose: Number(value) > Number(then.value) };
  return way ? way.says(told) : `${name}: ${was}, then ${is}`;
}
