/** Funding stream (domain.md 9.11): money with conditions, and the relaxations its department grants. */
import { z } from 'zod';
import { aggregate, decides, kit } from '../kernel/aggregate.js';
import { isRefusal, refuse, type Context } from '../kernel/types.js';
import { lastDay, Years, type FundingStreamState, type Relaxation } from './state.js';
import { nameOf } from '../kernel/naming.js';
import { changed, partOr, put } from '../kernel/parts.js';
import { DateOn, Id, PartId, Prose, Purposes, longDate } from '../shared/values.js';

const { event } = kit<FundingStreamState>();
const Stream = z.strictObject({
  name: Prose(200),
  years: Years,
  ringFenced: z.boolean(),
  purposes: Purposes,
  conditions: Prose(),
  legalRef: Prose(300).optional(),
});
const Places = z.union([z.literal('all'), z.array(Id).min(1, 'Enter a place').max(200)]);
const Relax = z.strictObject({
  relaxationId: PartId,
  placeIds: Places,
  from: DateOn,
  to: DateOn,
  purposes: Purposes,
  legalRef: Prose(300).optional(),
  retrospective: z.boolean().default(false),
});

const events = {
  StreamRegistered: event(Stream.extend({ departmentId: Id }), {
    evolve(s, d) {
      Object.assign(s, structuredClone(d), { status: 'active' });
    },
    describe: (d) => `registered the funding stream ${d.name}`,
    // Read by every grant in the log.
    access: (d) => ({ tier: 'programme', addParties: [d.departmentId] }),
  }),
  StreamConditionsAmended: event(z.strictObject({ from: Prose(), to: Prose(), reason: Prose() }), {
    evolve(s, d) {
      s.conditions = d.to;
    },
    describe: (d) => `amended the conditions: ${d.reason}`,
    changes: (d) => ({ before: d.from, after: d.to }),
  }),
  RingFenceRelaxed: event(Relax, {
    evolve(s, { relaxationId, placeIds, from, to, purposes }) {
      put(s.relaxations, relaxationId, { placeIds, from, to, purposes: structuredClone(purposes) });
    },
    describe: (d) =>
      `relaxed the ring-fence for ${d.placeIds === 'all' ? 'every place' : d.placeIds.map(nameOf.place).join(', ')} from ${longDate(d.from)} to ${longDate(d.to)}${d.retrospective ? ', retrospectively' : ''}`,
  }),
  RelaxationEnded: event(z.strictObject({ relaxationId: PartId, on: DateOn, reason: Prose() }), {
    evolve(s, d) {
      changed(s.relaxations, d.relaxationId).endedOn = d.on;
    },
    describe: (d) => `ended a relaxation on ${d.on}: ${d.reason}`,
  }),
  StreamEnded: event(z.strictObject({ on: DateOn, reason: Prose() }), {
    evolve(s, d) {
      s.status = 'ended';
      s.endedOn = d.on;
    },
    describe: (d) => `ended the funding stream: ${d.reason}`,
  }),
};
const { command, emit } = decides<FundingStreamState>()(events);
const by = ['official'] as const;
const who = { NOT_AWARDING_DEPARTMENT: 'who' } as const;
const awarding = (s: FundingStreamState, ctx: Context) =>
  s.departmentId === ctx.actor.agency
    ? undefined
    : refuse(
        'NOT_AWARDING_DEPARTMENT',
        'Only an official of the department that awards this money can do this.',
      );
const overlaps = (a: Relaxation['placeIds'], b: Relaxation['placeIds']): boolean =>
  a === 'all' || b === 'all' || a.some((x) => b.includes(x));

