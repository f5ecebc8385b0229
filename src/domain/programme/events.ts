/** Events of a programme (domain.md 9.21). */
import { z } from 'zod';
import { decides, kit } from '../kernel/aggregate.js';
import { DateOn, FuzzyDate, GssCode, Id, PartId, Prose, longDate } from '../shared/values.js';
import {
  Overlaps,
  RequiredStep,
  RoundDates,
  Section,
  StepId,
  Window,
  addOverlaps,
  dropOverlaps,
  type ProgrammeState,
} from './state.js';
import { nameOf } from '../kernel/naming.js';
import { changed, drop, put } from '../kernel/parts.js';

const { event } = kit<ProgrammeState>();
const Kind = z.enum(['pilot', 'parallel']);
const RoundNo = z.int().min(1).max(100);
const day = (d: { from: string; to: string }): string =>
  d.from === d.to ? longDate(d.from) : `${longDate(d.from)} to ${longDate(d.to)}`;

/** Who sent a return of a round, and who did not: told to the programme alone. */
interface Returned {
  roundNo: number;
  submitted?: string[];
  late?: string[];
  missing?: string[];
}
const warning = (overlaps: z.infer<typeof Overlaps> | undefined): string =>
  overlaps?.length
    ? ` (warning: ${overlaps.map((o) => `${o.code} is also ground of ${nameOf.place(o.placeId)}`).join(', ')})`
    : '';

