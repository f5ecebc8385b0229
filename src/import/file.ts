/**
 * What a file of a programme holds: the members of the commands that are made of it (docs/rules/README.md),
 * with dates as people write them.
 */
import { z } from 'zod';
import { codeOf } from '../domain/agency/codes.js';
import { Fraction, Rule, SeatKind } from '../domain/collaborative/state.js';
import { PlaceKind, RequiredStep, RoundKind, Section, Window } from '../domain/programme/state.js';
import { addDays, monthsLater } from '../domain/shared/calendar.js';
import { choice, whole, yesNo } from '../domain/shared/fields.js';
import {
  DateOn,
  FuzzyDate,
  GssCode,
  Id,
  Name,
  PartId,
  PersonAccount,
  Prose,
  RoundNo,
  Sector,
} from '../domain/shared/values.js';

/** `2027-03-03` is a day and `2027-02` a month; whatever else is known of a date is written out. */
function written(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const [, month] = /^(\d{4}-(?:0[1-9]|1[0-2]))$/.exec(value) ?? [];
  if (month === undefined) return { from: value, to: value, precision: 'day' };
  const from = `${month}-01`;
  return { from, to: addDays(monthsLater(from, 1), -1), precision: 'month' };
}
const When = z.preprocess(written, FuzzyDate);

const Programme = z.strictObject({
  id: Id,
  name: Prose('name'),
  kind: choice({ national: 'National', regional: 'Regional', sandbox: 'For trying things out' }),
  ragScale: choice({ five: 'Five colours', three: 'Three colours' }),
  period: choice({ month: 'Every month', quarter: 'Every quarter' }),
  startOn: DateOn,
  endOn: DateOn,
  start: yesNo().default(false).meta({ description: 'Whether it is started once all this stands' }),
});
const Milestone = z.strictObject({
  milestoneId: PartId,
  name: Prose('name'),
  kind: choice({
    deadline: 'The deadline of the programme',
    political: 'Political',
    programme: 'Of the programme',
    engagement: 'A meeting or workshop',
    info: 'For information',
  }),
  date: When,
});
const Round = z.strictObject({
  roundNo: RoundNo,
  kind: RoundKind,
  name: Prose('name').optional(),
  observation: Window,
  window: z.strictObject({ from: When, to: When }),
});
const Agency = z.strictObject({
  id: Id,
  name: Prose('name'),
  sector: Sector,
  type: Prose('label'),
  identifiers: z.array(codeOf({ from: DateOn })).min(1, 'Enter at least one code'),
  startOn: DateOn,
});
const Person = z.strictObject({
  account: PersonAccount,
  name: Name,
  post: Name.optional(),
  officeHolder: yesNo().default(false),
});
const Seat = z.strictObject({ seatId: PartId, agencyId: Id, account: PersonAccount, kind: SeatKind });
const Place = z.strictObject({
  placeId: Id,
  name: Prose('name'),
  kind: PlaceKind,
  region: Prose('label'),
  areas: z.array(z.strictObject({ code: GssCode, from: DateOn })).min(1, 'Enter at least one area'),
  population: z
    .strictObject({ value: whole('Enter a population').min(1), referenceOn: DateOn, source: Prose('title') })
    .optional(),
  accountableBodyId: Id.optional(),
  leadContact: PersonAccount.optional(),
  champion: z.strictObject({ account: PersonAccount, departmentId: Id.optional(), from: DateOn }).optional(),
  themes: z
    .array(
      z.strictObject({
        themeId: PartId,
        title: Prose('title'),
        rationale: Prose().optional(),
        exclusions: Prose('remark').optional(),
        policyThemeIds: z.array(PartId).default([]),
      }),
    )
    .default([]),
  collaborative: z
    .strictObject({ rule: Rule, quorum: Fraction, seats: z.array(Seat).default([]) })
    .optional(),
});

export const ProgrammeFile = z.strictObject({
  programme: Programme,
  milestones: z.array(Milestone).min(1, 'Enter the milestone of kind deadline that progress counts toward'),
  policyThemes: z.array(z.strictObject({ policyThemeId: PartId, title: Prose('name') })).default([]),
  rounds: z.array(Round).default([]),
  templates: z
    .array(
      z.strictObject({
        roundKind: RoundKind,
        placeKind: PlaceKind,
        sections: z.array(Section).min(1, 'Enter at least one section'),
      }),
    )
    .default([]),
  requiredSteps: z.array(z.strictObject({ placeKind: PlaceKind, steps: z.array(RequiredStep) })).default([]),
  restrictions: z
    .array(z.strictObject({ restrictionId: PartId, from: DateOn, to: DateOn, reason: Prose() }))
    .default([]),
  agencies: z.array(Agency).default([]),
  people: z.array(Person).default([]),
  places: z.array(Place).default([]),
});
export type ProgrammeFile = z.infer<typeof ProgrammeFile>;
