/** A read as it is kept: who asked for what, when, and with what it was answered. */

/** The grants that somebody asked with, and a short digest that tells them from others. */
export interface GrantsUsed {
  readonly tag: string;
  /** As `Acting-As` takes them, in order. */
  readonly names: readonly string[];
}

export interface Read {
  /** By the log's clock. */
  readonly at: string;
  readonly account: string;
  readonly grants: GrantsUsed;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** What was asked of it, without secrets: empty, or with its `?`. */
  readonly query: string;
  /** The stream of the record that was asked for, shown or not. */
  readonly record?: string | undefined;
  /** Its place, where there is such a record. */
  readonly placeId?: string | undefined;
  /** That was shown; none where nothing of the record was. */
  readonly version?: number | undefined;
  readonly status: number;
  /** Of the problem it was answered with, or that a preview met. */
  readonly code?: string | undefined;
}

/**
 * Why reads are missing: they could not be written, the process ended before it wrote them, or the file they
 * stood in was damaged and set aside.
 */
export type GapCause = 'not-written' | 'process-ended' | 'file-damaged';

/** Reads that do not stand in the log of reads. */
export interface Gap {
  /** The earliest instant of which one may be missing; undefined where that is not known. */
  readonly since: string | undefined;
  readonly until: string;
  readonly why: GapCause;
  /** How many are missing; undefined where that is not known. */
  readonly count: number | undefined;
}
