/** Agency (docs/rules/agency.md): a legal body that spends or delivers. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { codeOf, isSameCode, NamedCode, Scheme } from './codes.js';
import { isRetired, present, type AgencyState } from './state.js';
import { aggregate, decides, kit } from '../kernel/aggregate.js';
import { refuse, type Context } from '../kernel/types.js';
import { nameOf } from '../kernel/naming.js';
import { keptElsewhere, programmeActedIn } from '../shared/registers.js';
import { isPartner, withdrawnRefusal } from '../shared/seats.js';
import { DateOn, Id, Prose, Sector, longDate, idOf, Reason } from '../shared/values.js';
import * as wording from './wording.js';
import { restates, sets, type SetValue } from '../kernel/set-value.js';

const Identifier = codeOf({ from: DateOn.meta({ label: 'From which day' }) });

const { event } = kit<AgencyState>();

/** The proper scheme of each sector; the others go by a programme code. */
const proper: Partial<Record<Sector, readonly Scheme[]>> = {
  council: ['gss'],
  nhs: ['ods'],
  department: ['iati', 'department'],
  voluntary: ['charity', 'company'],
  private: ['company'],
  'joint-company': ['company'],
};
const provisional = (sector: Sector, scheme: Scheme): boolean =>
  scheme === 'programme' && proper[sector] !== undefined;
const Stored = z.strictObject({ scheme: Scheme, code: NamedCode, from: DateOn, provisional: z.boolean() });
/** The code it goes by in a scheme from a day on. */
const codeSet = ({ scheme, code, from }: z.infer<typeof Stored>): SetValue => ({
  ...sets(`code.${scheme}`, 'Code', `${code} (${scheme})`),
  at: from,
});

const events = {
  AgencyRegistered: event(
    z.strictObject({
      name: Prose('name'),
      sector: Sector,
      type: Prose('label'),
      identifiers: z.array(Stored),
      startOn: DateOn,
      programmeId: Id.optional(),
    }),
    {
      evolve(state, data) {
        Object.assign(state, structuredClone(data), { status: 'registered' });
        for (const i of state.identifiers) {
          const next = state.identifiers
            .filter((x) => x.scheme === i.scheme && x.from > i.from)
            .map((x) => x.from);
          const [to] = next.sort();
          if (to !== undefined) i.to = to;
        }
      },
      describe: (data) => `registered ${data.name}`,
      sets: (data) => [sets('name', 'Name', data.name), ...data.identifiers.map(codeSet)],
      access: (_d, event) => ({ tier: 'public', addParties: [event.recordId] }),
    },
  ),
  AgencyRenamed: event(z.strictObject({ from: Prose('name'), to: Prose('name') }), {
    evolve(state, data) {
      state.name = data.to;
    },
    renames: true,
    describe: (data) => `renamed ${data.from} to ${data.to}`,
    sets: (data) => [sets('name', 'Name', data.to)],
  }),
  AgencyIdentifierAdded: event(Stored, {
    evolve(state, data) {
      for (const i of state.identifiers) if (i.scheme === data.scheme && !i.to) i.to = data.from;
      state.identifiers.push({ ...data });
    },
    describe: (data) => `added the code ${data.code} (${data.scheme}) from ${data.from}`,
    sets: (data) => [codeSet(data)],
  }),
  AgencyIdentifierCorrected: event(z.strictObject({ from: Stored, to: Stored, reason: Prose() }), {
    evolve(state, data) {
      state.identifiers = state.identifiers.map((identifier) =>
        identifier.scheme === data.from.scheme && identifier.code === data.from.code
          ? { ...data.to, ...(identifier.to ? { to: identifier.to } : {}) }
          : identifier,
      );
    },
    describe: (data) => `corrected the code ${data.from.code} to ${data.to.code}: ${data.reason}`,
    sets: ({ from, to }) => [
      { ...codeSet(from), value: codeSet(to).value },
      ...(from.scheme === to.scheme ? [] : [restates(codeSet(to))]),
    ],
  }),
  AgencySucceeded: event(z.strictObject({ successors: z.array(Id), date: DateOn }), {
    evolve(state, data) {
      state.successors = data.successors;
      state.succeededOn = data.date;
    },
    describe: (data) =>
      `recorded its succession by ${data.successors.map(nameOf.agency).join(', ')} on ${longDate(data.date)}`,
    sets: (data) => [
      sets('successors', 'Successors', data.successors.map(nameOf.agency).join(', ')),
      sets('succession', 'Succeeded', longDate(data.date)),
    ],
  }),
  AgencyRetired: event(z.strictObject({ on: DateOn, reason: Prose() }), {
    evolve(state, data) {
      state.status = 'retired';
      state.retiredOn = data.on;
    },
    describe: (data) => `retired the agency: ${data.reason}`,
    sets: (data) => [sets('retirement', 'Last day', longDate(data.on))],
  }),
};
const { command, emit } = decides<AgencyState>()(events, present);
const by = ['programme-office', 'secretariat'] as const;
/**
 * A code that another agency holds on a day on which it would hold for this one (docs/rules/agency.md#codes).
 */
