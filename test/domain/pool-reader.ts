/** A reader of the programme who knows nothing of a pool but its open events. */
import type { PoolState } from '../../src/domain/pool/state.js';
import { tellsAll } from '../../src/projections/views/past.js';
import { statement } from '../../src/projections/views/pool-ledger.js';

const keys = [
  'pledgedPence',
  'confirmedPence',
  'paidInPence',
  'reservedPence',
  'allocatedPence',
  'drawnPence',
] as const;
type Figures = Record<(typeof keys)[number], number>;

export class Reader {
  readonly #pledges = new Map<string, Figures>();
  readonly #allocations = new Map<string, { pence: number; drawnPence: number }>();

  /** What the event says, and nothing else. */
  read(type: string, d: any): void {
    const { pledgeId, subBalances = [] } = d;
    const known = this.#pledges.get(pledgeId);
    const add = (key: keyof Figures, sign: 1 | -1 = 1): void => {
      for (const x of subBalances) {
        const f = this.#pledges.get(x.pledgeId);
        if (f) f[key] += sign * x.pence;
      }
    };
    const inAllocation = (id: string, pence: number, drawnPence = 0): void => {
      const a = this.#allocations.get(id) ?? { pence: 0, drawnPence: 0 };
      this.#allocations.set(id, { pence: a.pence + pence, drawnPence: a.drawnPence + drawnPence });
    };
    const sum = subBalances.reduce((n: number, x: { pence: number }) => n + x.pence, 0);
    if (type === 'PledgeConfirmed' || type === 'PledgeDisclosureConsented') {
      this.#pledges.set(pledgeId, { reservedPence: d.reservedPence ?? 0, ...d.figures });
      for (const p of d.opened?.pledges ?? [])
        this.#pledges.set(p.pledgeId, { ...p.figures, reservedPence: p.reservedPence });
      for (const { allocationId, ...a } of d.opened?.allocations ?? [])
        this.#allocations.set(allocationId, a);
    } else if (type === 'PledgeReduced') known!.confirmedPence = d.toPence;
    else if (type === 'CashPaidIn' || type === 'CashReturned') known!.paidInPence = d.paidInPence;
    else if (type === 'FundsReserved') add('reservedPence');
    else if (type === 'FundsReleased') add('reservedPence', -1);
    else if (type === 'FundsAllocated') {
      add('allocatedPence');
      if (d.commitmentId) add('reservedPence', -1);
      inAllocation(d.allocationId, sum);
    } else if (type === 'AllocationReleased') {
      // What was given stays written on the allocation; the pledge has the rest back.
      add('allocatedPence', -1);
    } else if (type === 'FundsDrawn') {
      add('drawnPence');
      inAllocation(d.allocationId, 0, sum);
    } else if (type === 'FundsVired') {
      inAllocation(d.from, -sum);
      inAllocation(d.to, sum);
    } else if (type === 'CarriedForward') {
      const { pence, paidInPence, reservedPence, allocatedPence } = d;
      for (const [key, n] of Object.entries({
        pledgedPence: pence,
        confirmedPence: pence,
        paidInPence,
        reservedPence,
        allocatedPence,
      }))
        known![key as keyof Figures] -= n;
      this.#pledges.set(d.toPledgeId, {
        pledgedPence: pence,
        confirmedPence: pence,
        paidInPence,
        reservedPence,
        allocatedPence,
        drawnPence: 0,
      });
    }
  }

  /**
   * True when every figure that the programme's statement shows of a pledge or an allocation is one that the
   * reader knows.
   */
  knows(state: PoolState, day: string): boolean {
    const row = {
      stream: 'pool-alcohol',
      aggregate: 'pool',
      source: null,
      extra: {},
      id: 'alcohol',
      version: 1,
      position: 1,
      illustrative: false,
      corrected: false,
      state,
    };
    const shown = statement(row, 'programme', tellsAll, day);
    return (
      shown.pledges.every((p) =>
        keys.every(
          (k) => p[k] === null || p[k] === (p.pledgeId !== null && this.#pledges.get(p.pledgeId)?.[k]),
        ),
      ) &&
      shown.allocations.every((a) => {
        const known = this.#allocations.get(a.allocationId);
        return a.pence === null || (a.pence === known?.pence && a.drawnPence === known.drawnPence);
      })
    );
  }
}
