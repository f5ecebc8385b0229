/** The registry: every aggregate by name. Routes, OpenAPI, codec, permission matrix and documents are derived from it. */
import type { Aggregate } from './core.js';
import { agency } from './agency.js';
import { barrier } from './barrier.js';
import { collaborative } from './collaborative.js';
import { commitment } from './commitment.js';
import { decision } from './decision.js';
import { clock, days, logIdentity, refusals } from './machinery.js';
import { fundingStream } from './funding-stream.js';
import { person } from './person.js';
import { place } from './place.js';
import { pool } from './pool.js';
import { programme } from './programme.js';
import { submission } from './submission.js';
import { waiver } from './waiver.js';

export const aggregates = [
  programme,
  place,
  agency,
  person,
  collaborative,
  barrier,
  fundingStream,
  pool,
  submission,
  commitment,
  decision,
  waiver,
  days,
  clock,
  logIdentity,
  refusals,
] as const satisfies readonly Aggregate[];

const byName = new Map<string, Aggregate>(aggregates.map((a) => [a.name, a]));

/** The aggregate of a name; throws for one that does not exist (a bug, or a log of another product). */
export function aggregateNamed(name: string): Aggregate {
  const found = byName.get(name);
  if (!found) throw new Error(`there is no aggregate ${name}`);
  return found;
}

/** Splits a stream's name into its aggregate and the record's id. */
export function parseStream(stream: string): { aggregate: Aggregate; recordId: string } {
  const dash = stream.indexOf('-');
  return { aggregate: aggregateNamed(stream.slice(0, dash)), recordId: stream.slice(dash + 1) };
}
