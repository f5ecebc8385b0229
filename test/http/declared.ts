/** Holds an answer against what its query declares: a member that is missing, of another kind or not declared is an error in whichever test asked. */
import { z } from 'zod';
import { sentBy } from '../../src/http/query/declare.js';
import { feeds } from '../../src/http/questions/feeds.js';
import { queries } from '../../src/http/questions/index.js';

const declared = [...queries.map((q) => ({ url: q.url, schema: sentBy(q) })), ...feeds.flatMap((f) => (f.body ? [{ url: f.url, schema: f.body }] : []))].map(({ url, schema }) => ({
  url,
  schema,
  pattern: new RegExp(`^${url.replace(/:[a-z]+/gi, '[^/]+')}$`),
}));

/** The description itself, and what an operator asks. */
const undeclared = new Set(['/v1/openapi.json', '/health/live', '/health/ready', '/health/details', '/']);

export function checkDeclared(asked: string, answer: unknown): void {
  const path = new URL(asked, 'http://local').pathname;
  const found = declared.find((d) => d.pattern.test(path));
  if (!found && !undeclared.has(path) && !path.startsWith('/v1/schemas/')) throw new Error(`GET ${asked} is declared by nobody`);
  const parsed = found?.schema.safeParse(answer);
  if (parsed && !parsed.success) throw new Error(`GET ${asked} does not answer what ${found!.url} declares:\n${z.prettifyError(parsed.error)}`);
}
