/**
 * What a text may hold: by each character that has no business in one, over every member of every command.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'tap';
import { z } from 'zod';
import { aggregates } from '../../src/domain/registry.js';
import type { Aggregate } from '../../src/domain/kernel/types.js';
import { jsonLine, shortened, shownPlain, withLineFeeds } from '../../src/domain/kernel/text.js';
import { Name, Prose } from '../../src/domain/shared/values.js';
import type { Schema } from '../../src/domain/kernel/schema.js';
import { Property } from '../holds.js';

const from = (first: number, last = first): string[] =>
  Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i));
/** Nowhere in a text. */
const unwanted = [
  ...from(0x00, 0x08),
  ...from(0x0b, 0x1f),
  ...from(0x7f, 0x9f),
  ...from(0x2028, 0x202e),
  ...from(0x2066, 0x206f),
  ...from(0xfff9, 0xfffb),
  ...from(0xfdd0, 0xfdef),
  ...from(0xfffe, 0xffff),
  ...from(0x1fffe, 0x1ffff),
  ...from(0xe0001),
  ...from(0xe0020, 0xe007f),
  '\ud83d',
  '\udc00',
];
/** Nothing that anybody can see, alone or together. */
const invisible = [
  ' ',
  '\t',
  '\n',
  '\u00a0',
  '\u00ad',
  '\u034f',
  '\u061c',
  '\u115f',
  '\u1160',
  '\u1680',
  '\u17b4',
  '\u180b',
  '\u180e',
  ...from(0x2000, 0x200f),
  '\u202f',
  '\u205f',
  ...from(0x2060, 0x2064),
  '\u2800',
  '\u3000',
  '\u3164',
  '\ufe0f',
  '\ufeff',
  '\uffa0',
  '\ufffc',
  '\u{1d159}',
  '\u{1d173}',
  '\u{e0100}',
];
const atNoEnd = [
  '\u00ad',
  '\u034f',
  '\u180e',
  '\u200b',
  '\u200c',
  '\u200d',
  ...from(0x2060, 0x2064),
  '\ufeff',
];
const named = (c: string): string =>
  [...c].map((x) => `U+${x.codePointAt(0)!.toString(16).toUpperCase()}`).join(' ');
const why = (schema: Schema, text: unknown): string | undefined =>
  schema.safeParse(text).error?.issues[0]!.message;

test('text is refused with what would be right', async (t) => {
  const says = new Property('text is refused with what would be right');
  for (const [schema, what] of [
    [Prose(), 'text'],
    [Name, 'a name'],
  ] as const) {
    for (const c of unwanted)
      for (const text of [`Kerb${c}stone`, `${c}Kerb`, `Kerb${c}`])
        says.same(t, `${what} ${named(c)}`, why(schema, text), `Enter ${what} without control characters`);
    for (const c of invisible)
      for (const text of [c, c.repeat(3), ` ${c}\n`])
        says.same(t, `${what} ${named(c)}`, why(schema, text), `Enter ${what}`);
    t.equal(why(schema, invisible.join('')), `Enter ${what}`, 'all of them together');
    for (const c of atNoEnd)
      for (const text of [`${c}Kerb`, `Kerb${c}`, ` ${c}Kerb`, `Kerb${c}\n`])
        says.same(
          t,
          `${what} ${named(c)}`,
          why(schema, text),
          `Enter ${what} without invisible characters at its ends`,
        );
    t.equal(why(schema, ''), `Enter ${what}`);
  }
  says.settle(t);
  t.equal(why(Prose('label'), 'a'.repeat(101)), 'Enter text in 100 characters or fewer');
  t.match(why(Prose(), 'Wales \u{1F3F4}\u{E0067}'), /control/, 'a flag that does not end');
  t.match(
    why(Prose(), '\u{1F3F4}\u{E0067}\u{E0062}\u{E0020}\u{E0077}\u{E006C}\u{E0073}\u{E007F}'),
    /control/,
    'a sentence in tags',
  );
});

test('text that people write passes as it is', async (t) => {
  for (const text of [
    'Kerb; and, stone\\\n\tA second line',
    '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645', // Persian, with the joiner that its spelling needs.
    '\u{1F469}\u200d\u{1F469}\u200d\u{1F467}',
    '\u2764\ufe0f',
    '\u{1F3F4}\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}',
    'Sian\u200bBrown and co\u00adoperation',
    'Ll\u0177r, S\u00ecn, \u00c9amonn',
    '\u05e9\u05dc\u05d5\u05dd\u200f',
    ' between blanks ',
  ])
    t.equal(Prose().parse(text), text);
});

