/** Programme (docs/rules/programme.md): its places, calendar, rounds, required steps and restrictions. */
import { z } from 'zod';
import { aggregate } from '../kernel/aggregate.js';
import { isRefusal, refuse, refusedIn, type PartOf } from '../kernel/types.js';
import { existing, part, partOr, held } from '../kernel/parts.js';
import { choice } from '../shared/fields.js';
import { DateOn, FuzzyDate, Prose, partId, NewPartId, Reason, longDate } from '../shared/values.js';
import { command, emit, events } from './events.js';
import { initial, notClosed, type ProgrammeState } from './state.js';
import { isOurs, placeCommands } from './places.js';
import { requirementCommands } from './requirements.js';
import { roundCommands } from './rounds.js';
import * as wording from './wording.js';

export type { ProgrammeState } from './state.js';
const by = ['programme-office'] as const;
const unknownMilestone = () => refuse('MILESTONE_UNKNOWN', wording.noSuchMilestone, '/milestoneId');
const MilestoneKind = choice({
  deadline: 'The deadline of the programme',
  political: 'Political',
  programme: 'Of the programme',
  engagement: 'A meeting or workshop',
  info: 'For information',
});

const RetitleProgrammeData = z.strictObject({
  name: Prose('name').meta({ label: 'New name of the programme', from: '/name' }),
});
const RescheduleMilestoneData = z.strictObject({
  milestoneId: partId('milestone').meta({ label: 'Milestone' }),
  date: FuzzyDate.meta({ label: 'New date', from: '/milestones/{milestoneId}/date' }),
  reason: Reason,
});
const MarkMilestoneReachedData = z.strictObject({
  milestoneId: partId('milestone').meta({ label: 'Milestone' }),
  evidence: Prose().meta({ label: 'How we know that it was reached' }),
});
const AddPolicyThemeData = z.strictObject({
  policyThemeId: NewPartId,
  title: Prose('name').meta({ label: 'What the theme is called' }),
});
const RetirePolicyThemeData = z.strictObject({
  policyThemeId: partId('policy-theme').meta({ label: 'Policy theme' }),
  successor: partId('policy-theme')
    .optional()
    .meta({ label: 'Theme that takes its place', hint: 'Needed where places work on this theme.' }),
});
const LiftRestrictionData = z.strictObject({
  restrictionId: partId('restriction').meta({ label: 'Restriction' }),
});
/** A milestone that was not reached. */
const aboutMilestone = {
  member: 'milestoneId' as const,
  among: (state: ProgrammeState): PartOf[] =>
    Object.entries(state.milestones).flatMap(([id, { name, reachedOn }]) =>
      reachedOn ? [] : [{ id, title: name }],
    ),
};
const noTheme = (path: string) => refuse('THEME_UNKNOWN', 'There is no such active theme.', path);
const restrictionOf = (state: ProgrammeState, id: string) =>
  state.restrictions.find((r) => r.restrictionId === id);

