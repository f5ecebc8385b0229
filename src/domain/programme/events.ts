/** Events of a programme (docs/rules/programme.md). */
import { z } from 'zod';
import { decides, kit, textKey } from '../kernel/aggregate.js';
import { DateOn, FuzzyDate, GssCode, Id, longDate, PartId, Prose, RoundNo } from '../shared/values.js';
import {
  Overlaps,
  RequiredStep,
  RoundDates,
  RoundKind,
  Section,
  Window,
  addOverlaps,
  doneWhenOf,
  dropOverlaps,
  knownRound,
  roundInWords,
  type ProgrammeState,
} from './state.js';
import { nameOf } from '../kernel/naming.js';
import { changed, drop, existing, put } from '../kernel/parts.js';
import { forgets, sets, type SetValue } from '../kernel/set-value.js';

const { event } = kit<ProgrammeState>();
const Kind = z.enum(['pilot', 'parallel']);
const day = (data: { from: string; to: string }): string =>
  data.from === data.to ? longDate(data.from) : `${longDate(data.from)} to ${longDate(data.to)}`;

type Fuzzy = z.infer<typeof FuzzyDate>;
const nameSet = (name: string): SetValue => sets(textKey('name'), 'Name', name);
/** A waiver that let something pass, by its name. */
const waiver = (id: string): string => `waiver ${nameOf.record(`waiver-${id}`)}`;
const placeName = (placeId: string, name: string): SetValue => sets(`place.${placeId}.name`, 'Name', name);
const placeKind = (placeId: string, kind: z.infer<typeof Kind>): SetValue =>
  sets(`place.${placeId}.kind`, 'Kind of place', kind === 'pilot' ? 'pilot' : 'parallel place');
const milestoneDate = (id: string, date: Fuzzy): SetValue => sets(`milestone.${id}`, 'Date', day(date));
const roundKey = (no: number): string => `round.${no}`;
const roundEnd = (no: number, end: string): SetValue => sets(`${roundKey(no)}.end`, 'End of the round', end);
const roundDates = (no: number, { from, to }: { from: Fuzzy; to: Fuzzy }): SetValue[] => [
  sets(`${roundKey(no)}.begin`, 'Beginning of the round', day(from)),
  roundEnd(no, day(to)),
];

/** Who sent a return of a round, and who did not: told to the programme alone. */
interface Returned {
  roundNo: number;
  submitted?: string[];
  late?: string[];
  missing?: string[];
}
const warning = (overlaps: z.infer<typeof Overlaps> | undefined): string =>
  overlaps?.length
    ? ' (warning: ' +
      `${overlaps.map((o) => `${o.code} is also ground of ${nameOf.place(o.placeId)}`).join(', ')})`
    : '';