const taken = (
  context: Context,
  identifier: { scheme: string; code: string; from: string; to?: string },
  path: string,
) =>
  context.views
    .agenciesWithIdentifier(identifier.scheme, identifier.code, identifier.from, identifier.to)
    .some((id) => id !== context.recordId)
    ? refuse('AGENCY_IDENTIFIER_TAKEN', wording.codeTaken(identifier.code), path)
    : undefined;

/** Follows the chain of successors; true when it leads back to the agency. */
function leadsBack(context: Context, from: readonly string[], seen = new Set<string>()): boolean {
  return from.some(
    (id) =>
      id === context.recordId ||
      (!seen.has(id) && leadsBack(context, context.read('agency', id).state.successors, seen.add(id))),
  );
}

/**
 * A secretariat keeps the record of its own place's partners (docs/rules/agency.md#who-keeps-them): of those
 * that accepted a seat, since a place nominates whom it likes. New bodies it may register.
 */
function partnersOnly(state: AgencyState, context: Context) {
  const { role, place = '' } = context.actor;
  const elsewhere = keptElsewhere(state.programmeId, context);
  if (elsewhere) return elsewhere;
  if (role !== 'secretariat' || isPartner(context.read('collaborative', place).state, context.recordId))
    return undefined;
  return refuse('NOT_OF_THE_PLACE', wording.onlyOwnPartners);
}
/**
 * What only a body that exists has: a retirement may be recorded ahead, and nothing is frozen until it holds.
 */
const ended = (state: AgencyState, context: Context) =>
  isRetired(state, context.today) ? refuse('WRONG_STATE', wording.recordClosed(state.retiredOn)) : undefined;
/** Both. */
const mayChange = (state: AgencyState, context: Context) =>
  partnersOnly(state, context) ?? ended(state, context);
const sameSuccession = (state: AgencyState, data: { successors: string[]; succeededOn: string }): boolean =>
  state.succeededOn === data.succeededOn && isDeepStrictEqual(state.successors, data.successors);
const known = ['registered', 'retired'] as const;
const partners = { NOT_OF_THE_PLACE: 'who' } as const;

/** How many of each a command takes. */
const atMost = { identifiers: 20, successors: 20 } as const;

