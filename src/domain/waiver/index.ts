/**
 * Waiver (docs/rules/waiver.md): one rule passed openly, for one place or record, for a time, granted by
 * somebody else than who asked.
 */
import { z } from 'zod';
import { aggregate, decides, kit } from '../kernel/aggregate.js';
import { isWaivable, ruleInWords, waivable, waivableRules } from '../shared/authority.js';
import { yearsLater } from '../shared/calendar.js';
import { refuse, type Context } from '../kernel/types.js';
import { nameOf } from '../kernel/naming.js';
import { RecordRef, unknownRecord } from '../kernel/record-ref.js';
import { characters } from '../shared/patterns.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { DateOn, Id, Prose, longDate, idOf, Reason } from '../shared/values.js';
import { initial, type WaiverState } from './state.js';

const { event } = kit<WaiverState>();
/** Characters of a rule's code. */
const [shortestRule, longestRule] = [3, 60];
const Rule = z
  .string({ error: 'Enter the code of a rule' })
  .regex(
    new RegExp(`^${characters('[A-Z]', '[A-Z_]', longestRule, shortestRule)}$`),
    'Enter the code of a rule, like EXTENSION_TOO_LONG',
  );

const events = {
  WaiverRequested: event(
    z.strictObject({
      rule: Rule,
      placeId: Id,
      programmeId: Id,
      record: RecordRef.optional(),
      reason: Prose(),
      until: DateOn,
    }),
    {
      evolve(state, { programmeId: _, reason: __, ...d }, event) {
        Object.assign(state, d, { status: 'requested', requestedBy: event.actor.account });
      },
      act: true,
      describe: (data) =>
        `asked to waive the rule “${ruleInWords(data.rule)}” for ` +
        `${data.record ? nameOf.record(data.record) : 'this place'} ` +
        `until ${longDate(data.until)}: ${data.reason}`,
      access: (data) => ({ tier: 'programme', placeId: data.placeId, programmeId: data.programmeId }),
    },
  ),
  WaiverGranted: event(
    z.strictObject({ rule: Rule, placeId: Id, until: DateOn, reason: Prose().optional() }),
    {
      evolve(state) {
        state.status = 'granted';
      },
      describe: (data) =>
        `waived the rule “${ruleInWords(data.rule)}” until ${longDate(data.until)}` +
        (data.reason ? `: ${data.reason}` : ''),
    },
  ),
  WaiverRefused: event(z.strictObject({ reason: Prose() }), {
    evolve(state) {
      state.status = 'refused';
    },
    describe: (data) => `refused the waiver: ${data.reason}`,
  }),
  WaiverRevoked: event(z.strictObject({ reason: Prose() }), {
    evolve(state) {
      state.status = 'revoked';
    },
    describe: (data) => `revoked the waiver: ${data.reason}`,
  }),
};
const { command, emit } = decides<WaiverState>()(events);
const by = ['programme-office'] as const;
const apart = {
  code: 'SECOND_PERSON_REQUIRED',
  after: ['WaiverRequested'] as const,
  detail: 'Somebody else than who asked for the waiver decides on it.',
};
const over = (until: string, context: Context) =>
  until < context.today
    ? refuse('UNTIL_IN_PAST', 'The last day of a waiver must be today or later.', '/until')
    : undefined;

const commands = {
  RequestWaiver: command(
    z.strictObject({
      rule: Rule.meta({ field: 'choice', labels: waivable, label: 'Rule to be waived' }),
      placeId: idOf('place').meta({ label: 'Place' }),
      record: RecordRef.optional().meta({
        label: 'Record that it is for',
        hint: 'Leave it empty if it is for the place.',
      }),
      reason: Reason,
      until: DateOn.meta({ label: 'Last day' }),
    }),
    {
      title: 'Ask for a rule to be waived',
      creates: true,
      givenBy: ['seat-holder', 'chair', 'secretariat'],
      refuses: {
        PLACE_WITHDRAWN: 'state',
        NOT_A_SEAT_HOLDER: 'who',
        RULE_NOT_WAIVABLE: 'rule',
        WAIVER_TOO_LONG: 'rule',
        UNTIL_IN_PAST: 'rule',
        RECORD_UNKNOWN: 'rule',
      },
      example: {
        rule: 'EXTENSION_TOO_LONG',
        placeId: 'durham',
        reason: 'The finance director is away until November',
        until: '2009-11-30',
      },
      guard: (_s, context) =>
        withdrawnRefusal(context, context.actor.place) ?? seatRefusal(context, context.actor.place),
      decide(_s, data, context) {
        if (!isWaivable(data.rule))
          return refuse(
            'RULE_NOT_WAIVABLE',
            `Only these rules can be waived: ${waivableRules.join(', ')}.`,
            '/rule',
          );
        if (data.until > yearsLater(context.today, 1))
          return refuse('WAIVER_TOO_LONG', 'A waiver lasts twelve months at most.', '/until');
        const out =
          over(data.until, context) ??
          (data.record ? unknownRecord(data.record, data.placeId, context, '/record') : undefined);
        return (
          out ?? [
            emit('WaiverRequested', {
              ...data,
              programmeId: context.read('place', data.placeId).state.programmeId,
            }),
          ]
        );
      },
    },
  ),
  Grant: command(z.strictObject({ reason: Prose().optional().meta({ label: 'Reason' }) }), {
    title: 'Grant a waiver',
    segment: 'grant',
    givenBy: by,
    allowedIn: ['requested'],
    apart,
    refuses: { UNTIL_IN_PAST: 'rule' },
    example: { reason: 'The return is complete but for one section' },
    guard: (state, context) => over(state.until, context),
    decide: (state, data) => [
      emit('WaiverGranted', { rule: state.rule, placeId: state.placeId, until: state.until, ...data }),
    ],
  }),
  Refuse: command(z.strictObject({ reason: Reason }), {
    title: 'Refuse a waiver',
    segment: 'refusal',
    givenBy: by,
    allowedIn: ['requested'],
    apart,
    refuses: {},
    example: { reason: 'Twenty working days are enough' },
    decide: (_s, data) => [emit('WaiverRefused', data)],
  }),
  Revoke: command(z.strictObject({ reason: Reason }), {
    title: 'Revoke a waiver',
    segment: 'revocation',
    givenBy: by,
    allowedIn: ['granted'],
    refuses: {},
    example: { reason: 'The reason is gone' },
    decide: (_s, data) => [emit('WaiverRevoked', data)],
  }),
};

export const waiver = aggregate<WaiverState>()({
  name: 'waiver',
  collection: 'waivers',
  initial,
  title: (state) => `Waiver of ${state.rule}`,
  events,
  commands,
  disclosure: 'owner',
  mayDisclose: (_s, context) => context.actor.role === 'programme-office',
});