export const events = {
  ProgrammeDefined: event(
    z.strictObject({
      name: Prose('name'),
      kind: z.enum(['national', 'regional', 'sandbox']),
      ragScale: z.enum(['five', 'three']),
      period: z.enum(['month', 'quarter']),
      startOn: DateOn,
      endOn: DateOn,
    }),
    {
      evolve(state, data) {
        Object.assign(state, data, { status: 'planned' });
      },
      describe: (data) => `defined the programme ${data.name}`,
      sets: (data) => [nameSet(data.name)],
      access: (_d, event) => ({ tier: 'public', programmeId: event.recordId }),
    },
  ),
  ProgrammeRetitled: event(z.strictObject({ from: Prose('name'), to: Prose('name') }), {
    evolve(state, data) {
      state.name = data.to;
    },
    renames: true,
    describe: (data) => `retitled the programme ${data.to}`,
    sets: (data) => [nameSet(data.to)],
  }),
  ProgrammeStarted: event(z.strictObject({}), {
    evolve(state) {
      state.status = 'running';
    },
    describe: () => 'started the programme',
  }),
  ProgrammeClosing: event(z.strictObject({ reason: Prose() }), {
    evolve(state) {
      state.status = 'closing';
    },
    describe: (data) => `began to close the programme: ${data.reason}`,
  }),
  ProgrammeClosed: event(z.strictObject({ reason: Prose() }), {
    evolve(state) {
      state.status = 'closed';
    },
    describe: (data) => `closed the programme: ${data.reason}`,
  }),
  PlaceEnrolled: event(
    z.strictObject({ placeId: Id, name: Prose('name'), kind: Kind, region: Prose('label') }),
    {
      evolve(state, { placeId, ...d }) {
        put(state.places, placeId, { ...d, status: 'enrolled', areas: [], overlaps: [], excused: {} });
      },
      renames: true,
      describe: (data) => `enrolled ${data.name} as a ${data.kind === 'pilot' ? 'pilot' : 'parallel place'}`,
      sets: ({ placeId, name, kind }) => [placeName(placeId, name), placeKind(placeId, kind)],
    },
  ),
  PlaceRenamed: event(z.strictObject({ placeId: Id, from: Prose('name'), to: Prose('name') }), {
    evolve(state, data) {
      changed(state.places, data.placeId).name = data.to;
    },
    renames: true,
    describe: (data) => `renamed ${data.from} to ${data.to}`,
    sets: (data) => [placeName(data.placeId, data.to)],
  }),
  PlaceKindChanged: event(
    z.strictObject({ placeId: Id, from: Kind, to: Kind, reason: Prose(), overlaps: Overlaps.optional() }),
    {
      evolve(state, data) {
        changed(state.places, data.placeId).kind = data.to;
        dropOverlaps(state, data.placeId);
        addOverlaps(state, data.placeId, data.overlaps);
      },
      describe: (data) =>
        `made ${nameOf.place(data.placeId)} a ${data.to === 'pilot' ? 'pilot' : 'parallel place'}: ` +
        `${data.reason}${warning(data.overlaps)}`,
      sets: (data) => [placeKind(data.placeId, data.to)],
    },
  ),
  AreaAdded: event(
    z.strictObject({
      placeId: Id,
      code: GssCode,
      snac: z.string().optional(),
      name: Prose('name'),
      from: DateOn,
      overlaps: Overlaps.optional(),
    }),
    {
      evolve(state, data) {
        changed(state.places, data.placeId).areas.push({
          code: data.code,
          ...(data.snac ? { snac: data.snac } : {}),
          from: data.from,
        });
        addOverlaps(state, data.placeId, data.overlaps);
      },
      describe: (data) =>
        `added the area ${data.name} (${data.code}) to ${nameOf.place(data.placeId)} from ` +
        `${longDate(data.from)}${warning(data.overlaps)}`,
    },
  ),
  AreaEnded: event(z.strictObject({ placeId: Id, code: GssCode, on: DateOn }), {
    evolve(state, data) {
      const area = changed(state.places, data.placeId).areas.find((a) => a.code === data.code && !a.to);
      if (area) area.to = data.on;
      dropOverlaps(state, data.placeId, data.code);
    },
    describe: (data) =>
      `ended the area ${data.code} of ${nameOf.place(data.placeId)} on ${longDate(data.on)}`,
  }),
  PlaceWithdrawn: event(z.strictObject({ placeId: Id, reason: Prose() }), {
    evolve(state, data) {
      changed(state.places, data.placeId).status = 'withdrawn';
      dropOverlaps(state, data.placeId);
    },
    describe: (data) => `withdrew ${nameOf.place(data.placeId)}: ${data.reason}`,
  }),
  EnrolmentVoided: event(z.strictObject({ placeId: Id, name: Prose('name') }), {
    evolve(state, data) {
      dropOverlaps(state, data.placeId);
      drop(state.places, data.placeId);
    },
    renames: true,
    describe: (data) =>
      `gave up the enrolment of ${data.name}: another programme had taken the id ${data.placeId} first`,
    sets: (data) => [forgets(`place.${data.placeId}`)],
  }),
  MilestoneAdded: event(
    z.strictObject({
      milestoneId: PartId,
      name: Prose('name'),
      kind: z.enum(['deadline', 'political', 'programme', 'engagement', 'info']),
      date: FuzzyDate,
    }),
    {
      evolve(state, { milestoneId, ...d }) {
        put(state.milestones, milestoneId, { ...d, originalDate: d.date });
      },
      describe: (data) =>
        `added the milestone ${data.name}, ${day(data.date)}${data.date.tbc ? ' (to be confirmed)' : ''}`,
      sets: (data) => [milestoneDate(data.milestoneId, data.date)],
    },
  ),
  MilestoneRescheduled: event(
    z.strictObject({
      milestoneId: PartId,
      name: Prose('name'),
      from: FuzzyDate,
      to: FuzzyDate,
      reason: Prose(),
    }),
    {
      evolve(state, data) {
        changed(state.milestones, data.milestoneId).date = data.to;
      },
      describe: (data) => `moved ${data.name} to ${day(data.to)}: ${data.reason}`,
      sets: (data) => [milestoneDate(data.milestoneId, data.to)],
    },
  ),
  MilestoneReached: event(z.strictObject({ milestoneId: PartId, name: Prose('name'), evidence: Prose() }), {
    evolve(state, data, event) {
      // By the log's own day: a date that somebody chose makes nothing earlier
      // (docs/rules/shared.md#scheduling).
      changed(state.milestones, data.milestoneId).reachedOn = event.today;
    },
    describe: (data) => `marked ${data.name} as reached`,
  }),
  PolicyThemeAdded: event(z.strictObject({ policyThemeId: PartId, title: Prose('name') }), {
    evolve(state, data) {
      put(state.policyThemes, data.policyThemeId, { title: data.title, status: 'active' });
    },
    describe: (data) => `added the policy theme ${data.title}`,
  }),
  PolicyThemeRetired: event(
    z.strictObject({ policyThemeId: PartId, title: Prose('name'), successor: PartId.optional() }),
    {
      evolve(state, data) {
        Object.assign(changed(state.policyThemes, data.policyThemeId), {
          status: 'retired',
          ...(data.successor ? { successor: data.successor } : {}),
        });
      },
      describe: (data) => `retired the policy theme ${data.title}`,
    },
  ),
  RoundPlanned: event(
    z.strictObject({
      roundNo: RoundNo,
      kind: RoundKind,
      name: Prose('name').optional(),
      observation: Window,
      window: z.strictObject({ from: FuzzyDate, to: FuzzyDate }),
    }),
    {
      evolve(state, { roundNo, ...d }) {
        state.rounds[roundNo] = {
          no: roundNo,
          ...d,
          originalTo: d.window.to.to,
          status: 'planned',
          extensions: {},
        };
      },
      describe: (data) => `planned round ${roundInWords(data)}, closing ${day(data.window.to)}`,
      sets: (data) => roundDates(data.roundNo, data.window),
    },
  ),
  RoundRescheduled: event(
    z.strictObject({
      roundNo: RoundNo,
      kind: RoundKind,
      from: RoundDates,
      to: RoundDates,
      reason: Prose(),
    }),
    {
      evolve(state, data) {
        Object.assign(knownRound(state, data.roundNo), structuredClone(data.to));
      },
      describe: (data) =>
        `moved round ${data.roundNo} to ${day(data.to.window.from)} until ${day(data.to.window.to)}: ` +
        `${data.reason}`,
      sets: (data) => roundDates(data.roundNo, data.to.window),
    },
  ),
  RoundOpened: event(
    z.strictObject({ roundNo: RoundNo, kind: RoundKind, name: Prose('name').optional(), to: DateOn }),
    {
      evolve(state, data) {
        knownRound(state, data.roundNo).status = 'open';
      },
      describe: (data) => `opened round ${roundInWords(data)} until ${longDate(data.to)}`,
    },
  ),
  RoundExtended: event(z.strictObject({ roundNo: RoundNo, from: DateOn, to: DateOn, reason: Prose() }), {
    evolve(state, data) {
      const r = knownRound(state, data.roundNo);
      r.window = { ...r.window, to: { from: data.to, to: data.to, precision: 'day', tbc: false } };
    },
    describe: (data) => `extended round ${data.roundNo} to ${longDate(data.to)}: ${data.reason}`,
    sets: (data) => [roundEnd(data.roundNo, longDate(data.to))],
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
      evolve(state, data) {
        const { extensions } = knownRound(state, data.roundNo);
        put(extensions, data.placeId, { to: data.to, reason: data.reason });
      },
      waivedBy: 'waiverId',
      describe: (data) =>
        `extended round ${data.roundNo} for ${nameOf.place(data.placeId)} to ` +
        `${longDate(data.to)}${data.waiverId ? `, past the limit by ${waiver(data.waiverId)}` : ''}: ` +
        `${data.reason}`,
      sets: ({ roundNo, placeId, from, to }) => [
        {
          ...sets(`${roundKey(roundNo)}.end.${placeId}`, `End of round ${roundNo} for it`, longDate(to)),
          was: longDate(from),
        },
      ],
      // Whether and when a place did a required step is a fact for the programme
      // (docs/rules/progress.md#steps), and so is why it has longer.
      private: 'programme',
    },
  ),
  RoundClosed: event(
    z.strictObject({
      roundNo: RoundNo,
      kind: RoundKind,
      submitted: z.array(Id),
      late: z.array(Id),
      missing: z.array(Id),
    }),
    {
      evolve(state, data) {
        knownRound(state, data.roundNo).status = 'closed';
      },
      describe: ({ roundNo, submitted, late, missing }: Returned) =>
        `closed round ${roundNo}` +
        (submitted && late && missing
          ? `: ${submitted.length} submitted, ${late.length} late, ${missing.length} missing`
          : ''),
      membersOnly: { submitted: 'programme', late: 'programme', missing: 'programme' },
    },
  ),
  SubmissionTemplateSet: event(
    z.strictObject({
      roundKind: RoundKind,
      placeKind: Kind,
      version: z.int().min(1),
      sections: z.array(Section),
    }),
    {
      evolve(state, data) {
        put(state.templates, `${data.roundKind}.${data.placeKind}`, {
          version: data.version,
          sections: data.sections,
        });
      },
      describe: (data) =>
        `set the ${data.roundKind} template for ${data.placeKind} places, version ${data.version}, ` +
        `${data.sections.length} sections`,
      sets: ({ roundKind, placeKind: kind, version }) => [
        sets(`template.${roundKind}.${kind}`, 'Template', `version ${version}`),
      ],
    },
  ),
  StepsRequired: event(
    z.strictObject({
      placeKind: Kind,
      steps: z.array(RequiredStep.extend({ dueOn: DateOn, fuzzy: z.boolean() })),
    }),
    {
      evolve(state, data) {
        put(
          state.steps,
          data.placeKind,
          data.steps.map(({ stepId, name, doneWhen, due }) => ({
            stepId,
            name,
            doneWhen: existing(doneWhenOf({ stepId, doneWhen }), `rule that completes the step ${stepId}`),
            due,
          })),
        );
      },
      describe: (data) => `required of ${data.placeKind} places: ${data.steps.map((x) => x.name).join(', ')}`,
      sets: (data) => [
        sets(
          `steps.${data.placeKind}`,
          `Steps of ${data.placeKind} places`,
          data.steps.map(({ name }) => name).join(', '),
        ),
      ],
    },
  ),
  StepExcused: event(
    z.strictObject({ placeId: Id, stepId: PartId, name: Prose('name').optional(), reason: Prose() }),
    {
      evolve(state, data) {
        put(changed(state.places, data.placeId).excused, data.stepId, data.reason);
      },
      describe: (data) =>
        `excused ${nameOf.place(data.placeId)} from the step ${data.name ?? data.stepId}: ${data.reason}`,
      sets: (data) => [
        sets(`place.${data.placeId}.excused.${data.stepId}`, 'Why it is excused', data.reason),
      ],
      private: 'programme',
    },
  ),
  PublicationRestricted: event(
    z.strictObject({ restrictionId: PartId, from: DateOn, to: DateOn, reason: Prose() }),
    {
      evolve(state, data) {
        state.restrictions.push({ ...data });
      },
      describe: (data) =>
        `restricted publication from ${longDate(data.from)} to ${longDate(data.to)}: ${data.reason}`,
    },
  ),
  PublicationRestrictionLifted: event(z.strictObject({ restrictionId: PartId }), {
    evolve(state, data, event) {
      const found = state.restrictions.find((r) => r.restrictionId === data.restrictionId);
      if (found) found.liftedOn = event.today;
    },
    describe: () => 'lifted the restriction on publication',
  }),
};
export const { command, emit } = decides<ProgrammeState>()(events);