const commands = {
  RegisterAgency: command(
    z.strictObject({
      name: Prose('name').meta({ label: 'Name of the agency' }),
      sector: Sector.meta({ label: 'Sector' }),
      type: Prose('label').meta({ label: 'Kind of body', hint: 'For example: county council, NHS trust.' }),
      identifiers: z
        .array(Identifier)
        .max(atMost.identifiers)
        .meta({ label: 'Codes it goes by', hint: 'Enter every code that other registers know it by.' }),
      startOn: DateOn.meta({ label: 'First day' }),
    }),
    {
      title: 'Register an agency',
      creates: true,
      givenBy: by,
      refuses: { PLACE_WITHDRAWN: 'state', IDENTIFIER_REQUIRED: 'rule', AGENCY_IDENTIFIER_TAKEN: 'state' },
      example: {
        name: 'Durham County Council',
        sector: 'council',
        type: 'unitary authority',
        identifiers: [{ scheme: 'gss', code: 'E06000047', from: '2009-04-01' }],
        startOn: '2009-04-01',
      },
      // Whose it is stands in its record: nobody's would be anybody's.
      guard: (_s, context) =>
        context.actor.place === undefined ? undefined : withdrawnRefusal(context, context.actor.place),
      decide(_s, data, context) {
        const allowed: readonly Scheme[] = [...(proper[data.sector] ?? []), 'programme'];
        if (!data.identifiers.some((i) => allowed.includes(i.scheme)))
          return refuse('IDENTIFIER_REQUIRED', wording.codeOfScheme(allowed), '/identifiers');
        for (const i of data.identifiers) {
          const no = taken(context, i, '/identifiers');
          if (no) return no;
        }
        const programmeId = programmeActedIn(context);
        return [
          emit('AgencyRegistered', {
            ...data,
            ...(programmeId ? { programmeId } : {}),
            identifiers: data.identifiers.map((identifier) => ({
              ...identifier,
              provisional: provisional(data.sector, identifier.scheme),
            })),
          }),
        ];
      },
    },
  ),
  RenameAgency: command(
    z.strictObject({ name: Prose('name').meta({ label: 'New name of the agency', from: '/name' }) }),
    {
      title: 'Rename an agency',
      segment: 'names',
      givenBy: by,
      allowedIn: known,
      replaces: true,
      refuses: partners,
      example: { name: 'NHS County Durham' },
      guard: mayChange,
      decide: (state, data) =>
        state.name === data.name ? [] : [emit('AgencyRenamed', { from: state.name, to: data.name })],
    },
  ),
  AddIdentifier: command(Identifier, {
    title: 'Add an identifier from a date',
    segment: 'identifiers',
    givenBy: by,
    allowedIn: known,
    refuses: { ...partners, AGENCY_IDENTIFIER_TAKEN: 'state', IDENTIFIER_BEFORE_PRESENT: 'rule' },
    example: { scheme: 'gss', code: 'E08000037', from: '2013-04-01' },
    guard: mayChange,
    decide(state, data, context) {
      const present = state.identifiers.filter((i) => i.scheme === data.scheme && !i.to);
      if (present.some((i) => isSameCode(i, data))) return [];
      const last = present[0];
      if (last && data.from <= last.from)
        return refuse('IDENTIFIER_BEFORE_PRESENT', wording.codeHoldsLater(last), '/from');
      return (
        taken(context, data, '/code') ?? [
          emit('AgencyIdentifierAdded', { ...data, provisional: provisional(state.sector, data.scheme) }),
        ]
      );
    },
  }),
  CorrectIdentifier: command(
    z.strictObject({
      scheme: Scheme.meta({ label: 'Kind of the code that is wrong' }),
      code: NamedCode.meta({ label: 'Code that is wrong' }),
      to: codeOf({}).meta({ label: 'What it should be' }),
      reason: Reason,
    }),
    {
      title: 'Correct an identifier',
      segment: 'identifier-corrections',
      givenBy: by,
      allowedIn: known,
      replaces: true,
      refuses: {
        ...partners,
        IDENTIFIER_UNKNOWN: 'rule',
        IDENTIFIER_IN_USE: 'state',
        AGENCY_IDENTIFIER_TAKEN: 'state',
      },
      example: {
        scheme: 'programme',
        code: 'TP-PCT-01',
        to: { scheme: 'ods', code: '5ND' },
        reason: 'The proper code is known now',
      },
      guard: mayChange,
      decide(state, data, context) {
        const old =
          state.identifiers.find((i) => i.scheme === data.scheme && i.code === data.code) ??
          state.identifiers.find((i) => isSameCode(i, data));
        if (!old) return refuse('IDENTIFIER_UNKNOWN', 'The agency has no such code.', '/code');
        // The same code in its proper form names the same body.
        if (!old.provisional && !isSameCode(old, data.to) && context.views.agencyReferenced(context.recordId))
          return refuse('IDENTIFIER_IN_USE', wording.codeInUse, '/code');
        const { to, ...from } = old;
        const no = taken(context, { ...data.to, from: old.from, ...(to ? { to } : {}) }, '/to/code');
        return (
          no ?? [
            emit('AgencyIdentifierCorrected', {
              from,
              to: { ...data.to, from: old.from, provisional: provisional(state.sector, data.to.scheme) },
              reason: data.reason,
            }),
          ]
        );
      },
    },
  ),
  RecordSuccession: command(
    z.strictObject({
      successors: z
        .array(idOf('agency'))
        .min(1, 'Enter a successor')
        .max(atMost.successors)
        .meta({ label: 'Agencies that succeed it' }),
      succeededOn: DateOn.meta({ label: 'From which day', from: '/succeededOn' }),
    }),
    {
      title: 'Record who succeeds an agency',
      segment: 'successions',
      renamed: { date: 'succeededOn' },
      givenBy: by,
      replaces: (state, data) => state.successors.length > 0 && !sameSuccession(state, data),
      refuses: {
        ...partners,
        AGENCY_UNKNOWN: 'rule',
        SUCCESSION_CYCLE: 'rule',
        SUCCESSION_BEFORE_START: 'rule',
      },
      example: { successors: ['durham-county-council'], succeededOn: '2009-04-01' },
      guard: partnersOnly,
      decide(state, data, context) {
        if (sameSuccession(state, data)) return [];
        if (data.succeededOn < state.startOn)
          return refuse('SUCCESSION_BEFORE_START', wording.beforeItBegan, '/succeededOn');
        if (data.successors.some((id) => id !== context.recordId && context.read('agency', id).version === 0))
          return refuse('AGENCY_UNKNOWN', 'Register the successor first.', '/successors');
        if (leadsBack(context, data.successors))
          return refuse('SUCCESSION_CYCLE', wording.succeedsItself, '/successors');
        const { successors, succeededOn: date } = data;
        return [emit('AgencySucceeded', { successors, date })];
      },
    },
  ),
  RetireAgency: command(z.strictObject({ retiredOn: DateOn.meta({ label: 'Last day' }), reason: Reason }), {
    title: 'Retire an agency',
    segment: 'retirement',
    renamed: { on: 'retiredOn' },
    givenBy: by,
    allowedIn: known,
    schedules: true,
    // One that was recorded ahead may be moved until it holds.
    replaces: (state, data) => state.retiredOn !== undefined && state.retiredOn !== data.retiredOn,
    refuses: { ...partners, RETIREMENT_BEFORE_START: 'rule' },
    example: { retiredOn: '2009-03-31', reason: 'Abolished by local government reorganisation' },
    guard: mayChange,
    decide(state, data) {
      if (data.retiredOn < state.startOn)
        return refuse('RETIREMENT_BEFORE_START', wording.beforeItBegan, '/retiredOn');
      const { retiredOn: on, reason } = data;
      return state.retiredOn === on ? [] : [emit('AgencyRetired', { on, reason })];
    },
  }),
};

export const agency = aggregate<AgencyState>()({
  name: 'agency',
  collection: 'agencies',
  initial: () => ({
    status: 'none',
    name: '',
    sector: 'other',
    type: '',
    identifiers: [],
    startOn: '',
    successors: [],
  }),
  present,
  title: (state) => state.name,
  events,
  commands,
  disclosure: 'never',
});
