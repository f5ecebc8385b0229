/**
 * Fields, kind by kind: what is typed as a value of the command, and a value as it is typed. What reads back
 * what was written gives the same value.
 */
import { at, londonDate, londonTimeOf } from '../../domain/shared/calendar.js';
import type { FieldKind } from '../../domain/shared/fields.js';
import { parseBody } from '../../http/server/body.js';
import { Problem } from '../../http/server/problem.js';
import type { Inputs } from './inputs.js';
import type { Node } from './node.js';
import { dateOf, monthOf, penceOf, poundsOf, timeOf, two } from './typed.js';

/** What was read: nothing where it was left blank, or a sentence where it is nothing of its kind. */
export type Read = { readonly value?: unknown } | { readonly wrong: string };
type Pairs = readonly (readonly [name: string, value: string])[];
interface Kind {
  read(inputs: Inputs, name: string, node: Node): Read;
  write(value: unknown, name: string, node: Node): Pairs;
}
const nothing: Read = {};

/** Kinds that are one text, which one input holds, or a line of several. */
interface TextKind {
  parse(text: string, node: Node): Read;
  show(value: unknown): string;
}
const asText: TextKind = { parse: (text) => ({ value: text }), show: String };

const parts = ['day', 'month', 'year'] as const;
/** A date of three inputs, or of one. */
function readDate(inputs: Inputs, name: string): Read {
  const whole = inputs.filled(name);
  if (whole !== undefined) {
    const date = dateOf(whole);
    return date === undefined ? { wrong: 'Enter a real date, like 24 3 2010' } : { value: date };
  }
  const given = parts.map((part) => inputs.filled(`${name}-${part}`));
  if (given.every((part) => part === undefined)) return nothing;
  const missing = parts.filter((_, i) => given[i] === undefined);
  if (missing.length > 0) return { wrong: `The date must include a ${missing.join(' and a ')}` };
  const [day = '', month = '', year = ''] = given;
  const number = monthOf(month);
  if (number === undefined || !/^\d{1,2}$/.test(day.trim()) || !/^\d{4}$/.test(year.trim()))
    return { wrong: 'Enter a real date, like 24 3 2010' };
  return { value: `${year.trim()}-${number}-${two(day)}` };
}
function writeDate(value: string, name: string): Pairs {
  const [year = '', month = '', day = ''] = value.split('-');
  return [
    [`${name}-day`, String(Number(day))],
    [`${name}-month`, String(Number(month))],
    [`${name}-year`, year],
  ];
}

const quarter = /^(?:q([1-4])\s*(\d{4})|(\d{4})\s*-?\s*q([1-4]))$/i;
const month: TextKind = {
  parse(text, { quarters }) {
    const typed = text.trim();
    if (/^\d{4}-\d{2}$/.test(typed)) return { value: typed };
    const [, ofFirst, firstYear, secondYear, ofSecond] = (quarters && quarter.exec(typed)) || [];
    const year = firstYear ?? secondYear;
    if (year !== undefined) return { value: `${year}-Q${ofFirst ?? ofSecond}` };
    const [, word = '', of] = /^(\d{1,2}|[A-Za-z]{3,})[\s/-]+(\d{4})$/.exec(typed) ?? [];
    const number = monthOf(word);
    if (of !== undefined && number !== undefined) return { value: `${of}-${number}` };
    return { wrong: `Enter a month, like 9 2009${quarters ? ', or a quarter, like Q3 2009' : ''}` };
  },
  show: String,
};
/** Digits of a number that is typed: more than any of ours needs. */
const number: TextKind = {
  parse(text) {
    const typed = text.replace(/[\s,]/g, '');
    return /^-?\d{1,15}$/.test(typed) ? { value: Number(typed) } : { wrong: 'Enter a whole number' };
  },
  show: String,
};

/** What is chosen from a list: a number where its ids are numbers. */
const chosen: TextKind = {
  parse: (text, node) => (node.type === 'integer' ? number.parse(text, node) : { value: text.trim() }),
  show: String,
};
const textKinds = {
  money: {
    parse(text) {
      const value = penceOf(text);
      return value === undefined
        ? { wrong: 'Enter an amount in pounds, like 12,400 or 12,400.50' }
        : { value };
    },
    show: (value) => poundsOf(value as number),
  },
  'financial-year': {
    parse(text) {
      const [, first, second = ''] = /^(\d{4})\s*[-/–]\s*(\d{2}|\d{4})$/.exec(text.trim()) ?? [];
      return first === undefined
        ? { wrong: 'Enter a financial year, like 2009-10' }
        : { value: `${first}-${second.slice(-2)}` };
    },
    show: String,
  },
  month,
  line: asText,
  prose: asText,
  number,
  choice: asText,
  ref: chosen,
  part: chosen,
} as const satisfies Partial<Record<FieldKind, TextKind>>;
export const textKind = (kind: FieldKind): TextKind | undefined =>
  (textKinds as Partial<Record<FieldKind, TextKind>>)[kind];

