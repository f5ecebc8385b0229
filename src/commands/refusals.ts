/** What is kept of a refused command, durably before it is answered. */
import { randomUUID } from 'node:crypto';
import { grantName, type Grant } from '../domain/shared/access.js';
import type { Actor, Refusal } from '../domain/kernel/types.js';
import { longestSentence } from '../domain/system/index.js';
import type { TooManyRefusals } from './refusal-budget.js';
import type { RefusalRecorder } from './refusal-recorder.js';
import type { CommandRequest } from './request.js';

/** A refusal with what was judged. */
export interface Refused {
  readonly refusal: Refusal;
  readonly status: number;
  readonly actor: Actor | undefined;
  readonly placeId?: string | undefined;
  readonly programmeId?: string | undefined;
  readonly versionSeen: number;
  /** Hash of what was asked. */
  readonly payload: string;
}

/**
 * One command's refusal: written once, however often the command is judged again, while the account's minute
 * has room for it.
 */
export class RefusalRecord {
  /** The event's command id: it is tried again after a failure, and happens once. */
  readonly #id = randomUUID();
  readonly #account: string;
  readonly #asked: Grant | undefined;
  /** Room in the minute: how many commands before this one went unrecorded. */
  #room: number | undefined;
  /** Where it is, or may have been, written; stays when the day ends meanwhile. */
  #stream: string | undefined;
  #written = false;
  #turnedAway = false;
  /** Of the event; 0 where none was written. */
  position = 0;

  constructor(
    readonly recorder: RefusalRecorder,
    readonly request: CommandRequest,
  ) {
    const { account = '', grants = [] } = request.principal ?? {};
    const { actingAs } = request;
    this.#account = account;
    // The grant in which it was asked: theirs that they chose, else the first.
    this.#asked = grants.find((g) => actingAs && grantName(g) === grantName(actingAs)) ?? grants[0];
  }

  /** A request that is none, and what the system asks, are not recorded. */
  async write({
    refusal,
    status,
    actor,
    placeId,
    programmeId,
    versionSeen,
    payload,
  }: Refused): Promise<void> {
    if (this.#written || this.request.actor || status === 400) return;
    this.#room ??= this.recorder.budget.take(this.#account);
    this.#turnedAway = this.#room === undefined;
    if (this.#turnedAway) return;
    // What is hidden is kept like what does not exist: under who asked, a creation too whose id is taken. The
    // record's own auditors know it by its name.
    const unknown = status === 404 || refusal.code === 'RECORD_EXISTS';
    const where = unknown
      ? { placeId: this.#asked?.place, programmeId: this.#asked?.programme }
      : { placeId, programmeId };
    const { aggregate, id, command } = this.request;
    const again = this.#stream !== undefined;
    this.#stream ??= this.recorder.streamOf(this.#account);
    this.position = await this.recorder.write({
      stream: this.#stream,
      commandId: this.#id,
      actor: (unknown ? undefined : actor) ?? { account: this.#account, role: this.#asked?.role ?? 'public' },
      data: {
        code: refusal.code,
        command,
        target: `${aggregate}-${id}`,
        ...(where.placeId ? { placeId: where.placeId } : {}),
        ...(where.programmeId ? { programmeId: where.programmeId } : {}),
        versionSeen: unknown ? 0 : versionSeen,
        payload,
        ...(this.#room ? { unrecorded: this.#room } : {}),
        ...(refusal.detail.length <= longestSentence ? { sentence: refusal.detail } : {}),
      },
      again,
    });
    this.#written = true;
  }

  /** The command is about to be judged anew. */
  again(): void {
    this.#turnedAway = false;
  }

  /**
   * The command is answered. What it is told in place of a refusal that found no room: it was judged, but
   * neither told nor recorded, as if it had come a moment later.
   */
  end(refused: boolean): TooManyRefusals | undefined {
    if (this.#room !== undefined && !this.#written) this.recorder.budget.giveBack(this.#account, this.#room);
    this.#room = undefined;
    return refused && this.#turnedAway ? this.recorder.budget.turnAway(this.#account) : undefined;
  }
}
