/** What a query may look at: the views, the day, and records as far as its reader sees them. */
import type { Audience, Viewer } from '../../domain/shared/access.js';
import type { AccessRow } from '../../projections/views/access.js';
import type { View } from '../../projections/engine/view.js';
import type { HttpDeps } from './deps.js';

/** What a query's function is given beside what is asked of it. */
export interface QueryContext {
  readonly viewer: Viewer;
  /** Today in London, by the log's clock. */
  readonly day: string;
  /** The log's time. */
  readonly now: string;
  readonly deps: HttpDeps;
  /** The audience that the reader asked for instead of their own. */
  readonly audienceAsked: Audience | undefined;
  /** Queries of a live view; one being built is a 503. */
  of<Q>(view: View<Q>): Q;
  /**
   * As `of`, for the record asked for: the same view as it stood at the moment asked for (`asAt`), else as it
   * stands.
   */
  own<Q>(view: View<Q>): Q;
  /** The access row of a record that the reader may see; a 404 otherwise, the same for hidden and unknown. */
  visible(aggregate: string, id: string): AccessRow;
  /** As `visible`: undefined instead of the 404. */
  asked(aggregate: string, id: string): AccessRow | undefined;
  /** The same of a record that nobody named, such as a row of a list. */
  seen(aggregate: string, id: string): AccessRow | undefined;
  /** The address of a record that the reader may open; null where it is hidden, unknown or has none. */
  link(aggregate: string, id: string): string | null;
  /** The reader's audience for a place, or a wider one they asked for. */
  audience(placeId: string): Audience;
}