test('lines end with a newline alone, whatever a form sends, before they are counted', async (t) => {
  t.equal(Prose().parse('one\r\ntwo\r\n\r\nthree'), 'one\ntwo\n\nthree');
  const rest = 't'.repeat(96);
  t.equal(Prose('label').parse(`one\r\n${rest}`), `one\n${rest}`, 'of 100 characters');
  for (const text of ['one\rtwo', 'one\r\r\ntwo', 'one\n\rtwo', 'one\r'])
    t.match(why(Prose(), text), /control/);
});

test('a text that is made to be slow is read to the end', async (t) => {
  for (const c of ['\u200b', ' ', '\u200b ', '\ufeff\u00a0', '\u{1F3F4}\u{E0067}', '\r\n'])
    t.ok(Prose().safeParse(`${c.repeat(200_000)}x`).error, named(c));
});

test('what an older log holds is shown plain, and JSON stands on one line for every reader', async (t) => {
  t.equal(shownPlain('a\r\nb\rc\u0085d\u2028e\u2029f\vg\fh\ni'), 'a\nb\nc\nd\ne\nf\ng\nh\ni');
  t.equal(shownPlain('\u202etxt\u202c \u009b2J\u{e0041}.'), 'txt 2J.');
  const flag = '\u{1F3F4}\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}';
  t.equal(shownPlain(`${flag}\tSi\u200ban`), `${flag}\tSi\u200ban`, 'what people write stays');
  const value = { text: '\u2028\u2029\u0085\u007f\u009b\r\n"\\', emoji: flag };
  t.notMatch(jsonLine(value), /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  t.same(JSON.parse(jsonLine(value)), value, 'and is the same JSON');
});

test('a text is shortened between characters', async (t) => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.integer({ min: 1, max: 40 }),
      (text, max) => {
        const short = shortened(text, max);
        assert(short.length <= max && short.isWellFormed(), 'is no longer, and whole');
        if (text.length <= max) assert.equal(short, text);
        else assert(text.startsWith(short.slice(0, -1)) && short.endsWith('…'));
      },
    ),
    { numRuns: 300 },
  );
  const flag = '\u{1F3F4}\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}';
  t.same(
    [14, 15, 29].map((max) => shortened(flag.repeat(3), max)),
    ['…', `${flag}…`, `${flag}${flag}…`],
  );
});

/** Where a schema takes strings. */
function strings(schema: z.core.$ZodType, path = ''): { path: string; schema: Schema }[] {
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([k, s]) => strings(s as Schema, `${path}/${k}`));
  if (schema instanceof z.ZodArray) return strings(schema.element, `${path}/-`);
  if (schema instanceof z.ZodRecord)
    return [...strings(schema.keyType, `${path}/{key}`), ...strings(schema.valueType, `${path}/*`)];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((s) => strings(s, path));
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return strings(schema.unwrap(), path);
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return [{ path, schema }];
  if ([z.ZodEnum, z.ZodLiteral, z.ZodNumber, z.ZodBoolean, z.ZodNull].some((kind) => schema instanceof kind))
    return [];
  throw new Error(`${path}: say how a ${schema.constructor.name} is walked`);
}

test('no member of a command that people give takes what a text may not hold', async (t) => {
  let members = 0;
  const some = [
    '\b',
    '\r',
    '\u0085',
    '\u2028',
    '\u202e',
    '\u2066',
    '\u2069',
    '\ufff9',
    '\uffff',
    '\u{e0041}',
  ];
  const plain = new Property('no member takes a text that is not plain');
  const oneForm = new Property('lines of a member stand in one form');
  for (const aggregate of aggregates as readonly Aggregate[])
    for (const [name, entry] of Object.entries(aggregate.commands)) {
      if (entry.givenBy.every((r) => r === 'system')) continue;
      for (const { path, schema } of strings(entry.data)) {
        members++;
        const taken = [...some.map((c) => `a${c}b`), ...invisible, '\ufeffa', 'a\u200b'].filter((s) => {
          const { success, data } = schema.safeParse(s);
          // Blanks around a code are taken off.
          return success && !Prose().safeParse(data).success;
        });
        plain.same(t, `${aggregate.name}.${name} ${path}`, taken.map(named), []);
        const lines = schema.safeParse('one\r\ntwo');
        if (lines.success)
          oneForm.same(t, `${aggregate.name}.${name} ${path}`, lines.data, withLineFeeds('one\r\ntwo'));
      }
    }
  plain.settle(t);
  oneForm.settle(t);
  t.ok(members > 200, `${members} members were asked`);
});
