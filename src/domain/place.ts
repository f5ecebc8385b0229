/** Place (domain.md 9.2). Its name, kind and areas are the programme's; everything here follows `OpenPlace`. */
import { z } from 'zod';
import { aggregate, emitter, kit } from './aggregate.js';
import { isRetired } from './agency.js';
import { refuse, type Context, type Refusal } from './core.js';
import { seatRefusal, withdrawnRefusal } from './seats.js';
import { AccountId, DateOn, Id, PartId, Prose } from './values.js';

export interface Theme {
  title: string;
  rationale?: string;
  exclusions?: string;
  parentThemeId?: string;
  policyThemeIds: string[];
  status: 'proposed' | 'confirmed' | 'dropped';
}
export interface PlaceState {
  status: 'none' | 'opened' | 'active' | 'closed';
  programmeId: string;
  accountableBodyId?: string;
  /** Account id of the lead contact, who signs light returns. */
  leadContact?: string;
  population?: { value: number; referenceOn: string; source: string };
  champion?: { accountId: string; departmentId?: string; from: string };
  themes: Record<string, Theme>;
}
declare module './core.js' {
  interface States {
    place: PlaceState;
  }
}
const { event, command } = kit<PlaceState>();
const championDue = { open: 'champion', key: 'champion', deed: 'Assign a champion', workingDays: 10 } as const;

const events = {
  PlaceOpened: event(z.strictObject({ programmeId: Id, kind: z.enum(['pilot', 'parallel']), name: Prose(200) }), {
    evolve(s, d) {
      s.status = 'opened';
      s.programmeId = d.programmeId;
    },
    says: (d) => `opened the record of ${d.name}`,
    access: (d, m) => ({ tier: 'public', programmeId: d.programmeId, placeId: m.recordId }),
    due: (d, m) => (d.kind === 'pilot' ? [{ ...championDue, place: m.recordId, owedBy: [{ kind: 'programme-office', id: d.programmeId }] }] : []),
  }),
  PopulationRecorded: event(z.strictObject({ value: z.int().min(1), referenceOn: DateOn, source: Prose(300) }), {
    evolve(s, d) {
      s.population = d;
    },
    says: (d) => `recorded a population of ${d.value.toLocaleString('en-GB')} (${d.source})`,
  }),
  AccountableBodyNominated: event(z.strictObject({ agencyId: Id }), {
    evolve(s, d) {
      s.accountableBodyId = d.agencyId;
    },
    says: (d) => `nominated ${d.agencyId} as accountable body`,
  }),
  LeadContactNominated: event(z.strictObject({ accountId: AccountId }), {
    evolve(s, d) {
      s.leadContact = d.accountId;
    },
    says: () => 'nominated a lead contact',
  }),
  ChampionAssigned: event(z.strictObject({ accountId: AccountId, departmentId: Id.optional(), from: DateOn }), {
    evolve(s, d) {
      s.champion = d;
    },
    says: (d) => `assigned ${d.accountId} as champion`,
    due: () => [{ close: 'champion' }],
  }),
  ChampionEnded: event(z.strictObject({ accountId: AccountId, reason: Prose(), programmeId: Id, kind: z.enum(['pilot', 'parallel']) }), {
    evolve(s) {
      delete s.champion;
    },
    says: (d) => `ended the championship of ${d.accountId}: ${d.reason}`,
    due: (d, m) => (d.kind === 'pilot' ? [{ ...championDue, place: m.recordId, owedBy: [{ kind: 'programme-office', id: d.programmeId }] }] : []),
  }),
  ThemeProposed: event(
    z.strictObject({
      themeId: PartId,
      title: Prose(300),
      rationale: Prose().optional(),
      exclusions: Prose(500).optional(),
      parentThemeId: PartId.optional(),
      policyThemeIds: z.array(PartId).max(20),
    }),
    {
      evolve(s, { themeId, ...d }) {
        s.themes[themeId] = { ...d, status: 'proposed' };
      },
      says: (d) => `proposed the theme ${d.title}`,
    },
  ),
  ThemeConfirmed: event(z.strictObject({ themeId: PartId, title: Prose(300) }), {
    evolve(s, d) {
      s.themes[d.themeId]!.status = 'confirmed';
    },
    says: (d) => `confirmed the theme ${d.title}`,
  }),
  ThemeRenamed: event(z.strictObject({ themeId: PartId, from: Prose(300), to: Prose(300) }), {
    evolve(s, d) {
      s.themes[d.themeId]!.title = d.to;
    },
    says: (d) => `renamed the theme ${d.from} to ${d.to}`,
    changes: (d) => ({ before: d.from, after: d.to }),
  }),
  ThemeDropped: event(z.strictObject({ themeId: PartId, title: Prose(300), reason: Prose() }), {
    evolve(s, d) {
      s.themes[d.themeId]!.status = 'dropped';
    },
    says: (d) => `dropped the theme ${d.title}: ${d.reason}`,
  }),
  PlaceKindNoted: event(z.strictObject({ programmeId: Id, kind: z.enum(['pilot', 'parallel']), hasChampion: z.boolean() }), {
    evolve() {},
    says: (d) => `noted that the place is a ${d.kind === 'pilot' ? 'pilot' : 'parallel place'} now`,
    due: (d, m) =>
      d.kind === 'parallel' ? [{ close: 'champion' }] : d.hasChampion ? [] : [{ ...championDue, place: m.recordId, owedBy: [{ kind: 'programme-office', id: d.programmeId }] }],
  }),
  PlaceActivated: event(z.strictObject({}), {
    evolve(s) {
      s.status = 'active';
    },
    says: () => 'activated the place',
  }),
  PlaceClosedOut: event(z.strictObject({ handover: Prose(5000), lessonIds: z.array(Id).max(100), commitments: z.array(Id).max(500) }), {
    evolve(s) {
      s.status = 'closed';
    },
    says: (d) => `closed the place out${d.commitments.length > 0 ? `; ${d.commitments.length} commitments continue` : ''}`,
  }),
};
const emit = emitter(events);
const enrolled = (s: PlaceState, ctx: Context) => ctx.read('programme', s.programmeId).state.places[ctx.recordId]!;
const withdrawn = { PLACE_WITHDRAWN: 'state' } as const;
const themed = { ...withdrawn, THEME_UNKNOWN: 'rule' } as const;
const noTheme = (): Refusal => refuse('THEME_UNKNOWN', 'The place has no such theme.', '/themeId');
const live = ['opened', 'active'];

