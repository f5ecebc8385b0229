/** Agency (domain.md 9.3): a legal body that spends or delivers. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { codeOf, isSameCode, NamedCode, Scheme } from './codes.js';
import { isRetired, present, type AgencyState } from './state.js';
import { aggregate, decides, kit } from '../kernel/aggregate.js';
import { refuse, type Context } from '../kernel/types.js';
import { nameOf } from '../kernel/naming.js';
import { keptElsewhere, programmeActedIn } from '../shared/registers.js';
import { isPartner, withdrawnRefusal } from '../shared/seats.js';
import { DateOn, Id, Prose, Sector, longDate } from '../shared/values.js';

const Identifier = codeOf({ from: DateOn });

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

const events = {
  AgencyRegistered: event(
    z.strictObject({
      name: Prose(200),
      sector: Sector,
      type: Prose(100),
      identifiers: z.array(Stored),
      startOn: DateOn,
      programmeId: Id.optional(),
    }),
    {
      evolve(s, d) {
        Object.assign(s, structuredClone(d), { status: 'registered' });
        for (const i of s.identifiers) {
          const next = s.identifiers
            .filter((x) => x.scheme === i.scheme && x.from > i.from)
            .map((x) => x.from);
          if (next.length > 0) i.to = next.sort()[0]!;
        }
      },
      describe: (d) => `registered ${d.name}`,
      access: (_d, m) => ({ tier: 'public', addParties: [m.recordId] }),
    },
  ),
  AgencyRenamed: event(z.strictObject({ from: Prose(200), to: Prose(200) }), {
    evolve(s, d) {
      s.name = d.to;
    },
    describe: (d) => `renamed ${d.from} to ${d.to}`,
    changes: (d) => ({ before: d.from, after: d.to }),
  }),
  AgencyIdentifierAdded: event(Stored, {
    evolve(s, d) {
      for (const i of s.identifiers) if (i.scheme === d.scheme && !i.to) i.to = d.from;
      s.identifiers.push({ ...d });
    },
    describe: (d) => `added the code ${d.code} (${d.scheme}) from ${d.from}`,
  }),
  AgencyIdentifierCorrected: event(z.strictObject({ from: Stored, to: Stored, reason: Prose() }), {
    evolve(s, d) {
      s.identifiers = s.identifiers.map((i) =>
        i.scheme === d.from.scheme && i.code === d.from.code ? { ...d.to, ...(i.to ? { to: i.to } : {}) } : i,
      );
    },
    describe: (d) => `corrected the code ${d.from.code} to ${d.to.code}: ${d.reason}`,
    changes: (d) => ({ before: d.from.code, after: d.to.code }),
  }),
  AgencySucceeded: event(z.strictObject({ successors: z.array(Id), date: DateOn }), {
    evolve(s, d) {
      s.successors = d.successors;
      s.succeededOn = d.date;
    },
    describe: (d) =>
      `recorded its succession by ${d.successors.map(nameOf.agency).join(', ')} on ${longDate(d.date)}`,
  }),
  AgencyRetired: event(z.strictObject({ on: DateOn, reason: Prose() }), {
    evolve(s, d) {
      s.status = 'retired';
      s.retiredOn = d.on;
    },
    describe: (d) => `retired the agency: ${d.reason}`,
  }),
};
const { command, emit } = decides<AgencyState>()(events, present);
const by = ['programme-office', 'secretariat'] as const;
/** A code that another agency holds on a day on which it would hold for this one (domain.md 9.3). */
const taken = (ctx: Context, i: { scheme: string; code: string; from: string; to?: string }, path: string) =>
  ctx.views.agenciesWithIdentifier(i.scheme, i.code, i.from, i.to).some((id) => id !== ctx.recordId)
    ? refuse('AGENCY_IDENTIFIER_TAKEN', `The code ${i.code} belongs to another agency then.`, path)
    : undefined;

/** Follows the chain of successors; true when it leads back to the agency. */
function leadsBack(ctx: Context, from: readonly string[], seen = new Set<string>()): boolean {
  return from.some(
    (id) =>
      id === ctx.recordId ||
      (!seen.has(id) && leadsBack(ctx, ctx.read('agency', id).state.successors, seen.add(id))),
  );
}

