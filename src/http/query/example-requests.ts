/**
 * What OpenAPI shows of each request: ids that the demo has on its first morning, so that whoever pastes one
 * is answered. Made of the demo's world by `npm run examples`.
 */
import { readFileSync } from 'node:fs';
import type { Json } from './command-schema.js';

/** Of an address: what stands in it, what is asked beside it, and the body of a command. */
export interface ExampleRequest {
  readonly id?: string;
  readonly name?: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: Json;
}
/** By method and route (`POST /v1/pools/:id/pledges`). */
export type ExampleRequests = Readonly<Record<string, ExampleRequest>>;

export const requestsFile = new URL('../../../data/reference/example-requests.json', import.meta.url);
export const loadExampleRequests = (): ExampleRequests =>
  JSON.parse(readFileSync(requestsFile, 'utf8')) as ExampleRequests;