const commands = {
  DefineProgramme: command(
    z.strictObject({
      name: Prose('name').meta({ label: 'Name of the programme' }),
      kind: choice({ national: 'National', regional: 'Regional', sandbox: 'For trying things out' }).meta({
        label: 'What kind of programme it is',
      }),
      ragScale: choice({ five: 'Five colours', three: 'Three colours' }).meta({
        label: 'Colours in which progress is reported',
      }),
      period: choice({ month: 'Every month', quarter: 'Every quarter' }).meta({
        label: 'How often progress is reported',
      }),
      startOn: DateOn.meta({ label: 'First day' }),
      endOn: DateOn.meta({ label: 'Last day' }),
    }),
    {
      title: 'Define a programme',
      creates: true,
      idGiven: true,
      givenBy: by,
      refuses: { ONLY_OWN_PROGRAMME: 'who of id', PROGRAMME_DATES_OUT_OF_ORDER: 'rule' },
      example: {
        name: 'Total Place',
        kind: 'national',
        ragScale: 'five',
        period: 'month',
        startOn: '2009-06-01',
        endOn: '2010-03-31',
      },
      decide(_s, data, context) {
        if (context.ofProgramme !== context.recordId)
          return refuse(
            'ONLY_OWN_PROGRAMME',
            wording.officeOfAnother(existing(context.ofProgramme, 'the office’s programme')),
            '/id',
          );
        return data.startOn >= data.endOn
          ? refuse('PROGRAMME_DATES_OUT_OF_ORDER', 'The programme must end after it starts.', '/endOn')
          : [emit('ProgrammeDefined', data)];
      },
      target: () => ({}),
    },
  ),
  RetitleProgramme: command(RetitleProgrammeData, {
    title: 'Retitle a programme',
    segment: 'titles',
    givenBy: by,
    allowedIn: notClosed,
    replaces: true,
    refuses: {},
    example: { name: 'Total Place' },
    decide: (state, data) =>
      state.name === data.name ? [] : [emit('ProgrammeRetitled', { from: state.name, to: data.name })],
  }),
  StartProgramme: command(z.strictObject({}), {
    title: 'Start a programme',
    segment: 'start',
    givenBy: by,
    allowedIn: ['planned'],
    refuses: { DEADLINE_MISSING: 'rule' },
    example: {},
    guard: (state) =>
      Object.values(state.milestones).some((m) => m.kind === 'deadline')
        ? undefined
        : refuse('DEADLINE_MISSING', wording.deadlineMissing),
    decide: () => [emit('ProgrammeStarted', {})],
  }),
  BeginClosing: command(z.strictObject({ reason: Reason }), {
    title: 'Begin to close a programme',
    segment: 'closing-down',
    givenBy: by,
    allowedIn: ['running'],
    refuses: {},
    example: { reason: 'The Budget has been and gone' },
    decide: (_s, data) => [emit('ProgrammeClosing', data)],
  }),
  CloseProgramme: command(z.strictObject({ reason: Reason }), {
    title: 'Close a programme',
    segment: 'closure',
    givenBy: by,
    allowedIn: ['closing'],
    refuses: { ROUND_STILL_OPEN: 'state' },
    example: { reason: 'Everything is handed over' },
    guard: (state) =>
      Object.values(state.rounds).some((r) => r.status === 'open')
        ? refuse('ROUND_STILL_OPEN', 'Close the open round first.')
        : undefined,
    decide: (_s, data) => [emit('ProgrammeClosed', data)],
  }),
  AddMilestone: command(
    z.strictObject({
      milestoneId: NewPartId,
      name: Prose('name').meta({ label: 'What the milestone is called' }),
      kind: MilestoneKind.meta({ label: 'What kind of milestone it is' }),
      date: FuzzyDate.meta({
        label: 'When it is',
        hint: 'A date that may still move can be known to a month or a quarter.',
      }),
    }),
    {
      title: 'Add a milestone',
      segment: 'milestones',
      givenBy: by,
      allowedIn: notClosed,
      refuses: { MILESTONE_EXISTS: 'state', DEADLINE_EXISTS: 'state', DEADLINE_NOT_EXACT: 'rule' },
      example: {
        milestoneId: 'budget-2010',
        name: 'Budget 2010',
        kind: 'deadline',
        date: { from: '2010-03-24', to: '2010-03-24', precision: 'day', tbc: false },
      },
      decide(state, data) {
        if (part(state.milestones, data.milestoneId))
          return refuse(
            'MILESTONE_EXISTS',
            'There is a milestone with this id. Choose another.',
            '/milestoneId',
          );
        if (data.kind === 'deadline' && Object.values(state.milestones).some((m) => m.kind === 'deadline'))
          return refuse(
            'DEADLINE_EXISTS',
            'A programme has exactly one milestone of kind deadline.',
            '/kind',
          );
        if (data.kind === 'deadline' && (data.date.precision !== 'day' || data.date.tbc))
          return refuse('DEADLINE_NOT_EXACT', wording.deadlineNotExact, '/date');
        return [emit('MilestoneAdded', data)];
      },
    },
  ),
  RescheduleMilestone: command(RescheduleMilestoneData, {
    title: 'Move a milestone',
    segment: 'milestone-changes',
    givenBy: by,
    allowedIn: notClosed,
    replaces: true,
    refuses: { MILESTONE_UNKNOWN: 'rule', MILESTONE_WAS_REACHED: 'state', DEADLINE_NOT_EXACT: 'rule' },
    example: {
      milestoneId: 'workshop-0-5',
      date: { from: '2009-11-10', to: '2009-11-10', precision: 'day', tbc: false },
      reason: 'The date is confirmed',
    },
    part: aboutMilestone,
    guard(state, _context, milestoneId) {
      const m = partOr(state.milestones, milestoneId, unknownMilestone);
      if (isRefusal(m)) return m;
      return m.reachedOn
        ? refuse('MILESTONE_WAS_REACHED', 'This milestone was reached and is not moved.', '/milestoneId')
        : undefined;
    },
    decide(state, data) {
      const m = held(state.milestones, data.milestoneId);
      if (m.kind === 'deadline' && (data.date.precision !== 'day' || data.date.tbc))
        return refuse('DEADLINE_NOT_EXACT', wording.deadlineNotExact, '/date');
      return [
        emit('MilestoneRescheduled', {
          milestoneId: data.milestoneId,
          name: m.name,
          from: m.date,
          to: data.date,
          reason: data.reason,
        }),
      ];
    },
  }),
  MarkMilestoneReached: command(MarkMilestoneReachedData, {
    title: 'Mark a milestone as reached',
    segment: 'milestones-reached',
    givenBy: by,
    allowedIn: notClosed,
    refuses: { MILESTONE_UNKNOWN: 'rule', MILESTONE_IN_FUTURE: 'rule' },
    example: { milestoneId: 'queens-speech', evidence: 'Hansard of the day' },
    part: aboutMilestone,
    guard(state, context, milestoneId) {
      const m = partOr(state.milestones, milestoneId, unknownMilestone);
      if (isRefusal(m)) return m;
      return !m.reachedOn && m.date.from > context.today
        ? refuse('MILESTONE_IN_FUTURE', wording.milestoneAhead(m.date.from), '/milestoneId')
        : undefined;
    },
    decide(state, data) {
      const m = held(state.milestones, data.milestoneId);
      if (m.reachedOn) return [];
      return [
        emit('MilestoneReached', { milestoneId: data.milestoneId, name: m.name, evidence: data.evidence }),
      ];
    },
  }),
  AddPolicyTheme: command(AddPolicyThemeData, {
    title: 'Add a policy theme',
    segment: 'policy-themes',
    givenBy: by,
    allowedIn: notClosed,
    refuses: { THEME_EXISTS: 'state' },
    example: { policyThemeId: 'drugs-alcohol', title: 'Drugs and alcohol' },
    decide: (state, data) =>
      part(state.policyThemes, data.policyThemeId)
        ? refuse('THEME_EXISTS', 'There is a theme with this id.', '/policyThemeId')
        : [emit('PolicyThemeAdded', data)],
  }),
  RetirePolicyTheme: command(RetirePolicyThemeData, {
    title: 'Retire a policy theme',
    segment: 'policy-theme-retirements',
    givenBy: by,
    allowedIn: notClosed,
    refuses: { THEME_UNKNOWN: 'rule', THEME_IN_USE: 'state' },
    example: { policyThemeId: 'drugs-alcohol', successor: 'health-inequality' },
    part: {
      member: 'policyThemeId',
      among: (state) =>
        Object.entries(state.policyThemes).flatMap(([id, { title, status }]) =>
          status === 'active' ? [{ id, title }] : [],
        ),
    },
    guard: (state, _context, policyThemeId) =>
      refusedIn(partOr(state.policyThemes, policyThemeId, () => noTheme('/policyThemeId'))),
    decide(state, data, context) {
      const theme = held(state.policyThemes, data.policyThemeId);
      const { successor } = data;
      const follows = successor === undefined ? undefined : part(state.policyThemes, successor);
      if (successor && (successor === data.policyThemeId || follows?.status !== 'active'))
        return noTheme('/successor');
      if (theme.status === 'retired') return [];
      const used = Object.keys(state.places).some(
        (id) =>
          isOurs(id, context) &&
          Object.values(context.read('place', id).state.themes).some(
            (t) => t.status !== 'dropped' && t.policyThemeIds.includes(data.policyThemeId),
          ),
      );
      if (used && !data.successor)
        return refuse(
          'THEME_IN_USE',
          'Places work on this theme. Name the successor they go on under.',
          '/successor',
        );
      return [
        emit('PolicyThemeRetired', {
          policyThemeId: data.policyThemeId,
          title: theme.title,
          ...(data.successor ? { successor: data.successor } : {}),
        }),
      ];
    },
  }),
  DeclareRestriction: command(
    z.strictObject({
      restrictionId: NewPartId,
      from: DateOn.meta({ label: 'First day' }),
      to: DateOn.meta({ label: 'Last day' }),
      reason: Reason,
    }),
    {
      title: 'Restrict publication',
      segment: 'restrictions',
      givenBy: by,
      allowedIn: notClosed,
      refuses: { RESTRICTION_OVERLAPS: 'state', RESTRICTION_DATES_OUT_OF_ORDER: 'rule' },
      example: {
        restrictionId: 'pre-election',
        from: '2010-04-06',
        to: '2010-05-06',
        reason: 'Pre-election period',
      },
      decide(state, data) {
        if (data.from > data.to)
          return refuse(
            'RESTRICTION_DATES_OUT_OF_ORDER',
            'The restriction must not end before it starts.',
            '/to',
          );
        const clash = state.restrictions.find((r) => !r.liftedOn && r.from <= data.to && data.from <= r.to);
        if (clash || state.restrictions.some((r) => r.restrictionId === data.restrictionId))
          return refuse('RESTRICTION_OVERLAPS', 'Another restriction covers some of these days.', '/from');
        return [emit('PublicationRestricted', data)];
      },
    },
  ),
  LiftRestriction: command(LiftRestrictionData, {
    title: 'Lift a restriction on publication',
    segment: 'restriction-ends',
    givenBy: by,
    refuses: { RESTRICTION_UNKNOWN: 'rule' },
    example: { restrictionId: 'pre-election' },
    part: {
      member: 'restrictionId',
      among: ({ restrictions }) =>
        restrictions.flatMap(({ restrictionId: id, from, to, liftedOn }) =>
          liftedOn ? [] : [{ id, title: `${longDate(from)} to ${longDate(to)}` }],
        ),
    },
    guard: (state, _context, restrictionId) =>
      restrictionOf(state, restrictionId)
        ? undefined
        : refuse('RESTRICTION_UNKNOWN', 'There is no such restriction.', '/restrictionId'),
    decide: (state, data) =>
      restrictionOf(state, data.restrictionId)?.liftedOn ? [] : [emit('PublicationRestrictionLifted', data)],
  }),
  ...placeCommands,
  ...roundCommands,
  ...requirementCommands,
};
export const programme = aggregate<ProgrammeState>()({
  name: 'programme',
  collection: 'programmes',
  initial,
  title: (state) => state.name,
  events,
  commands,
  disclosure: 'never',
  correctable: {
    fields: { name: Prose('name') },
    fixed: {
      ragScale: ['RAG_SCALE_FIXED', wording.scaleFixed],
    },
    labels: { name: 'Its name', ragScale: 'Colours in which progress is reported' },
    givenBy: by,
  },
});