/**
 * A secretariat keeps the record of its own place's partners (domain.md 6.1): of those that accepted a seat, since a place nominates whom it
 * likes. New bodies it may register.
 */
function partnersOnly(s: AgencyState, ctx: Context) {
  const { role, place } = ctx.actor;
  const elsewhere = keptElsewhere(s.programmeId, ctx);
  if (elsewhere) return elsewhere;
  if (role !== 'secretariat' || isPartner(ctx.read('collaborative', place!).state, ctx.recordId))
    return undefined;
  return refuse(
    'NOT_OF_THE_PLACE',
    'A secretariat changes the record of its own place’s partners only. The programme office changes the others.',
  );
}
/** What only a body that exists has: a retirement may be recorded ahead, and nothing is frozen until it holds. */
const ended = (s: AgencyState, ctx: Context) =>
  isRetired(s, ctx.today)
    ? refuse('WRONG_STATE', `The agency was retired on ${longDate(s.retiredOn)}. Its record is closed.`)
    : undefined;
/** Both. */
const mayChange = (s: AgencyState, ctx: Context) => partnersOnly(s, ctx) ?? ended(s, ctx);
const sameSuccession = (s: AgencyState, d: { successors: string[]; date: string }): boolean =>
  s.succeededOn === d.date && isDeepStrictEqual(s.successors, d.successors);
const known = ['registered', 'retired'] as const;
const partners = { NOT_OF_THE_PLACE: 'who' } as const;

