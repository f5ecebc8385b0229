/**
 * Holds an answer against what its address declares: a member that is missing, of another kind or not
 * declared, and a status or a refusal that the API's description has not, is an error in whichever test
 * asked.
 */
import { z } from 'zod';
import { openapi } from '../../src/http/openapi.js';
import { CloudEvent, LiveMessage } from '../../src/http/openapi/streams.js';
import { sentBy } from '../../src/http/query/declare.js';
import { feeds } from '../../src/http/questions/feeds.js';
import { queries } from '../../src/http/questions/index.js';
import type { Schema } from '../../src/domain/kernel/schema.js';

const pathOf = (asked: string): string => new URL(asked, 'http://local').pathname;
const declared = [
  ...queries.map((q) => ({ url: q.url, schema: sentBy(q) })),
  ...feeds.flatMap((f) => (f.body ? [{ url: f.url, schema: f.body }] : [])),
]
  .map(({ url, schema }) => ({
    url,
    schema,
    pattern: new RegExp(`^${url.replace(/:[a-z]+/gi, '[^/]+')}$`),
  }))
  // Of two that an address fits, the one without an id in its own comes first.
  .sort((a, b) => Number(a.url.includes(':')) - Number(b.url.includes(':')));

/** The description itself, and what an operator asks. */
const undeclared = new Set(['/v1/openapi.json', '/health/live', '/health/ready', '/health/details', '/']);

export function checkDeclared(asked: string, answer: unknown): void {
  const path = pathOf(asked);
  const found = declared.find((d) => d.pattern.test(path));
  if (!found && !undeclared.has(path) && !path.startsWith('/v1/schemas/'))
    throw new Error(`GET ${asked} is declared by nobody`);
  const parsed = found?.schema.safeParse(answer);
  if (parsed && !parsed.success)
    throw new Error(
      `GET ${asked} does not answer what ${found!.url} declares:\n${z.prettifyError(parsed.error)}`,
    );
}

function checkItem(what: string, schema: Schema, item: unknown): void {
  const { error } = schema.safeParse(item);
  if (error)
    throw new Error(
      `${what} is not what is described: ${JSON.stringify(item).slice(0, 500)}\n${z.prettifyError(error)}`,
    );
}
/** Lines of events. */
export const checkLines = (text: string): void => {
  for (const line of text.split('\n').filter(Boolean)) checkItem('a line', CloudEvent, JSON.parse(line));
};
/** What a live message holds. */
export const checkMessage = (data: unknown): void => checkItem('a message', LiveMessage, data);

type Refusals = readonly { readonly code: string; readonly status: number }[];
const document = openapi('0.0.0-test');
/** Operations; of two that an address fits, the one without an id in its own comes first. */
const operations = Object.entries(document.paths)
  .sort(([a], [b]) => Number(a.includes('{')) - Number(b.includes('{')))
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([name, operation]) => ({
      method: name.toUpperCase(),
      pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{[a-z]+\}/gi, '[^/]+')}$`),
      responses: operation.responses as Readonly<Record<string, { readonly $ref?: string } | undefined>>,
      own: (operation['x-refusals'] ?? []) as Refusals,
    })),
  );

/**
 * Is the status of an answer among those of its operation, and the code of a problem among its own, or those
 * of the status?
 */
export function checkDescribed(method: string, asked: string, status: number, code: unknown): void {
  const path = pathOf(asked);
  const found = operations.find(
    (d) => d.method === (method === 'HEAD' ? 'GET' : method) && d.pattern.test(path),
  );
  if (!found) return;
  const response = found.responses[status] ?? (status >= 400 ? found.responses.default : undefined);
  const { 'x-refusals': standard } =
    response?.$ref === undefined ? {} : document.components.responses[response.$ref.split('/').at(-1)!]!;
  const codes = [
    ...((standard ?? []) as string[]),
    ...found.own.filter((r) => r.status === status).map((r) => r.code),
  ];
  if (response && (typeof code !== 'string' || codes.includes(code))) return;
  throw new Error(`${method} ${asked} answers ${status} ${code ?? ''}, which its description does not say`);
}
