/** Waiver (domain.md 9.18): one rule passed openly, for one place or record, for a time, granted by somebody else than who asked. */
import { z } from 'zod';
import { aggregate, decides, kit } from '../kernel/aggregate.js';
import { isWaivable, waivableRules } from '../shared/authority.js';
import { yearsLater } from '../shared/calendar.js';
import { refuse, type Context } from '../kernel/types.js';
import { nameOf } from '../kernel/naming.js';
import { RecordRef, unknownRecord } from '../kernel/record-ref.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { DateOn, Id, Prose, longDate } from '../shared/values.js';
import { initial, type WaiverState } from './state.js';

const { event } = kit<WaiverState>();
const Rule = z
  .string({ error: 'Enter the code of a rule' })
  .regex(/^[A-Z][A-Z_]{2,59}$/, 'Enter the code of a rule, like EXTENSION_TOO_LONG');

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
      evolve(s, { programmeId: _, reason: __, ...d }, m) {
        Object.assign(s, d, { status: 'requested', requestedBy: m.actor.account });
      },
      act: true,
      describe: (d) =>
        `asked to waive ${d.rule} for ${d.record ? nameOf.record(d.record) : 'this place'} until ${longDate(d.until)}: ${d.reason}`,
      access: (d) => ({ tier: 'programme', placeId: d.placeId, programmeId: d.programmeId }),
    },
  ),
  WaiverGranted: event(
    z.strictObject({ rule: Rule, placeId: Id, until: DateOn, reason: Prose().optional() }),
    {
      evolve(s) {
        s.status = 'granted';
      },
      describe: (d) => `waived ${d.rule} until ${longDate(d.until)}${d.reason ? `: ${d.reason}` : ''}`,
    },
  ),
  WaiverRefused: event(z.strictObject({ reason: Prose() }), {
    evolve(s) {
      s.status = 'refused';
    },
    describe: (d) => `refused the waiver: ${d.reason}`,
  }),
  WaiverRevoked: event(z.strictObject({ reason: Prose() }), {
    evolve(s) {
      s.status = 'revoked';
    },
    describe: (d) => `revoked the waiver: ${d.reason}`,
  }),
};
const { command, emit } = decides<WaiverState>()(events);
const by = ['programme-office'] as const;
const apart = {
  code: 'SECOND_PERSON_REQUIRED',
  after: ['WaiverRequested'] as const,
  detail: 'Somebody else than who asked for the waiver decides on it.',
};
const over = (until: string, ctx: Context) =>
  until < ctx.today
    ? refuse('UNTIL_IN_PAST', 'The last day of a waiver must be today or later.', '/until')
    : undefined;

const commands = {
  RequestWaiver: command(
    z.strictObject({ rule: Rule, placeId: Id, record: RecordRef.optional(), reason: Prose(), until: DateOn }),
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
      decide(_s, d, ctx) {
        const no = withdrawnRefusal(ctx, d.placeId) ?? seatRefusal(ctx, d.placeId);
        if (no) return no;
        if (!isWaivable(d.rule))
          return refuse(
            'RULE_NOT_WAIVABLE',
            `Only these rules can be waived: ${waivableRules.join(', ')}.`,
            '/rule',
          );
        if (d.until > yearsLater(ctx.today, 1))
          return refuse('WAIVER_TOO_LONG', 'A waiver lasts twelve months at most.', '/until');
        const out =
          over(d.until, ctx) ?? (d.record ? unknownRecord(d.record, d.placeId, ctx, '/record') : undefined);
        return (
          out ?? [
            emit('WaiverRequested', { ...d, programmeId: ctx.read('place', d.placeId).state.programmeId }),
          ]
        );
      },
    },
  ),
  Grant: command(z.strictObject({ reason: Prose().optional() }), {
    title: 'Grant a waiver',
    segment: 'grant',
    givenBy: by,
    allowedIn: ['requested'],
    apart,
    refuses: { UNTIL_IN_PAST: 'rule' },
    example: { reason: 'The return is complete but for one section' },
    decide: (s, d, ctx) =>
      over(s.until, ctx) ?? [
        emit('WaiverGranted', { rule: s.rule, placeId: s.placeId, until: s.until, ...d }),
      ],
  }),
  Refuse: command(z.strictObject({ reason: Prose() }), {
    title: 'Refuse a waiver',
    segment: 'refusal',
    givenBy: by,
    allowedIn: ['requested'],
    apart,
    refuses: {},
    example: { reason: 'Twenty working days are enough' },
    decide: (_s, d) => [emit('WaiverRefused', d)],
  }),
  Revoke: command(z.strictObject({ reason: Prose() }), {
    title: 'Revoke a waiver',
    segment: 'revocation',
    givenBy: by,
    allowedIn: ['granted'],
    refuses: {},
    example: { reason: 'The reason is gone' },
    decide: (_s, d) => [emit('WaiverRevoked', d)],
  }),
};

export const waiver = aggregate<WaiverState>()({
  name: 'waiver',
  collection: 'waivers',
  initial,
  title: (s) => s.rule,
  events,
  commands,
  disclosure: 'owner',
  mayDisclose: (_s, ctx) => ctx.actor.role === 'programme-office',
});
