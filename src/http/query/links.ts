/** Addresses of records: a link names only what has a query. */
import { aggregateNamed } from '../../domain/registry.js';

/** The address of a record, or null where its kind has no query of one record. */
export type Addresses = (aggregate: string, id: string) => string | null;

/** Made from the list of queries, so that a kind gets its links with its route. */
export function addresses(queries: readonly { readonly url: string }[]): Addresses {
  const urls = new Set(queries.map((q) => q.url));
  return (aggregate, id) => {
    const { collection, machinery } = aggregateNamed(aggregate);
    return !machinery && urls.has(`/v1/${collection}/:id`) ? `/v1/${collection}/${id}` : null;
  };
}

/** The page of an address of the API, absolute: who reads a file or a calendar knows nothing to add to it. */
export const pageOf = (publicAddress: string, address: string): string =>
  `${publicAddress}${address.replace(/^\/v1(?=\/)/, '')}`;