const ofText = ({ parse, show }: TextKind): Kind => ({
  read(inputs, name, node) {
    const text = inputs.filled(name);
    return text === undefined ? nothing : parse(text, node);
  },
  write: (value, name) => [[name, show(value)]],
});

interface Fuzzy {
  readonly from?: string;
  readonly to?: string;
  readonly precision?: string;
  readonly tbc?: boolean;
}
const yesNo: Kind = {
  read(inputs, name) {
    const answer = inputs.filled(name);
    if (answer === undefined) return nothing;
    if (answer !== 'yes' && answer !== 'no') return { wrong: 'Choose yes or no' };
    return { value: answer === 'yes' };
  },
  write: (value, name) => [[name, value === true ? 'yes' : 'no']],
};
/** First and last day, how exactly they are known, and whether they may still move. */
const fuzzy: Kind = {
  read(inputs, name) {
    const [from, to] = [readDate(inputs, `${name}.from`), readDate(inputs, `${name}.to`)];
    if ('wrong' in from) return from;
    if ('wrong' in to) return to;
    const precision = inputs.filled(`${name}.precision`);
    const tbc = yesNo.read(inputs, `${name}.tbc`, {});
    if ('wrong' in tbc) return tbc;
    if ([from.value, to.value, precision, tbc.value].every((part) => part === undefined)) return nothing;
    // One day ends as it begins.
    const last = to.value ?? (precision === 'day' ? from.value : undefined);
    return {
      value: {
        ...(from.value === undefined ? {} : { from: from.value }),
        ...(last === undefined ? {} : { to: last }),
        ...(precision === undefined ? {} : { precision }),
        ...(tbc.value === undefined ? {} : { tbc: tbc.value }),
      },
    };
  },
  write(value, name) {
    const { from, to, precision, tbc } = value as Fuzzy;
    return [
      ...(from === undefined ? [] : writeDate(from, `${name}.from`)),
      ...(to === undefined ? [] : writeDate(to, `${name}.to`)),
      ...(precision === undefined ? [] : [[`${name}.precision`, precision] as const]),
      ...(tbc === undefined ? [] : yesNo.write(tbc, `${name}.tbc`, {})),
    ];
  },
};
const time: Kind = {
  read(inputs, name) {
    const [date, typed] = [readDate(inputs, name), inputs.filled(`${name}-time`)];
    if ('wrong' in date) return date;
    if (date.value === undefined && typed === undefined) return nothing;
    if (date.value === undefined) return { wrong: 'Enter the day as well as the time' };
    const clock = typed === undefined ? undefined : timeOf(typed);
    if (clock === undefined) return { wrong: 'Enter a time, like 5pm or 17:00' };
    try {
      return { value: at(date.value as string, clock).replace('.000Z', 'Z') };
    } catch {
      return { wrong: 'Enter a real date, like 24 3 2010' };
    }
  },
  write: (value, name) => [
    ...writeDate(londonDate(value as string), name),
    [`${name}-time`, londonTimeOf(value as string)],
  ],
};
/** What the page gave: a text as it is, anything else as JSON. */
const given: Kind = {
  read(inputs, name, node) {
    const text = inputs.filled(name);
    if (text === undefined) return nothing;
    if (node.type === 'string') return { value: text };
    try {
      return { value: parseBody(Buffer.from(text)) };
    } catch (error) {
      if (error instanceof Problem) return { wrong: 'Open the form again: what it held was changed' };
      throw error;
    }
  },
  write: (value, name, node) => [[name, node.type === 'string' ? String(value) : JSON.stringify(value)]],
};

const kinds: Readonly<Record<Exclude<FieldKind, keyof typeof textKinds>, Kind>> = {
  date: { read: readDate, write: (value, name) => writeDate(value as string, name) },
  time,
  'fuzzy-date': fuzzy,
  'yes-no': yesNo,
  // One that is there already goes with its form; another is made where the command is.
  'new-part': ofText(asText),
  given,
};
const kindOf = (kind: FieldKind): Kind => {
  const text = textKind(kind);
  return text ? ofText(text) : kinds[kind as keyof typeof kinds];
};
export const readLeaf = (kind: FieldKind, inputs: Inputs, name: string, node: Node): Read =>
  kindOf(kind).read(inputs, name, node);
export const writeLeaf = (kind: FieldKind, value: unknown, name: string, node: Node): Pairs =>
  kindOf(kind).write(value, name, node);
