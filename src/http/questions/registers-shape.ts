/** What is answered of programmes, places, collaboratives, agencies, people and funding streams. */
import { z } from 'zod';
import { Scheme } from '../../domain/agency/codes.js';
import { Rule, SeatKind, Fraction } from '../../domain/collaborative/state.js';
import { Years } from '../../domain/funding-stream/state.js';
import { DoneWhen, Overlaps, RequiredStep, Section, Window } from '../../domain/programme/state.js';
import { FuzzyDate, Purposes, Sector } from '../../domain/shared/values.js';
import {
  DayShape,
  IdShape,
  Illustrative,
  LineageAddress,
  LinkShape,
  SourceShape,
  Text,
  Version,
  wordsOf,
} from '../query/shapes.js';

/** What stands of every record of the register: its version, and where its facts come from. */
const fromRecord = { id: IdShape, version: Version, illustrative: Illustrative, source: SourceShape };

const ProgrammeKind = z.enum(['national', 'regional', 'sandbox']);
const ProgrammeStatus = z.enum(['planned', 'running', 'closing', 'closed']);
export const ProgrammeRow = z
  .strictObject({
    id: IdShape,
    version: Version,
    name: Text,
    kind: ProgrammeKind,
    status: ProgrammeStatus,
    startOn: DayShape,
    endOn: DayShape,
    illustrative: Illustrative,
  })
  .meta({ id: 'ProgrammeRow' });

export const PlaceKind = z.enum(['pilot', 'parallel']);
/** Boundaries change: each code holds from its day until before `to`. */
const Area = z
  .strictObject({ code: z.string(), snac: z.string().optional(), from: DayShape, to: DayShape.optional() })
  .meta({ id: 'Area', description: 'An area by its code, from a day until before `to`' });
const Enrolled = z
  .strictObject({
    name: Text,
    kind: PlaceKind,
    region: Text,
    status: z.enum(['enrolled', 'withdrawn']),
    areas: z.array(Area),
    overlaps: Overlaps.meta({ description: 'Ground it shares with places of the other kind' }),
    excused: z
      .record(z.string(), Text)
      .meta({ description: 'Steps it was excused from, with the reason; empty to the public' }),
  })
  .meta({ id: 'EnrolledPlace' });
/** The word under which rounds ask for the same. */
export const RoundKind = z.string().meta({
  id: 'RoundKind',
  description: 'interim, final, or a word of the programme’s own: rounds of one kind ask for the same',
});
const Round = z
  .strictObject({
    roundNo: z.int().meta({ description: 'Counted from 1' }),
    kind: RoundKind,
    name: Text.optional().meta({ description: 'What it is called; absent where it has no name' }),
    observation: Window,
    window: z
      .strictObject({ from: FuzzyDate, to: FuzzyDate })
      .meta({ description: 'When its returns are submitted; `to` is the deadline' }),
    originalTo: DayShape,
    status: z.enum(['planned', 'open', 'closed']),
    extensions: z
      .record(z.string(), z.strictObject({ to: DayShape, reason: Text }))
      .meta({ description: 'Places with a later closing date of their own; empty to the public' }),
  })
  .meta({ id: 'Round' });
/** As it stands: what completes it was said, or is known by its id. */
const StepRequired = RequiredStep.extend({ doneWhen: DoneWhen }).meta({
  id: 'StepRequired',
  description: 'What a kind of place is asked for, and what completes it',
});
export const Programme = ProgrammeRow.extend({
  ...fromRecord,
  ragScale: z.enum(['five', 'three']),
  period: z.enum(['month', 'quarter']).meta({ description: 'How promises are reported on' }),
  places: z.record(z.string(), Enrolled),
  milestones: z.record(
    z.string(),
    z.strictObject({
      name: Text,
      kind: z.enum(['deadline', 'political', 'programme', 'engagement', 'info']),
      date: FuzzyDate,
      originalDate: FuzzyDate,
      reachedOn: DayShape.optional(),
    }),
  ),
  policyThemes: z.record(
    z.string(),
    z.strictObject({ title: Text, status: z.enum(['active', 'retired']), successor: IdShape.optional() }),
  ),
  rounds: z.record(z.string(), Round),
  templates: z
    .record(
      z.string(),
      z.strictObject({
        templateVersion: z.int().meta({ description: 'Of the template, counted from 1' }),
        sections: z.array(Section),
      }),
    )
    .meta({ description: 'What a return holds, by kind of round and of place' }),
  steps: z
    .record(z.string(), z.array(StepRequired))
    .meta({ description: 'What each kind of place is asked for' }),
  restrictions: z.array(
    z.strictObject({
      restrictionId: IdShape,
      from: DayShape,
      to: DayShape,
      reason: Text,
      liftedOn: DayShape.optional(),
    }),
  ),
  lineage: LineageAddress,
}).meta({ id: 'Programme' });

/** Who answers for a place in Whitehall. */
export const Champion = z
  .strictObject({
    name: Text,
    department: Text.nullable().meta({ description: 'Its name; null where that is not said' }),
  })
  .meta({ id: 'Champion', description: 'Who answers for a place in Whitehall' });
