/** Barriers. */
import { z } from 'zod';
import { Status } from '../../domain/barrier-state.js';
import { Id } from '../../domain/values.js';
import { barrierFor, barrierRegister } from '../../projections/barrier-register.js';
import { Problem } from '../problem.js';
import { Audiences, type Query } from '../query.js';
import { list, openTo, record, sight } from './shared.js';

export const barriers: Query[] = [
  list({
    title: 'Barriers',
    url: '/v1/barriers',
    sorts: ['id', 'placeId', 'status', 'locus', 'kind', 'statusSince'],
    columns: ['id', 'placeId', 'kind', 'locus', 'status', 'statusSince', 'statement', 'effectOnResidents', 'asks', 'owners', 'joined', 'costs', 'illustrative'],
    query: z.object({
      placeId: Id.optional(),
      locus: z.enum(['whitehall', 'joint', 'local']).optional(),
      status: Status.optional(),
      ownerId: Id.optional(),
      audience: Audiences.optional(),
    }),
    rows: (r) =>
      r
        .of(barrierRegister)
        .list(r.query.placeId)
        .filter((b) => r.seen('barrier', b.id) && openTo(r, 'barrier', b.id, b.state.placeId))
        .filter(
          (b) => (!r.query.locus || b.state.locus === r.query.locus) && (!r.query.status || b.state.status === r.query.status) && (!r.query.ownerId || r.query.ownerId in b.state.owners),
        )
        .map((b) => barrierFor(b, sight(r, 'barrier', b.id, b.state.placeId))),
  }),
  record({
    title: 'A barrier',
    url: '/v1/barriers/:id',
    of: 'barrier',
    query: z.object({ audience: Audiences.optional() }),
    run(r) {
      const { id, placeId, position } = r.visible('barrier', r.params.id!);
      if (!openTo(r, 'barrier', id, placeId!)) throw new Problem(404, 'NOT_FOUND', 'There is no such record, or it is not open to you.');
      const audience = sight(r, 'barrier', id, placeId!);
      return { position, body: () => barrierFor(r.own(barrierRegister).one(id)!, audience), tag: audience };
    },
  }),
];
