/** What a department's docket of an earlier moment is made of. */
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import { barrierRegister } from '../../projections/views/barrier-register.js';
import { commitmentRegister } from '../../projections/views/commitment-register.js';
import { due } from '../../projections/views/due.js';
import { splitStream } from '../../domain/registry.js';
import type { QueryContext } from '../query/context.js';
import type { PastOf } from '../query/past-streams.js';

/**
 * The records in which something ever waited for the department, the barriers that it was ever proposed for,
 * and those that its commitments came from; and who is told is said by the places of every programme.
 */
export function pastDocket(context: QueryContext, departmentId: string): PastOf {
  const barriers = context.of(barrierRegister);
  const waited = context.of(due).everOf(departmentId);
  const from = waited.flatMap((stream) => {
    const [kind, id] = splitStream(stream);
    const source = kind === 'commitment' ? context.of(commitmentRegister).one(id)?.state.from : undefined;
    return source?.kind === 'barrier' ? [`barrier-${source.id}`] : [];
  });
  const records = new Set([...waited, ...barriers.streamsProposedTo(departmentId), ...from]);
  const { enrolled, everyPlace } = context.of(placeProgress);
  const places = enrolled().flatMap(({ programmeId }) => [
    `programme-${programmeId}`,
    ...everyPlace(programmeId).map(({ id }) => `place-${id}`),
  ]);
  return {
    name: `docket of ${departmentId}`,
    records,
    beside: [`agency-${departmentId}`, ...places],
    besideOf(stream) {
      const [kind, id] = splitStream(stream);
      return kind === 'barrier' ? barriers.streamsMergedInto(id) : [];
    },
  };
}
