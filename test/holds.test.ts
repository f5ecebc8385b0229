/**
 * Whoever breaks a property is told which case broke it and how: `holds-child.ts` breaks each that is looked
 * at automatically, of a record's specs and of views.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { asTypeScript } from './as-typescript.js';

const child = fileURLToPath(new URL('./holds-child.ts', import.meta.url));
const { stdout } = spawnSync(process.execPath, [asTypeScript, child], { encoding: 'utf8' });
/** What was told to have failed, and after it the difference and where. */
const told = stdout.split(/^ {4}not ok \d+ - /m).slice(1);
const failed = told.map((text) => text.split('\n', 1)[0]!.trim());
const after = (start: string): string => told.find((text) => text.startsWith(start)) ?? 'not told';

test('a case that breaks a property is told of with its difference, and named in the one assertion', async (t) => {
  t.strictSame(failed.slice(0, 5), [
    'small numbers are even: number 3',
    'small numbers are even (3 cases)',
    'what is waited for counts too: late',
    'what is waited for counts too (1 cases)',
    'nothing is looked at (0 cases)',
  ]);
  t.match(after('small numbers are even: number 3'), /-0\n +\+1\n[^]*holds-child\.ts/, 'found 1, expected 0');
  t.match(after('small numbers are even (3 cases)'), /\+ +"number 3",/);
  t.notMatch(after('small numbers are even (3 cases)'), 'number 4', 'what holds is not named');
});

test('of many cases ten are told of and all are named; whoever goes on looking begins anew', async (t) => {
  const many = failed.filter((name) => name.startsWith('numbers are small'));
  t.strictSame(many, [
    ...[5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((n) => `numbers are small: number ${n}`),
    'numbers are small (30 cases)',
  ]);
  t.match(after('numbers are small: number 5'), /seen: 5/);
  t.match(after('numbers are small (30 cases)'), /\+ +"number 29",/);
  t.match(stdout, /^ {4}ok \d+ - numbers are small \(1 cases\)$/m);
});

/** What failed and is one of these: the cases that were told of, and the one assertion. */
const ofProperty = (what: string): string[] =>
  failed.filter((name) => name.startsWith(what)).map((name) => name.slice(what.length));

test('what is looked at in every spec: of each a break is told of where it is, and once at the end', async (t) => {
  const of = (what: string): string[] => ofProperty(`every ${what}`);
  t.strictSame(of('command of a waiver decides the same twice'), [': Waver', ' (6 cases)']);
  t.strictSame(of('command of a waiver takes no id that every object inherits'), [
    // Its answers differ whatever is asked.
    ': Waver',
    ': LookUp',
    ' (6 cases)',
  ]);
  t.match(after('every command of a waiver takes no id that every object inherits: LookUp'), /constructor/);
  t.strictSame(of('command of a waiver takes no amount that is none'), [': Spend', ': Spend', ' (6 cases)']);
  t.match(after('every command of a waiver takes no amount that is none: Spend'), /Spend\/pence NaN/);
  t.strictSame(of('refusal of a waiver is declared by its command'), [
    ': Refuse NEVER_DECLARED',
    ' (1 cases)',
  ]);
  t.strictSame(of('event of a waiver survives JSON and its own schema'), [': Kept', ' (4 cases)']);
  t.match(after('every event of a waiver survives JSON'), /1970-01-01T00:00:00.000Z/);
  t.strictSame(of('event of a waiver says something'), [': Silent', ': Silent', ' (4 cases)']);
  t.strictSame(of('command of a waiver, and each refusal it declares, has a spec'), [
    ': Refuse then',
    ': Forgotten then',
    ': Forgotten ODD',
    ' (7 cases)',
  ]);
  t.ok(failed.includes('Spend gives Silent, Silent, and no other event'), 'what was not decided is missed');
});

test('what is looked at of every view: each history and way of splitting it is named', async (t) => {
  t.strictSame(ofProperty('its tables are the same when events come one by one'), [
    ': a world',
    ' (1 cases)',
  ]);
  const splits = ofProperty('and however the last 5 events are split into batches');
  t.strictSame([splits[1], splits.length, splits.at(-1)], [': a world, split 1+4', 11, ' (16 cases)']);
  for (const what of [
    'when events are delivered again, and overlapping',
    'when it is rebuilt',
    'when a batch was rolled back and is applied again',
  ])
    t.strictSame(ofProperty(`and ${what}`), [': a world', ' (1 cases)'], what);
  t.match(after('every table of batches has had a row'), /"unused"/);
});