export const events = {
  ProgrammeDefined: event(
    z.strictObject({
      name: Prose(200),
      kind: z.enum(['national', 'regional', 'sandbox']),
      ragScale: z.enum(['five', 'three']),
      period: z.enum(['month', 'quarter']),
      startOn: DateOn,
      endOn: DateOn,
    }),
    {
      evolve(s, d) {
        Object.assign(s, d, { status: 'planned' });
      },
      describe: (d) => `defined the programme ${d.name}`,
      access: (_d, m) => ({ tier: 'public', programmeId: m.recordId }),
    },
  ),
  ProgrammeRetitled: event(z.strictObject({ from: Prose(200), to: Prose(200) }), {
    evolve(s, d) {
      s.name = d.to;
    },
    describe: (d) => `retitled the programme ${d.to}`,
    changes: (d) => ({ before: d.from, after: d.to }),
  }),
  ProgrammeStarted: event(z.strictObject({}), {
    evolve(s) {
      s.status = 'running';
    },
    describe: () => 'started the programme',
  }),
  ProgrammeClosing: event(z.strictObject({ reason: Prose() }), {
    evolve(s) {
      s.status = 'closing';
    },
    describe: (d) => `began to close the programme: ${d.reason}`,
  }),
  ProgrammeClosed: event(z.strictObject({ reason: Prose() }), {
    evolve(s) {
      s.status = 'closed';
    },
    describe: (d) => `closed the programme: ${d.reason}`,
  }),
  PlaceEnrolled: event(z.strictObject({ placeId: Id, name: Prose(200), kind: Kind, region: Prose(100) }), {
    evolve(s, { placeId, ...d }) {
      put(s.places, placeId, { ...d, status: 'enrolled', areas: [], overlaps: [], excused: {} });
    },
    describe: (d) => `enrolled ${d.name} as a ${d.kind === 'pilot' ? 'pilot' : 'parallel place'}`,
  }),
  PlaceRenamed: event(z.strictObject({ placeId: Id, from: Prose(200), to: Prose(200) }), {
    evolve(s, d) {
      changed(s.places, d.placeId).name = d.to;
    },
    describe: (d) => `renamed ${d.from} to ${d.to}`,
    changes: (d) => ({ before: d.from, after: d.to }),
  }),
  PlaceKindChanged: event(
    z.strictObject({ placeId: Id, from: Kind, to: Kind, reason: Prose(), overlaps: Overlaps.optional() }),
    {
      evolve(s, d) {
        changed(s.places, d.placeId).kind = d.to;
        dropOverlaps(s, d.placeId);
        addOverlaps(s, d.placeId, d.overlaps);
      },
      describe: (d) =>
        `made it a ${d.to === 'pilot' ? 'pilot' : 'parallel place'}: ${d.reason}${warning(d.overlaps)}`,
      changes: (d) => ({ before: d.from, after: d.to }),
    },
  ),
  AreaAdded: event(
    z.strictObject({
      placeId: Id,
      code: GssCode,
      snac: z.string().optional(),
      name: Prose(200),
      from: DateOn,
      overlaps: Overlaps.optional(),
    }),
    {
      evolve(s, d) {
        changed(s.places, d.placeId).areas.push({
          code: d.code,
          ...(d.snac ? { snac: d.snac } : {}),
          from: d.from,
        });
        addOverlaps(s, d.placeId, d.overlaps);
      },
      describe: (d) => `added the area ${d.name} (${d.code}) from ${longDate(d.from)}${warning(d.overlaps)}`,
    },
  ),
  AreaEnded: event(z.strictObject({ placeId: Id, code: GssCode, on: DateOn }), {
    evolve(s, d) {
      const area = changed(s.places, d.placeId).areas.find((a) => a.code === d.code && !a.to);
      if (area) area.to = d.on;
      dropOverlaps(s, d.placeId, d.code);
    },
    describe: (d) => `ended the area ${d.code} on ${longDate(d.on)}`,
  }),
  PlaceWithdrawn: event(z.strictObject({ placeId: Id, reason: Prose() }), {
    evolve(s, d) {
      changed(s.places, d.placeId).status = 'withdrawn';
      dropOverlaps(s, d.placeId);
    },
    describe: (d) => `withdrew the place: ${d.reason}`,
  }),
  EnrolmentVoided: event(z.strictObject({ placeId: Id, name: Prose(200) }), {
    evolve(s, d) {
      dropOverlaps(s, d.placeId);
      drop(s.places, d.placeId);
    },
    describe: (d) =>
      `gave up the enrolment of ${d.name}: another programme had taken the id ${d.placeId} first`,
  }),
  MilestoneAdded: event(
    z.strictObject({
      milestoneId: PartId,
      name: Prose(200),
      kind: z.enum(['deadline', 'political', 'programme', 'engagement', 'info']),
      date: FuzzyDate,
    }),
    {
      evolve(s, { milestoneId, ...d }) {
        put(s.milestones, milestoneId, { ...d, originalDate: d.date });
      },
      describe: (d) =>
        `added the milestone ${d.name}, ${day(d.date)}${d.date.tbc ? ' (to be confirmed)' : ''}`,
    },
  ),
  MilestoneRescheduled: event(
    z.strictObject({
      milestoneId: PartId,
      name: Prose(200),
      from: FuzzyDate,
      to: FuzzyDate,
      reason: Prose(),
    }),
    {
      evolve(s, d) {
        changed(s.milestones, d.milestoneId).date = d.to;
      },
      describe: (d) => `moved ${d.name} to ${day(d.to)}: ${d.reason}`,
      changes: (d) => ({ before: day(d.from), after: day(d.to) }),
    },
  ),
  MilestoneReached: event(z.strictObject({ milestoneId: PartId, name: Prose(200), evidence: Prose() }), {
    evolve(s, d, m) {
      // By the log's own day: a date that somebody chose makes nothing earlier (domain.md G4).
      changed(s.milestones, d.milestoneId).reachedOn = m.today;
    },
    describe: (d) => `marked ${d.name} as reached`,
  }),
  PolicyThemeAdded: event(z.strictObject({ policyThemeId: PartId, title: Prose(200) }), {
    evolve(s, d) {
      put(s.policyThemes, d.policyThemeId, { title: d.title, status: 'active' });
    },
    describe: (d) => `added the policy theme ${d.title}`,
  }),
  PolicyThemeRetired: event(
    z.strictObject({ policyThemeId: PartId, title: Prose(200), successor: PartId.optional() }),
    {
      evolve(s, d) {
        Object.assign(changed(s.policyThemes, d.policyThemeId), {
          status: 'retired',
          ...(d.successor ? { successor: d.successor } : {}),
        });
      },
      describe: (d) => `retired the policy theme ${d.title}`,
    },
  ),
  RoundPlanned: event(
    z.strictObject({
      roundNo: RoundNo,
      kind: z.enum(['interim', 'final']),
      observation: Window,
      window: z.strictObject({ from: FuzzyDate, to: FuzzyDate }),
    }),
    {
      evolve(s, { roundNo, ...d }) {
        s.rounds[roundNo] = {
          no: roundNo,
          ...d,
          originalTo: d.window.to.to,
          status: 'planned',
          extensions: {},
        };
      },
      describe: (d) => `planned round ${d.roundNo} (${d.kind}), closing ${day(d.window.to)}`,
    },
  ),
  RoundRescheduled: event(
    z.strictObject({
      roundNo: RoundNo,
      kind: z.enum(['interim', 'final']),
      from: RoundDates,
      to: RoundDates,
      reason: Prose(),
    }),
    {
      evolve(s, d) {
        Object.assign(s.rounds[d.roundNo]!, structuredClone(d.to));
      },
      describe: (d) =>
        `moved round ${d.roundNo} to ${day(d.to.window.from)} until ${day(d.to.window.to)}: ${d.reason}`,
      changes: (d) => ({
        before: `${day(d.from.window.from)} until ${day(d.from.window.to)}`,
        after: `${day(d.to.window.from)} until ${day(d.to.window.to)}`,
      }),
    },
  ),
  RoundOpened: event(z.strictObject({ roundNo: RoundNo, kind: z.enum(['interim', 'final']), to: DateOn }), {
    evolve(s, d) {
      s.rounds[d.roundNo]!.status = 'open';
    },
    describe: (d) => `opened round ${d.roundNo} (${d.kind}) until ${longDate(d.to)}`,
  }),
  RoundExtended: event(z.strictObject({ roundNo: RoundNo, from: DateOn, to: DateOn, reason: Prose() }), {
    evolve(s, d) {
      const r = s.rounds[d.roundNo]!;
      r.window = { ...r.window, to: { from: d.to, to: d.to, precision: 'day', tbc: false } };
    },
    describe: (d) => `extended round ${d.roundNo} to ${longDate(d.to)}: ${d.reason}`,
    changes: (d) => ({ before: d.from, after: d.to }),
  }),
  ExtensionGranted: event(
    z.strictObject({
      placeId: Id,
      roundNo: RoundNo,
      from: DateOn,
      to: DateOn,
      reason: Prose(),
      waiverId: Id.optional(),
    }),
    {
      evolve(s, d) {
        put(s.rounds[d.roundNo]!.extensions, d.placeId, { to: d.to, reason: d.reason });
      },
      waivedBy: 'waiverId',
      describe: (d) =>
        `extended round ${d.roundNo} for this place to ${longDate(d.to)}${d.waiverId ? `, past the limit by waiver ${d.waiverId}` : ''}: ${d.reason}`,
      changes: (d) => ({ before: d.from, after: d.to }),
      // Whether and when a place did a required step is a fact for the programme (domain.md 8.4), and so is why it has longer.
      private: 'programme',
    },
  ),
  RoundClosed: event(
    z.strictObject({
      roundNo: RoundNo,
      kind: z.enum(['interim', 'final']),
      submitted: z.array(Id),
      late: z.array(Id),
      missing: z.array(Id),
    }),
    {
      evolve(s, d) {
        s.rounds[d.roundNo]!.status = 'closed';
      },
      describe: ({ roundNo, submitted, late, missing }: Returned) =>
        `closed round ${roundNo}${submitted && late && missing ? `: ${submitted.length} submitted, ${late.length} late, ${missing.length} missing` : ''}`,
      membersOnly: { submitted: 'programme', late: 'programme', missing: 'programme' },
    },
  ),
  SubmissionTemplateSet: event(
    z.strictObject({
      roundKind: z.enum(['interim', 'final']),
      placeKind: Kind,
      version: z.int().min(1),
      sections: z.array(Section),
    }),
    {
      evolve(s, d) {
        put(s.templates, `${d.roundKind}.${d.placeKind}`, { version: d.version, sections: d.sections });
      },
      describe: (d) =>
        `set the ${d.roundKind} template for ${d.placeKind} places, version ${d.version}, ${d.sections.length} sections`,
    },
  ),
  StepsRequired: event(
    z.strictObject({
      placeKind: Kind,
      steps: z.array(RequiredStep.extend({ dueOn: DateOn, fuzzy: z.boolean() })),
    }),
    {
      evolve(s, d) {
        put(
          s.steps,
          d.placeKind,
          d.steps.map(({ stepId, name, due }) => ({ stepId, name, due })),
        );
      },
      describe: (d) => `required of ${d.placeKind} places: ${d.steps.map((x) => x.name).join(', ')}`,
    },
  ),
  StepExcused: event(z.strictObject({ placeId: Id, stepId: StepId, reason: Prose() }), {
    evolve(s, d) {
      put(changed(s.places, d.placeId).excused, d.stepId, d.reason);
    },
    describe: (d) => `excused the step ${d.stepId}: ${d.reason}`,
    private: 'programme',
  }),
  PublicationRestricted: event(
    z.strictObject({ restrictionId: PartId, from: DateOn, to: DateOn, reason: Prose() }),
    {
      evolve(s, d) {
        s.restrictions.push({ ...d });
      },
      describe: (d) => `restricted publication from ${longDate(d.from)} to ${longDate(d.to)}: ${d.reason}`,
    },
  ),
  PublicationRestrictionLifted: event(z.strictObject({ restrictionId: PartId }), {
    evolve(s, d, m) {
      const found = s.restrictions.find((r) => r.restrictionId === d.restrictionId);
      if (found) found.liftedOn = m.today;
    },
    describe: () => 'lifted the restriction on publication',
  }),
};
export const { command, emit } = decides<ProgrammeState>()(events);
