/**
 * Random commands on pools, for properties: small sets of ids and amounts, so that sequences collide and go
 * deep.
 */
import fc from 'fast-check';

export interface Move {
  /** `role@scope`, or `system`. */
  readonly as: string;
  readonly account: string;
  readonly command: string;
  readonly data: Record<string, unknown>;
}
export const agencies = ['council', 'pct', 'police'] as const;
export const agency = fc.constantFrom(...agencies);
const pledgeId = fc.constantFrom('p-1', 'p-2', 'p-3');
const allocationId = fc.constantFrom('a-1', 'a-2');
const commitmentId = fc.constantFrom('c-1', 'c-2');
const pence = fc.integer({ min: 1, max: 100 });
const reason = fc.constant('As agreed');
const purposes = fc.constantFrom({ cofog: ['07'], text: 'Treatment' }, { cofog: ['07.4'], text: 'Clinics' });
const subBalances = fc.array(fc.record({ pledgeId, pence }), { minLength: 1, maxLength: 3 });
const financialYear = fc.constant('2009-10');

const of = (
  as: fc.Arbitrary<{ as: string; account: string }>,
  command: string,
  data: fc.Arbitrary<Record<string, unknown>>,
): fc.Arbitrary<Move> => fc.tuple(as, data).map(([who, d]) => ({ ...who, command, data: d }));
const holder = agency.map((a) => ({
  as: `seat-holder@place:durham+agency:${a}`,
  account: `seat-holder.${a}`,
}));
const officer = agency.map((a) => ({ as: `finance-officer@agency:${a}`, account: `finance-officer.${a}` }));
const secretariat = fc.constant({ as: 'secretariat@place:durham', account: 'lead' });
const chair = fc.constant({ as: 'chair@place:durham+agency:council', account: 'seat-holder.council' });
const system = fc.constant({ as: 'system', account: 'system' });

export const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: of(holder, 'Pledge', fc.record({ pledgeId, financialYear, pledgedPence: pence })) },
  { weight: 4, arbitrary: of(officer, 'ConfirmPledge', fc.record({ pledgeId, consent: fc.boolean() })) },
  { weight: 1, arbitrary: of(holder, 'ChangePledge', fc.record({ pledgeId, pledgedPence: pence, reason })) },
  { weight: 1, arbitrary: of(holder, 'WithdrawPledge', fc.record({ pledgeId, reason })) },
  {
    weight: 2,
    arbitrary: of(
      officer,
      'ReducePledge',
      fc.record({ pledgeId, toPence: fc.integer({ min: 0, max: 100 }), reason }),
    ),
  },
  { weight: 1, arbitrary: of(officer, 'ConsentToDisclosure', fc.record({ pledgeId })) },
  {
    weight: 4,
    arbitrary: of(officer, 'PayIn', fc.record({ pledgeId, pence, reference: fc.constant('BACS') })),
  },
  {
    weight: 5,
    arbitrary: of(
      secretariat,
      'Allocate',
      fc.record({
        allocationId,
        title: fc.constant('Clinics'),
        purposes,
        subBalances,
        for: fc.oneof(fc.constant('none'), fc.record({ kind: fc.constant('commitment'), id: commitmentId })),
      }),
    ),
  },
  { weight: 1, arbitrary: of(secretariat, 'ReleaseAllocation', fc.record({ allocationId, reason })) },
  {
    weight: 5,
    arbitrary: of(
      officer,
      'Draw',
      fc.record({
        allocationId,
        subBalances: fc.record({ pledgeId, pence: fc.integer({ min: 1, max: 20 }) }).map((x) => [x]),
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: of(
      system,
      'ReserveFunds',
      fc.record({
        commitmentId,
        pence,
        financialYear,
        pledgeIds: fc.uniqueArray(pledgeId, { minLength: 1 }),
      }),
    ),
  },
  { weight: 1, arbitrary: of(system, 'ReleaseFunds', fc.record({ commitmentId })) },
  { weight: 1, arbitrary: of(chair, 'OpenPool', fc.constant({})) },
  { weight: 1, arbitrary: of(chair, 'SuspendPool', fc.record({ reason })) },
  { weight: 2, arbitrary: of(chair, 'ResumePool', fc.record({ reason })) },
  {
    weight: 1,
    arbitrary: of(
      officer,
      'GiveNotice',
      fc.record({ leavesOn: fc.constantFrom('2009-12-01', '2010-03-01'), reason }),
    ),
  },
  {
    weight: 1,
    arbitrary: of(
      secretariat,
      'Correct',
      fc.record({
        field: fc.constant('name'),
        to: fc.constantFrom('Treatment', 'Alcohol treatment'),
        reason,
      }),
    ),
  },
);
