/**
 * Funding stream (docs/rules/funding-stream.md): money with conditions, and the relaxations its department
 * grants.
 */
import { z } from 'zod';
import { aggregate, decides, kit } from '../kernel/aggregate.js';
import { refusedIn, refuse, type Context } from '../kernel/types.js';
import { lastDay, Years, type FundingStreamState, type Relaxation } from './state.js';
import { nameOf } from '../kernel/naming.js';
import { changed, partOr, put, held } from '../kernel/parts.js';
import { yesNo } from '../shared/fields.js';
import {
  DateOn,
  Id,
  PartId,
  Prose,
  Purposes,
  longDate,
  idOf,
  partId,
  NewPartId,
  Reason,
} from '../shared/values.js';
import { sets, type SetValue } from '../kernel/set-value.js';

const { event } = kit<FundingStreamState>();
const Stream = z.strictObject({
  name: Prose('name').meta({ label: 'Name of the funding stream' }),
  years: Years.meta({ label: 'Years in which it is paid' }),
  ringFenced: yesNo().meta({ label: 'Is it ring-fenced?' }),
  purposes: Purposes.meta({ label: 'What it may be spent on' }),
  conditions: Prose().meta({ label: 'Conditions' }),
  legalRef: Prose('title').optional().meta({ label: 'Law or determination that it rests on' }),
});
/** Places that a relaxation names one by one. */
const mostPlaces = 200;
const Places = z.union([
  z.literal('all').meta({ title: 'Every place' }),
  z
    .array(idOf('place').meta({ label: 'Place' }))
    .min(1, 'Enter a place')
    .max(mostPlaces)
    .meta({ title: 'Some places', label: 'Places' }),
]);
const Relax = z.strictObject({
  relaxationId: NewPartId,
  placeIds: Places.meta({ label: 'For which places' }),
  from: DateOn.meta({ label: 'First day' }),
  to: DateOn.meta({ label: 'Last day' }),
  purposes: Purposes.meta({ label: 'What it may be spent on' }),
  legalRef: Prose('title')
    .optional()
    .meta({ label: 'Law or determination that it rests on', hint: 'Needed for days before today.' }),
  retrospective: yesNo().default(false).meta({ label: 'Does it begin before today?' }),
});

const relaxedUntil = (id: string, last: string): SetValue =>
  sets(`relaxation.${id}`, 'Last day of the relaxation', longDate(last));

const events = {
  StreamRegistered: event(Stream.extend({ departmentId: Id }), {
    evolve(state, data) {
      Object.assign(state, structuredClone(data), { status: 'active' });
    },
    describe: (data) => `registered the funding stream ${data.name}`,
    sets: (data) => [sets('conditions', 'Conditions', data.conditions)],
    // Read by every grant in the log.
    access: (data) => ({ tier: 'programme', addParties: [data.departmentId] }),
  }),
  StreamConditionsAmended: event(z.strictObject({ from: Prose(), to: Prose(), reason: Prose() }), {
    evolve(state, data) {
      state.conditions = data.to;
    },
    describe: (data) => `amended the conditions: ${data.reason}`,
    sets: (data) => [sets('conditions', 'Conditions', data.to)],
  }),
  RingFenceRelaxed: event(Relax, {
    evolve(state, { relaxationId, placeIds, from, to, purposes }) {
      put(state.relaxations, relaxationId, { placeIds, from, to, purposes: structuredClone(purposes) });
    },
    describe: (data) =>
      'relaxed the ring-fence for ' +
      `${data.placeIds === 'all' ? 'every place' : data.placeIds.map(nameOf.place).join(', ')} from ` +
      `${longDate(data.from)} to ${longDate(data.to)}${data.retrospective ? ', retrospectively' : ''}`,
    sets: (data) => [relaxedUntil(data.relaxationId, data.to)],
  }),
  RelaxationEnded: event(z.strictObject({ relaxationId: PartId, on: DateOn, reason: Prose() }), {
    evolve(state, data) {
      changed(state.relaxations, data.relaxationId).endedOn = data.on;
    },
    describe: (data) => `ended a relaxation on ${longDate(data.on)}: ${data.reason}`,
    sets: (data) => [relaxedUntil(data.relaxationId, data.on)],
  }),
  StreamEnded: event(z.strictObject({ on: DateOn, reason: Prose() }), {
    evolve(state, data) {
      state.status = 'ended';
      state.endedOn = data.on;
    },
    describe: (data) => `ended the funding stream: ${data.reason}`,
  }),
};
const { command, emit } = decides<FundingStreamState>()(events);
const by = ['official'] as const;
const who = { NOT_AWARDING_DEPARTMENT: 'who' } as const;
const awarding = (state: FundingStreamState, context: Context) =>
  state.departmentId === context.actor.agency
    ? undefined
    : refuse(
        'NOT_AWARDING_DEPARTMENT',
        'Only an official of the department that awards this money can do this.',
      );