const commands = {
  OpenPlace: command(z.strictObject({ programmeId: Id }), {
    title: 'Open a place',
    creates: true,
    by: ['system'],
    refuses: { PLACE_WITHDRAWN: 'state' },
    example: { programmeId: 'total-place' },
    decide(_s, d, ctx) {
      const found = ctx.read('programme', d.programmeId).state.places[ctx.recordId];
      if (found?.status !== 'enrolled') return refuse('PLACE_WITHDRAWN', 'This place is not enrolled in the programme.');
      return [emit('PlaceOpened', { programmeId: d.programmeId, kind: found.kind, name: found.name })];
    },
  }),
  /** The kind is the programme's; what is due here follows from it: a pilot is owed a champion. */
  NoteKind: command(z.strictObject({ kind: z.enum(['pilot', 'parallel']) }), {
    title: 'Note that a place’s kind has changed',
    by: ['system'],
    from: live,
    refuses: withdrawn,
    example: { kind: 'pilot' },
    decide: (s, d, ctx) =>
      withdrawnRefusal(ctx, ctx.recordId) ??
      (enrolled(s, ctx).kind === d.kind ? [emit('PlaceKindNoted', { programmeId: s.programmeId, kind: d.kind, hasChampion: s.champion !== undefined })] : []),
  }),
  RecordPopulation: command(z.strictObject({ value: z.int({ error: 'Enter a population' }).min(1, 'Population must be more than 0'), referenceOn: DateOn, source: Prose(300) }), {
    title: 'Record a place’s population',
    noun: 'population',
    by: ['secretariat', 'programme-office'],
    from: live,
    replaces: true,
    refuses: { ...withdrawn, REFERENCE_DATE_IN_FUTURE: 'rule' },
    example: { value: 508500, referenceOn: '2008-06-30', source: 'ONS mid-2008 estimates' },
    decide: (_s, d, ctx) =>
      withdrawnRefusal(ctx, ctx.recordId) ??
      (d.referenceOn > ctx.today ? refuse('REFERENCE_DATE_IN_FUTURE', 'The reference date must be today or earlier.', '/referenceOn') : [emit('PopulationRecorded', d)]),
  }),
  NominateAccountableBody: command(z.strictObject({ agencyId: Id }), {
    title: 'Nominate the accountable body',
    noun: 'accountable-body',
    by: ['secretariat', 'programme-office'],
    from: live,
    replaces: true,
    refuses: { ...withdrawn, AGENCY_UNKNOWN: 'rule', AGENCY_RETIRED: 'rule' },
    example: { agencyId: 'durham-county-council' },
    decide(s, d, ctx) {
      const agency = ctx.read('agency', d.agencyId).state;
      const no = withdrawnRefusal(ctx, ctx.recordId);
      if (no) return no;
      if (agency.status === 'none') return refuse('AGENCY_UNKNOWN', 'There is no such agency. Register it first.', '/agencyId');
      if (isRetired(agency, ctx.today)) return refuse('AGENCY_RETIRED', 'This agency is retired. Nominate its successor.', '/agencyId');
      return s.accountableBodyId === d.agencyId ? [] : [emit('AccountableBodyNominated', d)];
    },
  }),
  NominateLeadContact: command(z.strictObject({ accountId: AccountId }), {
    title: 'Nominate the lead contact',
    noun: 'lead-contact',
    by: ['secretariat', 'programme-office'],
    from: live,
    replaces: true,
    refuses: withdrawn,
    example: { accountId: 'post.lead.suffolk' },
    decide: (s, d, ctx) => withdrawnRefusal(ctx, ctx.recordId) ?? (s.leadContact === d.accountId ? [] : [emit('LeadContactNominated', d)]),
  }),
  AssignChampion: command(z.strictObject({ accountId: AccountId, departmentId: Id.optional(), from: DateOn }), {
    title: 'Assign a champion',
    noun: 'champions',
    by: ['programme-office'],
    from: live,
    refuses: { ...withdrawn, CHAMPION_EXISTS: 'state', SOD_CONFLICT: 'who', NOT_A_DEPARTMENT: 'rule' },
    example: { accountId: 'chris-wormald', departmentId: 'cabinet-office', from: '2009-06-15' },
    decide: (s, d, ctx) =>
      withdrawnRefusal(ctx, ctx.recordId) ??
      (s.champion ? refuse('CHAMPION_EXISTS', 'The place has a champion. End that first.', '/accountId') : (championRefusal(d, ctx) ?? [emit('ChampionAssigned', d)])),
  }),
  EndChampion: command(z.strictObject({ reason: Prose() }), {
    title: 'End a championship',
    noun: 'champion-ends',
    by: ['programme-office'],
    from: live,
    refuses: withdrawn,
    example: { reason: 'Moves to another department' },
    decide: (s, d, ctx) =>
      withdrawnRefusal(ctx, ctx.recordId) ??
      (s.champion ? [emit('ChampionEnded', { accountId: s.champion.accountId, reason: d.reason, programmeId: s.programmeId, kind: enrolled(s, ctx).kind })] : []),
  }),
  ProposeTheme: command(
    z.strictObject({
      themeId: PartId,
      title: Prose(300),
      rationale: Prose().optional(),
      exclusions: Prose(500).optional(),
      parentThemeId: PartId.optional(),
      policyThemeIds: z.array(PartId).max(20).default([]),
    }),
    {
      title: 'Propose a theme',
      noun: 'themes',
      by: ['secretariat', 'programme-office'],
      from: live,
      refuses: { ...themed, THEME_EXISTS: 'state' },
      example: { themeId: 'housing', title: 'Housing and regeneration', policyThemeIds: [] },
      decide(s, d, ctx) {
        const no = withdrawnRefusal(ctx, ctx.recordId);
        if (no) return no;
        if (s.themes[d.themeId]) return refuse('THEME_EXISTS', 'There is a theme with this id. Choose another.', '/themeId');
        if (d.parentThemeId && (s.themes[d.parentThemeId]?.status ?? 'dropped') === 'dropped') return refuse('THEME_UNKNOWN', 'The theme above does not exist.', '/parentThemeId');
        const policy = ctx.read('programme', s.programmeId).state.policyThemes;
        if (d.policyThemeIds.some((id) => policy[id]?.status !== 'active')) return refuse('THEME_UNKNOWN', 'There is no such policy theme in the programme.', '/policyThemeIds');
        return [emit('ThemeProposed', d)];
      },
    },
  ),
  ConfirmTheme: command(z.strictObject({ themeId: PartId }), {
    title: 'Confirm a theme',
    noun: 'theme-confirmations',
    by: ['chair', 'secretariat', 'programme-office'],
    from: live,
    refuses: { ...themed, NOT_A_SEAT_HOLDER: 'who', ONLY_THE_CHAIR_CONFIRMS: 'who' },
    example: { themeId: 'housing' },
    decide(s, d, ctx) {
      const no = withdrawnRefusal(ctx, ctx.recordId) ?? onlyChair(s, ctx) ?? seatRefusal(ctx, ctx.recordId);
      if (no) return no;
      const theme = s.themes[d.themeId];
      if (!theme || theme.status === 'dropped') return noTheme();
      return theme.status === 'confirmed' ? [] : [emit('ThemeConfirmed', { themeId: d.themeId, title: theme.title })];
    },
  }),
  RenameTheme: command(z.strictObject({ themeId: PartId, title: Prose(300) }), {
    title: 'Rename a theme',
    noun: 'theme-names',
    by: ['secretariat', 'programme-office'],
    from: live,
    replaces: true,
    refuses: themed,
    example: { themeId: 'housing', title: 'Housing' },
    decide(s, d, ctx) {
      const theme = s.themes[d.themeId];
      const no = withdrawnRefusal(ctx, ctx.recordId) ?? (theme && theme.status !== 'dropped' ? undefined : noTheme());
      return no ?? (theme!.title === d.title ? [] : [emit('ThemeRenamed', { themeId: d.themeId, from: theme!.title, to: d.title })]);
    },
  }),
  DropTheme: command(z.strictObject({ themeId: PartId, reason: Prose() }), {
    title: 'Drop a theme',
    noun: 'theme-drops',
    by: ['secretariat', 'programme-office'],
    from: live,
    refuses: { ...themed, THEME_IN_USE: 'state' },
    example: { themeId: 'housing', reason: 'Merged into another' },
    decide(s, d, ctx) {
      const theme = s.themes[d.themeId];
      const no = withdrawnRefusal(ctx, ctx.recordId) ?? (theme ? undefined : noTheme());
      if (no) return no;
      if (theme!.status === 'dropped') return [];
      const using = ctx.views.liveCommitments(ctx.recordId).filter((c) => c.themeId === d.themeId);
      if (using.length > 0)
        return refuse('THEME_IN_USE', `Commitments of this theme are still to be kept: ${using.map((c) => c.id).join(', ')}. Complete or withdraw them first.`, '/themeId');
      return [emit('ThemeDropped', { themeId: d.themeId, title: theme!.title, reason: d.reason })];
    },
  }),
  ActivatePlace: command(z.strictObject({}), {
    title: 'Activate a place',
    noun: 'activation',
    by: ['chair', 'secretariat', 'programme-office'],
    from: ['opened'],
    refuses: { ...withdrawn, PLACE_NOT_READY: 'rule', NOT_A_SEAT_HOLDER: 'who', ONLY_THE_CHAIR_CONFIRMS: 'who' },
    example: {},
    decide(s, _d, ctx) {
      const no = withdrawnRefusal(ctx, ctx.recordId) ?? onlyChair(s, ctx) ?? seatRefusal(ctx, ctx.recordId);
      if (no) return no;
      const { kind, areas } = enrolled(s, ctx);
      const missing = [
        areas.some((a) => a.from <= ctx.today && (!a.to || ctx.today <= a.to)) ? '' : 'an area',
        ...(kind === 'pilot'
          ? [
              s.accountableBodyId ? '' : 'an accountable body',
              ctx.read('collaborative', ctx.recordId).state.status === 'active' ? '' : 'an active collaborative',
              s.champion ? '' : 'a champion',
              Object.values(s.themes).some((t) => t.status === 'confirmed') ? '' : 'a confirmed theme',
            ]
          : [s.leadContact ? '' : 'a lead contact']),
      ].filter(Boolean);
      return missing.length > 0 ? refuse('PLACE_NOT_READY', `The place still needs ${missing.join(', ')}.`) : [emit('PlaceActivated', {})];
    },
  }),
  CloseOut: command(z.strictObject({ handover: Prose(5000), lessonIds: z.array(Id).max(100), commitments: z.array(Id).max(500) }), {
    title: 'Close a place out',
    noun: 'closing',
    by: ['chair', 'secretariat', 'programme-office'],
    from: ['active'],
    refuses: { ...withdrawn, OPEN_COMMITMENTS: 'rule', COMMITMENT_UNKNOWN: 'rule', NOT_A_SEAT_HOLDER: 'who', ONLY_THE_CHAIR_CONFIRMS: 'who' },
    example: { handover: 'Everything goes on under the local strategic partnership', lessonIds: [], commitments: ['one-assessment'] },
    decide(s, d, ctx) {
      const no = withdrawnRefusal(ctx, ctx.recordId) ?? onlyChair(s, ctx) ?? seatRefusal(ctx, ctx.recordId);
      if (no) return no;
      const live = ctx.views.liveCommitments(ctx.recordId).map((c) => c.id);
      const open = live.filter((id) => !d.commitments.includes(id));
      if (open.length > 0)
        return refuse('OPEN_COMMITMENTS', `These commitments are still to be kept: ${open.join(', ')}. Complete, withdraw or hand them on, or name them as continuing.`, '/commitments');
      const unknown = d.commitments.find((id) => !live.includes(id));
      return unknown ? refuse('COMMITMENT_UNKNOWN', `This place has no commitment ${unknown} that is still to be kept.`, '/commitments') : [emit('PlaceClosedOut', d)];
    },
  }),
};

