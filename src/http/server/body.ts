/**
 * JSON bodies, read strictly: what JSON.parse would silently mend or lose is refused, each with its own code.
 */
import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.js';
import type { ProblemCode } from './problem-codes.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);
const maxDepth = 50;
const bad = (code: ProblemCode, detail: string): Problem => new Problem(400, code, detail);

/** Parses the bytes of a body; throws a 400 problem that says what is wrong. An empty body is `undefined`. */
export function parseBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw bad('INVALID_UTF8', 'The body is not valid UTF-8.');
  }
  // Only JSON goes on: the expressions below take quadratic time on texts whose strings do not end.
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad('MALFORMED_JSON', 'The body is not JSON.');
  }
  // Structural colons outside strings are the keys as written; the parsed tree holds them once each.
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/gs, '""');
  let depth = 0;
  for (const c of bare) {
    if (c === '{' || c === '[') {
      if (++depth > maxDepth) throw bad('BODY_TOO_DEEP', `The body is nested more than ${maxDepth} deep.`);
    } else if (c === '}' || c === ']') depth--;
  }
  const written = bare.split(':').length - 1;
  if (walk(value) !== written)
    throw bad('DUPLICATE_KEY', 'A member stands twice in one object. Send each once.');
  for (const number of bare.match(/-?\d[\d.eE+-]*/g) ?? []) {
    const n = Number(number);
    if (
      !Number.isFinite(n) ||
      Object.is(n, -0) ||
      (Number.isInteger(n) && !(Number.isSafeInteger(n) && isWhole(number)))
    )
      throw bad('NUMBER_OUT_OF_RANGE', `The number ${number.slice(0, toldDigits)} cannot be held exactly.`);
  }
  return value;
}

/** Of a number that is refused, so much is said back. */
const toldDigits = 40;
/** No number of ours needs more, and reading very many would take its time. */
const mostDigits = 100;
/** Is it whole as written? 899999999999999.99 is not, though as a double it is. */
function isWhole(number: string): boolean {
  if (number.length > mostDigits) return false;
  const [, whole = '', part = '', exponent = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = (whole + part).replace(/0+$/, '');
  return digits === '' || part.length - Number(exponent) <= whole.length + part.length - digits.length;
}

/** Checks every key and string; returns how many keys there are. */
function walk(value: unknown): number {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.reduce<number>((n, v) => n + walk(v), 0);
  if (typeof value !== 'object' || value === null) return 0;
  let n = 0;
  for (const key of Object.keys(value)) {
    if (forbidden.has(key)) throw bad('FORBIDDEN_KEY', `A member may not be called ${key}.`);
    text(key);
    n += 1 + walk((value as Record<string, unknown>)[key]);
  }
  return n;
}
function text(value: string): 0 {
  if (!value.isWellFormed())
    throw bad('LONE_SURROGATE', 'A text holds half of a character (a lone surrogate).');
  if (value.includes('\u0000')) throw bad('NUL_CHARACTER', 'A text holds a NUL character.');
  return 0;
}

const bodiless = new Set(['GET', 'HEAD']);
/** Is a body packed in a way that is not unpacked here? `identity` is none. */
const isEncoded = (header: string | undefined): boolean =>
  (header ?? '').split(',').some((coding) => !['', 'identity'].includes(coding.trim().toLowerCase()));

/** JSON as it is written is the only body there is; anything else is a 415. */
export function installBody(app: FastifyInstance): void {
  app.addHook('preParsing', async ({ method, headers }) => {
    if (!bodiless.has(method) && isEncoded(headers['content-encoding']))
      throw new Problem(
        415,
        'UNSUPPORTED_CONTENT_ENCODING',
        'Send the body as it is, without Content-Encoding.',
        { headers: { 'accept-encoding': 'identity' } },
      );
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseBody(body as Buffer));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
}
