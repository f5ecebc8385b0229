/**
 * Streams of the machinery: the days of a programme, the demo's clock, the log's identity, recorded refusals
 * (docs/rules/system.md).
 */
import { z } from 'zod';
import { aggregate, decides, kit } from '../kernel/aggregate.js';
import { refuse } from '../kernel/types.js';
import { nameOf } from '../kernel/naming.js';
import { splitStream } from '../kernel/record-ref.js';
import { DateOn, InstantAt, longDate, longTime } from '../shared/values.js';
import type { ClockState, DaysState, LogState, RefusalState } from './state.js';

const day = kit<DaysState>();
const dayEvents = {
  DayClosed: day.event(z.strictObject({ date: DateOn }), {
    evolve(state, data) {
      state.lastClosed = data.date;
    },
    describe: (data) => `closed the day ${longDate(data.date)}`,
  }),
};
const onDays = decides<DaysState>()(dayEvents);
/** `days-{programme}`: `DayClosed` at the end of each London day is the only event of time. */
export const days = aggregate<DaysState>()({
  name: 'days',
  collection: 'days',
  machinery: true,
  initial: () => ({}),
  title: () => 'Days',
  events: dayEvents,
  commands: {
    CloseDay: onDays.command(z.strictObject({ date: DateOn }), {
      title: 'Close a day',
      givenBy: ['system'],
      refuses: { DAY_NOT_OVER: 'rule' },
      example: { date: '2009-10-21' },
      decide(state, data, context) {
        if (state.lastClosed && data.date <= state.lastClosed) return [];
        return data.date >= context.today
          ? refuse('DAY_NOT_OVER', 'A day is closed after its end.')
          : [onDays.emit('DayClosed', data)];
      },
    }),
  },
});

const time = kit<ClockState>();
/** `clock-demo`: the simulated clock's settings. */
export const clock = aggregate<ClockState>()({
  name: 'clock',
  collection: 'clocks',
  machinery: true,
  initial: () => ({}),
  title: () => 'Clock',
  events: {
    // `seed`: fingerprint of the seed data that was replayed, whole, before the clock was first set.
    ClockSet: time.event(
      z.strictObject({
        logAt: InstantAt,
        machineAt: InstantAt,
        speed: z.number().min(0),
        seed: z.string().optional(),
      }),
      {
        evolve(state, data) {
          state.set = data;
        },
        describe: (data) => `set the demo's clock to ${longTime(data.logAt)}`,
      },
    ),
  },
  commands: {},
});

const identity = kit<LogState>();
const logEvents = {
  LogCreated: identity.event(
    z.strictObject({
      logId: z.uuid(),
      clock: z.enum(['machine', 'simulated']),
      seed: z.string().optional(),
    }),
    {
      evolve(state, data) {
        state.logId = data.logId;
        state.clock = data.clock;
      },
      describe: () => 'created the log',
    },
  ),
  // From here on the log says who may do what: tokens and sessions say only who somebody is.
  GrantsAdopted: identity.event(z.strictObject({}), {
    evolve(state) {
      state.grants = 'log';
    },
    describe: () => 'took up that the log says who may do what',
  }),
};
const onLog = decides<LogState>()(logEvents);
/**
 * `log-identity`: the log's first event says which log this is and by which clock it goes. `log-grants`: that
 * the log says who may do what; a copy of the log is another log, and says so too.
 */
export const logIdentity = aggregate<LogState>()({
  name: 'log',
  collection: 'logs',
  machinery: true,
  initial: () => ({}),
  title: () => 'Log',
  events: logEvents,
  commands: {
    AdoptGrants: onLog.command(z.strictObject({}), {
      title: 'Take up that the log says who may do what',
      givenBy: ['system'],
      refuses: {},
      example: {},
      decide: (state) => (state.grants === 'log' ? [] : [onLog.emit('GrantsAdopted', {})]),
    }),
  },
});

const refused = kit<RefusalState>();
/** In characters, of a refusal's sentence: one with longer lists in it is kept by its code alone. */
export const longestSentence = 600;
const Refused = z.strictObject({
  code: z.string(),
  command: z.string(),
  /** The stream addressed. */
  target: z.string(),
  placeId: z.string().optional(),
  programmeId: z.string().optional(),
  versionSeen: z.int(),
  /** A hash: what was asked is not kept. */
  payload: z.string(),
  /**
   * Commands of the account that were turned away, undecided, since its refusal before this one: it had been
   * refused too often.
   */
  unrecorded: z.int().min(1).optional(),
  /** What whoever asked was told, with its names as marks; absent of a long one, and of older refusals. */
  sentence: z.string().max(longestSentence).optional(),
});
const turnedAway = (count: number): string =>
  ` Before it ${count} command${count === 1 ? ' was' : 's were'} turned away undecided.`;
/** Where no sentence was kept: the code as words. */
const codeInWords = (code: string): string => `${code.toLowerCase().replaceAll('_', ' ')}.`;
const refusalEvents = {
  CommandRefused: refused.event(Refused, {
    evolve() {},
    describe: ({ command, target, code, sentence, unrecorded }) =>
      `was refused ${nameOf.command(`${splitStream(target)[0]}.${command}`)} on ${nameOf.record(target)}: ` +
      `${sentence ?? codeInWords(code)}${unrecorded ? turnedAway(unrecorded) : ''}`,
    access: (data) => ({
      tier: 'auditors',
      ...(data.placeId ? { placeId: data.placeId } : {}),
      ...(data.programmeId ? { programmeId: data.programmeId } : {}),
    }),
  }),
};
/**
 * `refusal-{account}.{yyyymmdd}`: every command refused by rule, and on a named record that is not found;
 * auditors alone read them. Of the latter, place and programme are those of who asked: the event is the same
 * for what is hidden and what does not exist. No command decides on it: a refusal is recorded by whoever
 * judged the command (`src/commands/refusal-recorder.ts`).
 */
export const refusals = aggregate<RefusalState>()({
  name: 'refusal',
  collection: 'refusals',
  machinery: true,
  initial: () => ({}),
  title: () => 'Refusals',
  events: refusalEvents,
  commands: {},
});