/** Where there is a collaborative its chair confirms, activates and closes out; a parallel place without one may do with its secretariat or the programme office. */
function onlyChair(s: PlaceState, ctx: Context): Refusal | undefined {
  if (ctx.actor.role === 'chair') return undefined;
  const alone = enrolled(s, ctx).kind === 'parallel' && ctx.read('collaborative', ctx.recordId).version === 0;
  return alone ? undefined : refuse('ONLY_THE_CHAIR_CONFIRMS', 'The chair of the place’s collaborative does this.');
}

/** A champion holds no voting seat at the place's table (domain.md 6), and the department named is one. */
function championRefusal(d: { accountId: string; departmentId?: string | undefined }, ctx: Context): Refusal | undefined {
  const seats = Object.values(ctx.read('collaborative', ctx.recordId).state.seats);
  if (seats.some((x) => x.account === d.accountId && x.kind === 'voting' && x.status !== 'vacated'))
    return refuse('SOD_CONFLICT', 'This person has a voting seat in the place’s collaborative. A champion opens doors and does not vote.', '/accountId');
  return d.departmentId && ctx.read('agency', d.departmentId).state.sector !== 'department'
    ? refuse('NOT_A_DEPARTMENT', 'There is no department with this id. Register it first, or leave it out.', '/departmentId')
    : undefined;
}

export const place = aggregate<PlaceState>({
  name: 'place',
  collection: 'places',
  initial: () => ({ status: 'none', programmeId: '', themes: {} }),
  title: () => 'Place profile',
  events,
  commands,
  disclosure: 'never',
});
