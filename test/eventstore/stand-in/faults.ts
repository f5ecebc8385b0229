/** The fault switches: what happens to the next calls, and how often each struck. */
export type FaultKind =
  /** Refused as unavailable, before anything is written. */
  | 'append-refused'
  /** Written, and the connection breaks before the reply. */
  | 'append-reply-lost'
  /** Written, never answered. */
  | 'append-never-answered'
  /** Not written, never answered. */
  | 'append-swallowed'
  /** Written `ms` later, whether the caller is still there or not. */
  | 'append-delayed'
  /** Written when it is released, whether the caller is still there or not. */
  | 'append-held'
  /** Written, and answered with the server's own timeout. */
  | 'append-commit-timeout'
  | 'append-not-ready'
  /** The node says that another one leads (itself, where there is only one). */
  | 'not-leader'
  | 'no-leader'
  | 'read-refused'
  /** No answer to a read, ever. */
  | 'read-silent'
  /** A subscription is confirmed and then sends nothing: a node cut off from the others. */
  | 'subscription-silent'
  /** A subscription begins at the start of the log, whatever it was asked. */
  | 'subscription-from-start';

export interface Fault {
  readonly kind: FaultKind;
  /** How many calls it strikes; 1 by default. */
  readonly times?: number;
  readonly ms?: number;
  /** Only calls on streams whose name holds this. */
  readonly match?: string;
}
export type Counts = Record<string, { struck: number; underWay: number }>;

export class Faults {
  #armed: (Fault & { left: number })[] = [];
  #held: (() => void)[] = [];
  readonly counts: Counts = {};
  /** Appends being handled right now. */
  appends = 0;

  strike(fault: Fault): void {
    this.#armed.push({ ...fault, left: fault.times ?? 1 });
  }
  clear(): void {
    this.#armed = [];
  }
  /** The fault that strikes this call, if any. */
  take(kinds: readonly FaultKind[], stream: string): Fault | undefined {
    const i = this.#armed.findIndex(
      (f) => kinds.includes(f.kind) && (f.match === undefined || stream.includes(f.match)),
    );
    const fault = this.#armed[i];
    if (!fault) return undefined;
    if (--fault.left === 0) this.#armed.splice(i, 1);
    this.count(fault.kind);
    return fault;
  }
  /** Resolves when those that are held are let go. */
  held(): Promise<void> {
    return new Promise((resolve) => this.#held.push(resolve));
  }
  release(): void {
    for (const go of this.#held.splice(0)) go();
  }
  count(kind: string): void {
    const c = (this.counts[kind] ??= { struck: 0, underWay: 0 });
    c.struck++;
    if (this.appends > 0) c.underWay++;
  }
}