const commands = {
  RegisterAgency: command(
    z.strictObject({
      name: Prose(200),
      sector: Sector,
      type: Prose(100),
      identifiers: z.array(Identifier).max(20),
      startOn: DateOn,
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
      decide(_s, d, ctx) {
        // Whose it is stands in its record: nobody's would be anybody's.
        const outside = ctx.actor.place === undefined ? undefined : withdrawnRefusal(ctx, ctx.actor.place);
        if (outside) return outside;
        const allowed: readonly Scheme[] = [...(proper[d.sector] ?? []), 'programme'];
        if (!d.identifiers.some((i) => allowed.includes(i.scheme)))
          return refuse(
            'IDENTIFIER_REQUIRED',
            `Enter a code of the scheme ${allowed.join(' or ')}. Where the proper code is not known, a programme code stands in.`,
            '/identifiers',
          );
        for (const i of d.identifiers) {
          const no = taken(ctx, i, '/identifiers');
          if (no) return no;
        }
        const programmeId = programmeActedIn(ctx);
        return [
          emit('AgencyRegistered', {
            ...d,
            ...(programmeId ? { programmeId } : {}),
            identifiers: d.identifiers.map((i) => ({ ...i, provisional: provisional(d.sector, i.scheme) })),
          }),
        ];
      },
    },
  ),
  RenameAgency: command(z.strictObject({ name: Prose(200) }), {
    title: 'Rename an agency',
    segment: 'names',
    givenBy: by,
    allowedIn: known,
    replaces: true,
    refuses: partners,
    example: { name: 'NHS County Durham' },
    decide: (s, d, ctx) =>
      mayChange(s, ctx) ?? (s.name === d.name ? [] : [emit('AgencyRenamed', { from: s.name, to: d.name })]),
  }),
  AddIdentifier: command(Identifier, {
    title: 'Add an identifier from a date',
    segment: 'identifiers',
    givenBy: by,
    allowedIn: known,
    refuses: { ...partners, AGENCY_IDENTIFIER_TAKEN: 'state', IDENTIFIER_BEFORE_PRESENT: 'rule' },
    example: { scheme: 'gss', code: 'E08000037', from: '2013-04-01' },
    decide(s, d, ctx) {
      const not = mayChange(s, ctx);
      if (not) return not;
      const present = s.identifiers.filter((i) => i.scheme === d.scheme && !i.to);
      if (present.some((i) => isSameCode(i, d))) return [];
      const last = present[0];
      if (last && d.from <= last.from)
        return refuse(
          'IDENTIFIER_BEFORE_PRESENT',
          `The code ${last.code} holds from ${longDate(last.from)}. Enter a later date for the next one, or correct that code.`,
          '/from',
        );
      return (
        taken(ctx, d, '/code') ?? [
          emit('AgencyIdentifierAdded', { ...d, provisional: provisional(s.sector, d.scheme) }),
        ]
      );
    },
  }),
  CorrectIdentifier: command(
    z.strictObject({ scheme: Scheme, code: NamedCode, to: codeOf({}), reason: Prose() }),
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
      decide(s, d, ctx) {
        const not = mayChange(s, ctx);
        if (not) return not;
        const old =
          s.identifiers.find((i) => i.scheme === d.scheme && i.code === d.code) ??
          s.identifiers.find((i) => isSameCode(i, d));
        if (!old) return refuse('IDENTIFIER_UNKNOWN', 'The agency has no such code.', '/code');
        // The same code in its proper form names the same body.
        if (!old.provisional && !isSameCode(old, d.to) && ctx.views.agencyReferenced(ctx.recordId))
          return refuse(
            'IDENTIFIER_IN_USE',
            'Records name this agency by its code. Add a new code from a date instead.',
            '/code',
          );
        const { to, ...from } = old;
        const no = taken(ctx, { ...d.to, from: old.from, ...(to ? { to } : {}) }, '/to/code');
        return (
          no ?? [
            emit('AgencyIdentifierCorrected', {
              from,
              to: { ...d.to, from: old.from, provisional: provisional(s.sector, d.to.scheme) },
              reason: d.reason,
            }),
          ]
        );
      },
    },
  ),
  RecordSuccession: command(
    z.strictObject({ successors: z.array(Id).min(1, 'Enter a successor').max(20), date: DateOn }),
    {
      title: 'Record who succeeds an agency',
      segment: 'successions',
      givenBy: by,
      replaces: (s, d) => s.successors.length > 0 && !sameSuccession(s, d),
      refuses: {
        ...partners,
        AGENCY_UNKNOWN: 'rule',
        SUCCESSION_CYCLE: 'rule',
        SUCCESSION_BEFORE_START: 'rule',
      },
      example: { successors: ['durham-county-council'], date: '2009-04-01' },
      decide(s, d, ctx) {
        const not = partnersOnly(s, ctx);
        if (not) return not;
        if (sameSuccession(s, d)) return [];
        if (d.date < s.startOn)
          return refuse('SUCCESSION_BEFORE_START', 'The date must not lie before the agency began.', '/date');
        if (d.successors.some((id) => id !== ctx.recordId && ctx.read('agency', id).version === 0))
          return refuse('AGENCY_UNKNOWN', 'Register the successor first.', '/successors');
        if (leadsBack(ctx, d.successors))
          return refuse(
            'SUCCESSION_CYCLE',
            'An agency cannot succeed itself, not even by a detour.',
            '/successors',
          );
        return [emit('AgencySucceeded', d)];
      },
    },
  ),
  RetireAgency: command(z.strictObject({ on: DateOn, reason: Prose() }), {
    title: 'Retire an agency',
    segment: 'retirement',
    givenBy: by,
    allowedIn: known,
    schedules: true,
    // One that was recorded ahead may be moved until it holds.
    replaces: (s, d) => s.retiredOn !== undefined && s.retiredOn !== d.on,
    refuses: { ...partners, RETIREMENT_BEFORE_START: 'rule' },
    example: { on: '2009-03-31', reason: 'Abolished by local government reorganisation' },
    decide(s, d, ctx) {
      const no = mayChange(s, ctx);
      if (no) return no;
      if (d.on < s.startOn)
        return refuse('RETIREMENT_BEFORE_START', 'The date must not lie before the agency began.', '/on');
      return s.retiredOn === d.on ? [] : [emit('AgencyRetired', d)];
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
  title: (s) => s.name,
  events,
  commands,
  disclosure: 'never',
});