const overlaps = (one: Relaxation['placeIds'], other: Relaxation['placeIds']): boolean =>
  one === 'all' || other === 'all' || one.some((x) => other.includes(x));

const AmendConditionsData = z.strictObject({
  conditions: Prose().meta({ label: 'New conditions', from: '/conditions' }),
  reason: Reason,
});
const EndRelaxationData = z.strictObject({
  relaxationId: partId('relaxation').meta({ label: 'Relaxation' }),
  reason: Reason,
});

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
    guard: (_s, context) =>
      context.read('agency', context.actor.agency).state.sector === 'department'
        ? undefined
        : refuse('NOT_AWARDING_DEPARTMENT', 'Only a department registers a funding stream.'),
    decide(_s, data, context) {
      return data.years.from > data.years.to
        ? refuse('YEARS_OUT_OF_ORDER', 'The years must not end before they start.', '/years')
        : [emit('StreamRegistered', { ...data, departmentId: context.actor.agency })];
    },
  }),
  AmendConditions: command(AmendConditionsData, {
    title: 'Amend a stream’s conditions',
    segment: 'conditions',
    givenBy: by,
    allowedIn: ['active'],
    replaces: true,
    refuses: who,
    example: { conditions: 'For drug and alcohol treatment', reason: 'Widened by ministers' },
    guard: awarding,
    decide: (state, data) =>
      state.conditions === data.conditions
        ? []
        : [
            emit('StreamConditionsAmended', {
              from: state.conditions,
              to: data.conditions,
              reason: data.reason,
            }),
          ],
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
    guard: awarding,
    decide(state, data, context) {
      if (data.from > data.to)
        return refuse(
          'RELAXATION_DATES_OUT_OF_ORDER',
          'The relaxation must not end before it starts.',
          '/to',
        );
      if (data.from < context.today && !(data.retrospective && data.legalRef))
        return refuse(
          'RETROSPECTIVE_RELAXATION',
          'A relaxation from before today must say so and cite its legal reference.',
          '/from',
        );
      const unknown =
        data.placeIds === 'all'
          ? undefined
          : data.placeIds.find((id) => context.read('place', id).state.status === 'none');
      if (unknown)
        return refuse(
          'PLACE_UNKNOWN',
          `There is no place ${unknown}. Name places that are enrolled in a programme.`,
          '/placeIds',
        );
      const clash = Object.entries(state.relaxations).some(
        ([id, r]) =>
          id === data.relaxationId ||
          (overlaps(r.placeIds, data.placeIds) && r.from <= data.to && data.from <= lastDay(r)),
      );
      return clash
        ? refuse(
            'RELAXATION_OVERLAPS',
            'Another relaxation covers one of these places on some of these days.',
            '/placeIds',
          )
        : [emit('RingFenceRelaxed', data)];
    },
  }),
  EndRelaxation: command(EndRelaxationData, {
    title: 'End a relaxation',
    segment: 'relaxation-ends',
    givenBy: by,
    refuses: { ...who, RELAXATION_UNKNOWN: 'rule' },
    example: { relaxationId: 'leicester-2009', reason: 'No longer needed' },
    part: {
      member: 'relaxationId',
      among: ({ relaxations }) =>
        Object.entries(relaxations).flatMap(([id, { from, to, endedOn }]) =>
          endedOn ? [] : [{ id, title: `${id}, ${longDate(from)} to ${longDate(to)}` }],
        ),
    },
    guard: (state, context, relaxationId) =>
      refusedIn(
        awarding(state, context) ??
          partOr(state.relaxations, relaxationId, () =>
            refuse('RELAXATION_UNKNOWN', 'There is no such relaxation.', '/relaxationId'),
          ),
      ),
    decide(state, data, context) {
      const r = held(state.relaxations, data.relaxationId);
      // One that ran out is over: a later end would lengthen it.
      return r.endedOn || r.to < context.today
        ? []
        : [emit('RelaxationEnded', { ...data, on: context.today })];
    },
  }),
  EndStream: command(z.strictObject({ reason: Reason }), {
    title: 'End a funding stream',
    segment: 'end',
    givenBy: by,
    allowedIn: ['active'],
    refuses: who,
    example: { reason: 'Rolled into area-based grant' },
    guard: awarding,
    decide: (_s, data, context) => [emit('StreamEnded', { on: context.today, reason: data.reason })],
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
  title: (state) => state.name,
  events,
  commands,
  disclosure: 'owner',
  mayDisclose: (state, context) =>
    context.actor.role === 'official' && context.actor.agency === state.departmentId,
});