export const Place = z
  .strictObject({
    id: IdShape,
    version: Version,
    programmeId: IdShape,
    name: Text,
    kind: PlaceKind,
    region: Text,
    status: z.enum(['opened', 'active', 'closed', 'withdrawn']),
    areas: z.array(Area),
    warnings: z.array(
      z.strictObject({
        warning: z.literal('AREA_OVERLAPS'),
        code: z.string(),
        placeId: IdShape,
        theirCode: z.string(),
        name: Text,
      }),
    ),
    population: z.int().nullable().meta({ description: 'How many live there; null where it is not known' }),
    populationSource: Text.nullable().meta({
      description: 'Where that number comes from; null where it is not known',
    }),
    populationOn: DayShape.nullable().meta({
      description: 'The day that it is of; null where it is not known',
    }),
    champion: Champion.nullable().meta({ description: 'Null while it has none' }),
    accountableBodyId: IdShape.nullable().meta({
      description: 'The agency that answers for its money; null while none is nominated',
    }),
    themes: z.array(
      z.strictObject({ themeId: IdShape, title: Text, status: z.enum(['proposed', 'confirmed']) }),
    ),
    illustrative: Illustrative,
  })
  .meta({ id: 'Place' });
export const PlaceRow = Place;

const Seat = z
  .strictObject({
    seatId: IdShape,
    agencyId: IdShape,
    account: z.string(),
    kind: SeatKind,
    status: z.enum(['offered', 'accepted', 'suspended', 'vacated']),
    agency: Text,
    isChair: z.boolean(),
    isDeputy: z.boolean(),
  })
  .meta({ id: 'Seat' });
export const Collaborative = z
  .strictObject({
    ...fromRecord,
    status: z.enum(['forming', 'active', 'dissolved']),
    rule: Rule,
    quorum: Fraction,
    chair: IdShape.optional().meta({ description: 'The seat that has the chair' }),
    chairVacantSince: DayShape.optional(),
    deputy: IdShape.optional(),
    secretary: z.string().optional(),
    termsHash: Text.optional().meta({
      description: 'The SHA-256 of the terms of reference that were adopted',
    }),
    delegations: z.array(
      z.strictObject({ from: IdShape, to: IdShape, agencyId: IdShape, startOn: DayShape, endOn: DayShape }),
    ),
    seats: z.array(Seat),
    earlierNotShared: z.int().meta({ description: 'Seats that left the table before it was opened to you' }),
    lineage: LineageAddress,
  })
  .meta({ id: 'Collaborative' });

/**
 * An identifier holds from its day until before `to`; a programme code in the stead of the proper one is
 * provisional.
 */
const Identifier = z
  .strictObject({
    scheme: Scheme,
    code: z.string(),
    from: DayShape,
    to: DayShape.optional(),
    provisional: z.boolean(),
  })
  .meta({
    id: 'Identifier',
    description:
      'A code that an agency has from a day until before `to`; ' +
      'a provisional one stands in the stead of the proper one',
  });
export const AgencyRow = z
  .strictObject({
    ...fromRecord,
    status: z.enum(['registered', 'retired']),
    name: Text,
    sector: Sector,
    type: Text,
    identifiers: z.array(Identifier),
    startOn: DayShape,
    retiredOn: DayShape.optional(),
    successors: z.array(IdShape),
    succeededOn: DayShape.optional(),
    programmeId: IdShape.optional().meta({ description: 'Whose people registered it, and keep its record' }),
  })
  .meta({ id: 'AgencyRow' });
export const Agency = AgencyRow.extend({ lineage: LineageAddress }).meta({ id: 'Agency' });

export const Person = z
  .strictObject({
    ...fromRecord,
    status: z.literal('registered'),
    account: z.string(),
    name: Text,
    post: Text.optional(),
    officeHolder: z.boolean(),
    programmeId: IdShape.optional().meta({
      description: 'In which programme they are called so; absent in older logs, where a name holds in all',
    }),
    lineage: LineageAddress,
  })
  .meta({ id: 'Person' });
export const PersonRow = Person.extend({ link: LinkShape }).meta({ id: 'PersonRow' });

const Relaxation = z
  .strictObject({
    placeIds: z.union([z.array(IdShape), z.literal('all')]),
    from: DayShape,
    to: DayShape,
    purposes: Purposes,
    endedOn: DayShape.optional(),
  })
  .meta({ id: 'Relaxation' });
export const FundingStream = z
  .strictObject({
    ...fromRecord,
    status: wordsOf({ active: true, ended: true }),
    name: Text,
    departmentId: IdShape,
    years: Years,
    ringFenced: z.boolean(),
    purposes: Purposes,
    conditions: Text,
    relaxations: z.record(z.string(), Relaxation),
    endedOn: DayShape.optional(),
    lineage: LineageAddress,
  })
  .meta({ id: 'FundingStream' });
export const FundingStreamRow = FundingStream.extend({ link: LinkShape }).meta({ id: 'FundingStreamRow' });
