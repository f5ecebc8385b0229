/** A pool's statement as a spreadsheet: its sums, and a row for each pledge, allocation, month and year. */
import type { ColumnOf } from '../query/csv.js';
import { csvOf, type AnswerOf } from '../query/declare.js';
import { AllocationShape, PledgeShape, PositionShape, type Statement } from './pool-statement-shape.js';

type StatementOf = AnswerOf<typeof Statement>;
type Pledge = StatementOf['pledges'][number];
type Figure = Extract<keyof Pledge, `${string}Pence`>;
type Position = StatementOf['positions'][number];
/** Cells of one row: what a part does not have stays empty. */
interface StatementRow
  extends
    Partial<Record<Figure, number | null>>,
    Partial<Pick<Position, 'budgetPence' | 'actualPence' | 'forecastPence' | 'cause' | 'action'>> {
  readonly part: 'pool' | 'pledge' | 'allocation' | 'reservation' | 'position' | 'year-end';
  readonly id?: string | null;
  readonly title?: string | null;
  readonly agencyId?: string | null;
  readonly agency?: string | null;
  readonly financialYear?: string | null;
  readonly period?: string;
  readonly status?: string | null;
  readonly fundingStreamId?: string | null;
  readonly fundingStream?: string | null;
  readonly commitmentId?: string | null;
  readonly dueOn?: string;
  readonly orphanedOn?: string | null;
  readonly notDisclosed?: true;
}

function rowsOf(pool: StatementOf): Omit<StatementRow, 'poolId'>[] {
  const { pledgedPence, confirmedPence, paidInPence, reservedPence, allocatedPence, drawnPence } = pool;
  return [
    {
      part: 'pool',
      id: pool.id,
      title: pool.name,
      status: pool.status,
      pledgedPence,
      confirmedPence,
      paidInPence,
      reservedPence,
      allocatedPence,
      drawnPence,
      ...withheldIn(pool),
    },
    ...pool.pledges.map(({ pledgeId: id, purposes: _, relaxationUntil: __, ...pledge }) => ({
      part: 'pledge' as const,
      id,
      ...pledge,
    })),
    ...pool.allocations.map(
      ({ allocationId: id, title, commitmentId, released, pence, drawnPence, ...sign }) => ({
        part: 'allocation' as const,
        id,
        title,
        status: released ? 'released' : 'allocated',
        commitmentId,
        allocatedPence: pence,
        drawnPence,
        ...withheldIn(sign),
      }),
    ),
    ...(pool.reservations ?? []).map(({ commitmentId, pence }) => ({
      part: 'reservation' as const,
      commitmentId,
      reservedPence: pence,
    })),
    ...pool.positions.map((position) => ({ part: 'position' as const, ...position })),
    ...pool.yearEnds.map(({ financialYear, state, dueOn }) => ({
      part: 'year-end' as const,
      financialYear,
      status: state,
      dueOn,
    })),
  ];
}
const withheldIn = ({ notDisclosed }: { readonly notDisclosed?: true }) =>
  notDisclosed ? { notDisclosed } : {};

const columns: readonly ColumnOf<StatementRow>[] = [
  'part',
  'id',
  'title',
  'agencyId',
  'agency',
  'financialYear',
  'period',
  'status',
  'fundingStreamId',
  'fundingStream',
  'commitmentId',
  'pledgedPence',
  'confirmedPence',
  'paidInPence',
  'reservedPence',
  'allocatedPence',
  'drawnPence',
  'freePence',
  'toDrawPence',
  'leftPence',
  'budgetPence',
  'actualPence',
  'forecastPence',
  'cause',
  'action',
  'dueOn',
  'orphanedOn',
  'notDisclosed',
];
export const statementCsv = csvOf({
  rows: rowsOf,
  columns,
  row: {
    shape: {
      ...AllocationShape.shape,
      ...PositionShape.shape,
      ...PledgeShape.shape,
      id: PledgeShape.shape.pledgeId,
    },
  },
});
