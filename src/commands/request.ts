/** What is asked of the execution of commands, and what it answers. */
import { parse as parseUuid, v5 as uuidv5 } from 'uuid';
import type { Grant } from '../domain/shared/access.js';
import type { Actor, Basis, Refusal, SignedIn, ViewChecks } from '../domain/kernel/types.js';
import type { Reference } from '../domain/shared/reference.js';
import type { EventLog } from '../log/event-log.js';
import type { Lanes } from './lanes.js';

/** Gives the log's time: `recordedAt`, rules and deadlines. */
export interface Clock {
  now(): string;
  /**
   * Why the clock may be wrong, so that nothing is recorded by it; a clock that is never in doubt has none.
   */
  doubt?(): string | undefined;
}

export interface CommandRequest {
  readonly aggregate: string;
  readonly id: string;
  readonly command: string;
  /** Checked by the command's schema. */
  readonly data: unknown;
  readonly commandId: string;
  readonly expectedVersion?: number;
  readonly effectiveOn?: string;
  readonly backdatedBecause?: string;
  readonly correlation?: string;
  readonly causation?: string;
  /** The event that a step follows from, `{stream}@{version}`. */
  readonly because?: string;
  readonly basis?: Basis;
  /** Who asks. */
  readonly principal?: {
    readonly account: string;
    readonly grants: readonly Grant[];
    /** They stand in the log, and are looked at there when the command is judged. */
    readonly grantsInLog?: true;
    /** All of the account's, where it acts in some of them alone: those of a token for scripts. */
    readonly held?: readonly Grant[];
  };
  readonly actingAs?: Grant;
  /** How they proved who they are, where it was said. */
  readonly signedIn?: SignedIn;
  /** They did not prove it lately enough for what asks for it. */
  readonly staleSignIn?: true;
  /** The system asks, or records on somebody's behalf; roles and sight are not checked. */
  readonly actor?: Actor;
  /** A reactor's step: a refusal is recorded in the addressed stream, so that the step happens once. */
  readonly step?: { readonly reactor: string; readonly name: string };
}

/** What became of a command: refused, or done, with no events where it changed nothing (docs/glossary.md). */
export type Outcome =
  | {
      readonly kind: 'done';
      readonly id: string;
      readonly events: readonly string[];
      readonly version: number;
      readonly position: number;
      readonly replayed: boolean;
      readonly created: boolean;
      /** In which it was given. */
      readonly role?: string;
    }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly refusal: Refusal;
      /**
       * What happened since the version the author looked at; ids in the text are marked for their names
       * (domain/kernel/naming.ts).
       */
      readonly since?: readonly { version: number; type: string; text: string }[];
      readonly fits?: readonly string[];
      /** In which it was asked, where one could be chosen. */
      readonly role?: string;
    };

/** The log kept changing under a command: try again later. */
export class TooBusy extends Error {}

const namespace = parseUuid('f6b1d3a0-5f0e-4c0e-9d8a-2f6f0c1f7a11');
/** The command id of a request (docs/rules/shared.md#idempotency). */
export const commandIdOf = (account: string, key: string, collection: string, id?: string): string =>
  uuidv5(Buffer.from(JSON.stringify([account, key, collection, ...(id ? [id] : [])])), namespace);

/** What execution stands on. */
export interface ExecutorDeps {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly ref: Reference;
  readonly views: ViewChecks;
  /** No other process appends to this log: what is warm here is all there is. */
  readonly alone?: boolean;
  readonly lanes?: Lanes;
  /** Milliseconds of the machine, by which refusals are counted. */
  readonly machine?: () => number;
}