const commands = {
  RegisterStream: command(Stream, {
    title: 'Register a funding stream',
    creates: true,
    givenBy: by,
    refuses: { ...who, YEARS_OUT_OF_ORDER: 'rule' },
    example: {
      name: 'Pooled Treatment Budget',
      years: { from: '2009-10', to: '2010-11' },
      ringFenced: true,
      purposes: { cofog: ['07'], text: 'Drug treatment' },
      conditions: 'For drug treatment only',
    },
    decide(_s, d, ctx) {
      if (ctx.read('agency', ctx.actor.agency!).state.sector !== 'department')
        return refuse('NOT_AWARDING_DEPARTMENT', 'Only a department registers a funding stream.');
      return d.years.from > d.years.to
        ? refuse('YEARS_OUT_OF_ORDER', 'The years must not end before they start.', '/years')
        : [emit('StreamRegistered', { ...d, departmentId: ctx.actor.agency! })];
    },
  }),
  AmendConditions: command(z.strictObject({ conditions: Prose(), reason: Prose() }), {
    title: 'Amend a stream’s conditions',
    segment: 'conditions',
    givenBy: by,
    allowedIn: ['active'],
    replaces: true,
    refuses: who,
    example: { conditions: 'For drug and alcohol treatment', reason: 'Widened by ministers' },
    decide: (s, d, ctx) =>
      awarding(s, ctx) ??
      (s.conditions === d.conditions
        ? []
        : [emit('StreamConditionsAmended', { from: s.conditions, to: d.conditions, reason: d.reason })]),
  }),
  RelaxRingFence: command(Relax, {
    title: 'Relax a ring-fence for places',
    segment: 'relaxations',
    givenBy: by,
    allowedIn: ['active'],
    schedules: true,
    refuses: {
      ...who,
      PLACE_UNKNOWN: 'rule',
      RETROSPECTIVE_RELAXATION: 'rule',
      RELAXATION_OVERLAPS: 'state',
      RELAXATION_DATES_OUT_OF_ORDER: 'rule',
    },
    example: {
      relaxationId: 'leicester-2009',
      placeIds: ['leicester-leicestershire'],
      from: '2009-11-01',
      to: '2010-03-31',
      purposes: { cofog: ['07', '10'], text: 'Joint commissioning' },
      retrospective: false,
    },
    decide(s, d, ctx) {
      const no = awarding(s, ctx);
      if (no) return no;
      if (d.from > d.to)
        return refuse(
          'RELAXATION_DATES_OUT_OF_ORDER',
          'The relaxation must not end before it starts.',
          '/to',
        );
      if (d.from < ctx.today && !(d.retrospective && d.legalRef))
        return refuse(
          'RETROSPECTIVE_RELAXATION',
          'A relaxation from before today must say so and cite its legal reference.',
          '/from',
        );
      const unknown =
        d.placeIds === 'all'
          ? undefined
          : d.placeIds.find((id) => ctx.read('place', id).state.status === 'none');
      if (unknown)
        return refuse(
          'PLACE_UNKNOWN',
          `There is no place ${unknown}. Name places that are enrolled in a programme.`,
          '/placeIds',
        );
      const clash = Object.entries(s.relaxations).some(
        ([id, r]) =>
          id === d.relaxationId ||
          (overlaps(r.placeIds, d.placeIds) && r.from <= d.to && d.from <= lastDay(r)),
      );
      return clash
        ? refuse(
            'RELAXATION_OVERLAPS',
            'Another relaxation covers one of these places on some of these days.',
            '/placeIds',
          )
        : [emit('RingFenceRelaxed', d)];
    },
  }),
  EndRelaxation: command(z.strictObject({ relaxationId: PartId, reason: Prose() }), {
    title: 'End a relaxation',
    segment: 'relaxation-ends',
    givenBy: by,
    refuses: { ...who, RELAXATION_UNKNOWN: 'rule' },
    example: { relaxationId: 'leicester-2009', reason: 'No longer needed' },
    decide(s, d, ctx) {
      const r =
        awarding(s, ctx) ??
        partOr(s.relaxations, d.relaxationId, () =>
          refuse('RELAXATION_UNKNOWN', 'There is no such relaxation.', '/relaxationId'),
        );
      if (isRefusal(r)) return r;
      // One that ran out is over: a later end would lengthen it.
      return r.endedOn || r.to < ctx.today ? [] : [emit('RelaxationEnded', { ...d, on: ctx.today })];
    },
  }),
  EndStream: command(z.strictObject({ reason: Prose() }), {
    title: 'End a funding stream',
    segment: 'end',
    givenBy: by,
    allowedIn: ['active'],
    refuses: who,
    example: { reason: 'Rolled into area-based grant' },
    decide: (s, d, ctx) => awarding(s, ctx) ?? [emit('StreamEnded', { on: ctx.today, reason: d.reason })],
  }),
};

export const fundingStream = aggregate<FundingStreamState>()({
  name: 'fundingstream',
  collection: 'funding-streams',
  initial: () => ({
    status: 'none',
    name: '',
    departmentId: '',
    years: { from: '', to: '' },
    ringFenced: false,
    purposes: { cofog: [], text: '' },
    conditions: '',
    relaxations: {},
  }),
  title: (s) => s.name,
  events,
  commands,
  disclosure: 'owner',
  mayDisclose: (s, ctx) => ctx.actor.role === 'official' && ctx.actor.agency === s.departmentId,
});
