/**
 * What a return is prefilled with when it is begun (docs/rules/submission.md#prefilled): what the programme's
 * audience may see of the place, and no more.
 */
import type { ReturnFacts } from '../process-managers/submissions.js';
import { isInWork } from '../domain/barrier/state.js';
import { isPromised, lastReport } from '../domain/commitment/state.js';
import { part } from '../domain/kernel/parts.js';
import { shortened } from '../domain/kernel/text.js';
import { lengths } from '../domain/shared/values.js';
import { access } from '../projections/views/access.js';
import { barrierRegister } from '../projections/views/barrier-register.js';
import { commitmentRegister } from '../projections/views/commitment-register.js';
import type { Engine } from '../projections/engine/engine.js';
import { poolLedger } from '../projections/views/pool-ledger.js';
import { register } from '../projections/views/register.js';

const row = (label: string, value: string) => ({
  label: shortened(label, lengths.name),
  value: shortened(value, lengths.remark),
});

/** Facts by the ids of the sections they fill; a section without any is answered by hand. */
export function returnFacts(engine: Engine): (placeId: string) => ReturnFacts {
  const open = (aggregate: string, id: string): boolean =>
    (engine.queries(access).record(aggregate, id)?.tier ?? 'members') !== 'members';
  const name = (agencyId: string): string => engine.queries(register).nameOf('agency', agencyId) ?? agencyId;

  function table(placeId: string): ReturnType<typeof row>[] {
    const c = engine.queries(register).one('collaborative', placeId)?.state;
    const seats = Object.values(c?.seats ?? {}).filter((s) => s.kind === 'voting' && s.status === 'accepted');
    if (!c || seats.length === 0) return [];
    const sectors = new Map<string, number>();
    for (const s of seats) {
      const sector = engine.queries(register).one('agency', s.agencyId)?.state.sector ?? 'other';
      sectors.set(sector, (sectors.get(sector) ?? 0) + 1);
    }
    const chair = part(c.seats, c.chair);
    return [
      row(
        'Voting seats filled',
        `${seats.length}: ${[...sectors].map(([sector, n]) => `${sector} ${n}`).join(', ')}`,
      ),
      row('Decides by', c.rule.kind),
      ...(chair ? [row('Chair', name(chair.agencyId))] : []),
    ];
  }
  return (placeId) => {
    const place = engine.queries(register).one('place', placeId)?.state;
    const barriers = engine
      .queries(barrierRegister)
      .list(placeId)
      .filter((b) => b.state.locus && isInWork(b.state) && open('barrier', b.id));
    const of = (locus: string): number => barriers.filter((b) => b.state.locus === locus).length;
    return {
      // What is Whitehall's or joint the programme always sees; local barriers it does not, unless they were
      // opened: none seen is not none.
      ...(barriers.length > 0
        ? {
            counts: {
              whitehall: of('whitehall'),
              joint: of('joint'),
              ...(of('local') > 0 ? { local: of('local') } : {}),
            },
          }
        : {}),
      rows: {
        place: [
          ...(place?.accountableBodyId ? [row('Accountable body', name(place.accountableBodyId))] : []),
          ...(place?.champion
            ? [
                row(
                  'Champion',
                  place.champion.departmentId ? name(place.champion.departmentId) : 'Assigned; no department',
                ),
              ]
            : []),
          ...table(placeId),
        ],
        themes: Object.values(place?.themes ?? {})
          .filter((x) => x.status !== 'dropped')
          .map((x) => row(x.title, x.status)),
        // Pools and commitments once they are open to the programme.
        pools: engine
          .queries(poolLedger)
          .list(placeId)
          .filter((p) => open('pool', p.id))
          .map((p) => row(p.state.name, p.state.status)),
        commitments: engine
          .queries(commitmentRegister)
          .list(placeId)
          .filter((c) => isPromised(c.state) && open('commitment', c.id))
          .map((commitment) =>
            row(
              commitment.state.title,
              `${commitment.state.status}, due ${commitment.state.dueOn}, ` +
                `${lastReport(commitment.state)?.progress ?? 0} per cent`,
            ),
          ),
      },
    };
  };
}
