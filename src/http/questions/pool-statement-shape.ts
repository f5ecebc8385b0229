/** What is answered of a pooled budget: its statement, which is a row of the list too. */
import { z } from 'zod';
import { LegalBasis, Share, type Pledge } from '../../domain/pool/state.js';
import { Purposes } from '../../domain/shared/values.js';
import type { poolFigures, Standing, YearEnd } from '../../projections/views/pool-ledger.js';
import {
  AudienceShape,
  DayShape,
  IdShape,
  Illustrative,
  LineageAddress,
  LinkShape,
  NotDisclosed,
  PenceShape,
  Text,
  Tier,
  Version,
  wordsOf,
} from '../query/shapes.js';

const Year = z.string().meta({ description: 'A financial year, such as 2009-10' });
const Cofog = z
  .array(z.string())
  .meta({ description: 'Codes of COFOG, the classification of the functions of government' });
const pence = PenceShape.nullable().meta({
  description: 'Whole pence; null where the figure is not disclosed',
});
/** Something of each of a pool's figures. */
const figures = <T extends z.core.$ZodType>(of: T): Record<(typeof poolFigures)[number], T> => ({
  pledgedPence: of,
  confirmedPence: of,
  paidInPence: of,
  reservedPence: of,
  allocatedPence: of,
  drawnPence: of,
});

export const PledgeShape = z
  .strictObject({
    pledgeId: IdShape.nullable().meta({
      description: 'Null where you are not told whose it is, as are the members that would say',
    }),
    agencyId: IdShape.nullable().meta({ description: 'Null where you are not told' }),
    financialYear: Year.nullable().meta({ description: 'Null where you are not told' }),
    status: wordsOf<Pledge['status']>({ pledged: true, confirmed: true, withdrawn: true })
      .nullable()
      .meta({ description: 'Null where you are not told' }),
    fundingStreamId: IdShape.nullable().meta({
      description: 'Null where it comes from none, or you are not told',
    }),
    orphanedOn: DayShape.nullable().meta({
      description:
        'Since when nobody answers for it: its agency left the ' +
        'table or is retired, and something of it is owed',
    }),
    fundingStream: Text.nullable().meta({
      description: 'What the stream is called; null where it comes from none, or you are not told',
    }),
    ...figures(pence),
    freePence: pence.meta({ description: 'Confirmed, and neither allocated nor held for a promise' }),
    toDrawPence: pence.meta({ description: 'Allocated, and not drawn yet' }),
    leftPence: pence.meta({
      description: 'Cash that is left of it; in an aligned pool, what is left of what was allocated',
    }),
    notDisclosed: NotDisclosed,
    purposes: Cofog.nullable().meta({
      description: 'Codes of COFOG that it may be spent on; null where you are not told',
    }),
    relaxationUntil: DayShape.nullable().meta({
      description: 'The last day of the relaxation that adds to what it may be spent on',
    }),
    agency: Text.nullable().meta({ description: 'Its name; null where you are not told whose it is' }),
  })
  .meta({ id: 'Pledge' });
export const AllocationShape = z
  .strictObject({
    allocationId: IdShape,
    title: Text.nullable().meta({ description: 'Null where you are not told' }),
    cofog: Cofog.nullable().meta({ description: 'Codes of COFOG; null where you are not told' }),
    released: z.boolean(),
    commitmentId: IdShape.nullable().meta({
      description: 'The commitment that it is for; null where it is for none, or you are no member',
    }),
    pence,
    drawnPence: pence,
    notDisclosed: NotDisclosed,
  })
  .meta({ id: 'Allocation' });
export const PositionShape = z
  .strictObject({
    period: z.string().meta({ description: 'A month, such as 2009-09' }),
    budgetPence: pence,
    actualPence: pence,
    forecastPence: pence,
    cause: Text.optional(),
    action: Text.optional(),
    notDisclosed: NotDisclosed,
  })
  .meta({ id: 'PoolPosition' });

export const PoolStatus = wordsOf<Standing>({
  proposed: true,
  agreed: true,
  open: true,
  suspended: true,
  closed: true,
});
export const Statement = z
  .strictObject({
    id: IdShape,
    version: Version,
    name: Text,
    placeId: IdShape,
    status: PoolStatus,
    legalBasis: LegalBasis,
    kind: z.enum(['aligned', 'pooled']),
    partners: z.array(IdShape),
    hostAgencyId: IdShape,
    managerAgencyId: IdShape,
    purposes: Purposes,
    years: z.array(Year),
    agreement: z
      .strictObject({
        agreementVersion: z.int().meta({ description: 'Of the agreement, counted from 1' }),
        hash: z.string().meta({ description: 'The SHA-256 of the document' }),
        signedBy: z.array(IdShape),
        riskShare: z.array(Share),
      })
      .nullable()
      .meta({ description: 'The last one that every partner signed' }),
    ...figures(pence),
    notDisclosed: NotDisclosed,
    atLeastPence: z
      .strictObject(figures(PenceShape.optional()))
      .optional()
      .meta({ description: 'Of the sums that are withheld, what they are at least' }),
    figuresNotShared: z
      .strictObject(figures(z.int().optional().meta({ description: 'How many' })))
      .optional()
      .meta({ description: 'Of the sums that are withheld, how many figures in them are not shared' }),
    pledges: z.array(PledgeShape),
    allocations: z.array(AllocationShape),
    reservations: z
      .array(z.strictObject({ commitmentId: IdShape, pence: PenceShape }))
      .optional()
      .meta({ description: 'There for its members alone; others have the sums' }),
    positions: z.array(PositionShape).meta({ description: 'As last reported, by month' }),
    yearEnds: z.array(
      z.strictObject({
        financialYear: Year,
        state: wordsOf<YearEnd>({
          settled: true,
          running: true,
          'to-settle': true,
          late: true,
          'stops-draws': true,
        }),
        dueOn: DayShape,
        stopsDrawsAfter: DayShape,
        carryForwardAgreedBy: z.array(IdShape),
      }),
    ),
    earlierNotShared: z.int().meta({
      description:
        'Pledges that were withdrawn, and positions, of before it was opened to you or without consent',
    }),
    audience: AudienceShape,
    illustrative: Illustrative,
    corrected: z.boolean(),
    partnerNames: z.array(Text).meta({ description: 'In the order of the partners' }),
    hostName: Text,
    managerName: Text,
    tier: Tier,
    link: LinkShape,
    lineage: LineageAddress,
  })
  .meta({ id: 'Pool' });
