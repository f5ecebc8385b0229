/** How a record names another: by its stream, `{aggregate}-{id}`. */
import { z } from 'zod';
import type { RecordAccess } from '../shared/access.js';
import { refuse, type Context, type Loaded } from './types.js';
import { isInherited } from './parts.js';
import { idForm } from '../shared/patterns.js';
import { anotherName } from '../shared/values.js';

export const kinds = [
  'programme',
  'place',
  'agency',
  'collaborative',
  'barrier',
  'fundingstream',
  'pool',
  'submission',
  'commitment',
  'decision',
  'waiver',
] as const;
export const RecordRef = z
  .string({ error: 'Enter a record, like barrier-one-assessment' })
  .regex(
    new RegExp(`^(${kinds.join('|')})-${idForm}$`),
    'Enter a record as its kind and id, like barrier-one-assessment',
  )
  .refine((ref) => !isInherited(splitStream(ref)[1]), anotherName)
  .meta({
    id: 'RecordRef',
    names: 'record',
    field: 'ref',
    kind: 'record',
    description: 'A record by its kind and id, like barrier-one-assessment',
  });

/** Splits a stream's name into that of its aggregate, which nobody has looked up, and the record's id. */
export function splitStream(stream: string): readonly [aggregate: string, recordId: string] {
  const dash = stream.indexOf('-');
  return [stream.slice(0, dash), stream.slice(dash + 1)];
}
/** The same of a record that a schema has read: its aggregate is one that records are named of. */
const splitRef = (ref: string) =>
  splitStream(ref) as readonly [aggregate: (typeof kinds)[number], recordId: string];

/** A record and the version at which it was seen. */
export const Seen = z
  .strictObject({ record: RecordRef, version: z.int().min(0).meta({ description: 'Of the record' }) })
  .meta({ id: 'SeenRecord', description: 'A record, at the version that was seen' });
export type Seen = z.infer<typeof Seen>;
/** The records at the versions they have now; read directly. */
export const atCurrentVersions = (refs: readonly string[], context: Context): Seen[] =>
  refs.map((record) => {
    const [aggregate, id] = splitRef(record);
    return { record, version: context.read(aggregate, id).version };
  });

/**
 * True for what a record of a place cannot name: it does not exist, is hidden from the author, open to
 * another place's members only, or of another programme (agencies, people and funding streams are of none).
 */
export const isUnknown = ({ version, access }: Loaded, placeId: string, context: Context): boolean =>
  version === 0 ||
  (access.tier === 'members' && access.placeId !== placeId) ||
  isElsewhere(access, placeId, context);
/** True for a record of another programme than the place's. */
export const isElsewhere = ({ programmeId }: RecordAccess, placeId: string, context: Context): boolean =>
  programmeId !== undefined && programmeId !== context.read('place', placeId).state.programmeId;
/** Refuses a record that is unknown. */
export function unknownRecord(ref: string, placeId: string, context: Context, path: string) {
  const [aggregate, id] = splitRef(ref);
  return isUnknown(context.named(aggregate, id), placeId, context)
    ? refuse('RECORD_UNKNOWN', `There is no record ${ref}, or it is not open to your place.`, path)
    : undefined;
}
