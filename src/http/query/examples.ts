/**
 * Answers of the demo on its first morning, recorded by `npm run examples`: what OpenAPI shows of each
 * address.
 */
import { readFileSync } from 'node:fs';

export interface Example {
  /** The address that was asked, and with which grants. */
  readonly asked: string;
  readonly as: string;
  /** The answer; of long lists the first entries. */
  readonly answer: unknown;
}
/** Examples by route (`/v1/pools/:id`). */
export type Examples = Readonly<Record<string, Example>>;

export const examplesFile = new URL('../../../data/reference/examples.json', import.meta.url);
export const loadExamples = (): Examples => JSON.parse(readFileSync(examplesFile, 'utf8')) as Examples;
