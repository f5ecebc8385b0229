/** What a decision comes to in its stream: its events in their envelopes, or that they are too much. */
import { refuse, type NewEvent, type Refusal } from '../domain/kernel/types.js';
import { existing } from '../domain/kernel/parts.js';
import { withEarlierNames } from '../domain/kernel/renamed.js';
import { aggregateNamed } from '../domain/registry.js';
import { encode, fingerprint } from '../log/codec.js';
import { maxAppendBytes, maxEventBytes, type StoredEvent } from '../log/event-log.js';
import type { Actor } from '../domain/kernel/types.js';
import type { CommandRequest } from './request.js';

/**
 * At most so many bytes a command, so that a batch closed below two thirds of an append always fits into one.
 */
export const maxCommandBytes = maxAppendBytes / 3;

/** The fingerprint of what was asked: two requests with one are one (docs/rules/shared.md#idempotency). */
export function printOf({
  aggregate,
  command,
  data,
  expectedVersion,
  effectiveOn,
  backdatedBecause,
  step,
  causation,
}: CommandRequest): string {
  const { renamed = {} } = existing(aggregateNamed(aggregate).commands[command], command);
  return fingerprint(
    step
      ? { step, causation }
      : {
          aggregate,
          command,
          data: withEarlierNames(renamed, data),
          ...(expectedVersion === undefined ? {} : { expectedVersion }),
          ...(effectiveOn ? { effectiveOn } : {}),
          ...(backdatedBecause ? { backdatedBecause } : {}),
        },
  );
}

/** Whether the command asks its author to sign in again: then its events say how they did. */
const signsAnew = ({ aggregate, command }: CommandRequest): boolean =>
  aggregateNamed(aggregate).commands[command]?.freshSignIn === true;

/** Where and when it is written. */
export interface Writing {
  readonly stream: string;
  /** Of the record before. */
  readonly version: number;
  readonly now: string;
  readonly actor: Actor | undefined;
  readonly print: string;
  /** Versions of the other streams that were read for it. */
  readonly reads: Readonly<Record<string, number>>;
}
/** Events as they would be written, with their bytes; or the refusal of what is too long. */
export function inEnvelopes(
  request: CommandRequest,
  made: readonly NewEvent[],
  { stream, version, now, actor, print, reads }: Writing,
): { readonly events: StoredEvent[]; readonly bytes: number } | Refusal<'EVENT_TOO_LARGE'> {
  const { commandId, correlation = commandId, causation, because } = request;
  const { effectiveOn, backdatedBecause, basis } = request;
  const events = encode(stream, version, made, {
    recordedAt: now,
    actor: existing(actor, 'author of what was decided'),
    commandId,
    fingerprint: print,
    correlation,
    causation,
    because,
    effectiveOn,
    backdatedBecause,
    basis,
    signedIn: signsAnew(request) ? request.signedIn : undefined,
    reads: Object.keys(reads).length > 0 ? reads : undefined,
  });
  const sizes = events.map((e) => Buffer.byteLength(e.body));
  const bytes = sizes.reduce((a, b) => a + b, 0);
  return sizes.some((n) => n > maxEventBytes) || bytes > maxCommandBytes
    ? refuse(
        'EVENT_TOO_LARGE',
        `This is more than ${maxEventBytes} bytes in one event, or more than ${maxCommandBytes} in all. ` +
          'Shorten it or split it.',
      )
    : { events, bytes };
}
