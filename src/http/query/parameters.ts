/** Parameters of queries, for checking and for OpenAPI. */
import { z } from 'zod';
import { AsAt } from './as-at.js';
import type { Query } from './declare.js';

/** A wider audience than the reader's own may be asked for: what it is told. */
export const Audiences = z.enum(['members', 'programme', 'public']);

const Format = z.enum(['json', 'csv']).optional();
export const PageParameters = z.strictObject({
  limit: z.coerce.number().int('limit must be a whole number').min(1, 'limit must be 1 or more').max(200, 'limit must be 200 or fewer').default(50),
  cursor: z.string().max(500).optional(),
});
export const ListParameters = PageParameters.extend({ sort: z.string().optional(), format: Format });
/** What any query may be asked beside its own parameters. */
export type AnyParameters = Partial<z.output<typeof ListParameters>> & { readonly asAt?: string; readonly audience?: z.output<typeof Audiences> };

/** Every parameter a query takes. */
export const parametersOf = (q: Query): z.ZodObject => {
  const own = { ...q.query?.shape, ...(q.kind === 'record' && q.of ? { asAt: AsAt.optional() } : {}), ...(q.kind === 'record' && q.csv ? { format: Format } : {}) };
  return q.kind === 'list' ? ListParameters.extend(own) : q.paged ? PageParameters.extend(own) : z.strictObject(own);
};
