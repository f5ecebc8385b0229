/**
 * Every schema's mistakes are said as a form says them: what to enter or select, never how the checker puts
 * it.
 */
import { test } from 'tap';
import { z } from 'zod';
import { commandRoutes, readBody } from '../../src/http/commands.js';
import { PositivePence } from '../../src/domain/shared/values.js';
import { zodErrors } from '../../src/http/server/input-errors.js';
import { Problem } from '../../src/http/server/problem.js';
import type { Schema } from '../../src/domain/kernel/schema.js';

test('each command, each member, every wrong type', async (t) => {
  const odd = new Map<string, string>();
  for (const route of commandRoutes) {
    const members = Object.keys((route.entry.data as unknown as z.ZodObject).shape ?? route.entry.example);
    for (const wrong of [
      undefined,
      null,
      7,
      -1.5,
      true,
      'x'.repeat(70_000),
      '',
      [],
      {},
      [{}],
      ['x'],
      { a: { b: 1 } },
    ]) {
      const body = Object.fromEntries(members.filter(() => wrong !== undefined).map((m) => [m, wrong]));
      try {
        readBody(route, body);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        for (const { path, message } of error.options.errors ?? []) {
          if (
            !/^(Enter|Select|There is no|[A-Z][^:]* must (be|not)|[A-Z].*[a-z])/.test(message) ||
            /Invalid|expected|received|undefined|NaN|Unrecognized/.test(message)
          ) {
            odd.set(`${route.name} ${path}: ${message}`, message);
          }
          if (path !== '' && !/^(\/([^~/]|~0|~1)*)+$/.test(path))
            odd.set(`${route.name} ${path}: no JSON Pointer`, path);
        }
      }
    }
  }
  t.same([...odd.keys()], []);
});

test('what a schema does not say itself, its kind says', async (t) => {
  const say = (schema: Schema, value: unknown): string =>
    zodErrors(schema.safeParse(value).error!.issues)[0]!.message;
  t.equal(say(z.string(), 7), 'Enter text');
  t.equal(say(z.int(), 'x'), 'Enter a number');
  t.equal(say(z.int(), 1.5), 'Enter a whole number');
  t.equal(say(z.boolean(), 'x'), 'Select true or false');
  t.equal(say(z.enum(['a', 'b', 'c']), 'x'), 'Select a, b or c');
  t.equal(say(z.literal('a'), 'x'), 'Enter a');
  t.equal(say(z.array(z.string()).max(2), ['a', 'b', 'c']), 'Enter 2 or fewer');
  t.equal(say(z.array(z.string()).min(2), ['a']), 'Enter at least 2');
  t.equal(say(z.number().max(100), 101), 'Enter 100 or less');
  const report = (data: object): Record<string, string> => {
    const route = commandRoutes.find((r) => r.name === 'Report')!;
    try {
      readBody(route, { ...(route.entry.example as object), ...data });
    } catch (error) {
      return Object.fromEntries((error as Problem).options.errors!.map((e) => [e.path, e.message]));
    }
    return {};
  };
  t.same(
    report({ rag: 'green' }),
    { '/rag': 'Enter an object with delivery, spend, risk and confidence' },
    'members are named',
  );
  t.same(report({ rag: undefined }), { '/rag': 'Enter an object with delivery, spend, risk and confidence' });
  for (const progress of [150, -1])
    t.same(report({ progress }), { '/progress': 'Enter progress from 0 to 100' });
  t.equal(say(z.int().min(1).max(9), 10), 'Enter 9 or less');
  t.equal(
    zodErrors(
      z.object({ n: z.int().min(1).max(9) }).safeParse({ n: 10 }).error!.issues,
      'member',
      z.object({ n: z.int().min(1).max(9) }),
    )[0]!.message,
    'Enter 1 to 9',
    'both ends of a range',
  );
  for (const amount of [0, -5])
    t.equal(say(PositivePence, amount), 'Amount must be more than 0 pence', `${amount} pence`);
  t.same(
    zodErrors(z.strictObject({ 'a/b': z.string() }).safeParse({ 'a/b': 1, 'c~d': 2 }).error!.issues)
      .map((e) => e.path)
      .sort(),
    ['/a~1b', '/c~0d'],
    'paths are JSON Pointers',
  );
});
