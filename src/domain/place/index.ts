/** Place (domain.md 9.2). Its name, kind and areas are the programme's; everything here follows `OpenPlace`. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { aggregate } from '../kernel/aggregate.js';
import { isRetired } from '../agency/state.js';
import { refuse, type Context } from '../kernel/types.js';
import { part } from '../kernel/parts.js';
import { command, emit, events } from './events.js';
import { enrolled, listed, live, onlyChair, withdrawn } from './rules.js';
import type { PlaceState } from './state.js';
import { themeCommands } from './themes.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { DateOn, Id, PersonAccount, Prose, ref } from '../shared/values.js';

/** A champion holds no voting seat at the place's table (domain.md 6), and the department named is one. */
function championRefusal(d: { accountId: string; departmentId?: string | undefined }, ctx: Context) {
  const { seats, delegations } = ctx.read('collaborative', ctx.recordId).state;
  if (
    Object.values(seats).some(
      (x) => x.account === d.accountId && x.kind === 'voting' && x.status !== 'vacated',
    )
  )
    return refuse(
      'SOD_CONFLICT',
      'This person has a voting seat in the place’s collaborative. A champion opens doors and does not vote.',
      '/accountId',
    );
  if (delegations.some((x) => x.to === d.accountId && ctx.today <= x.endOn))
    return refuse(
      'SOD_CONFLICT',
      'This person is the delegate of a seat-holder of the place. A champion does not vote, for another neither. End the delegation first.',
      '/accountId',
    );
  return d.departmentId && ctx.read('agency', d.departmentId).state.sector !== 'department'
    ? refuse(
        'NOT_A_DEPARTMENT',
        'There is no department with this id. Register it first, or leave it out.',
        '/departmentId',
      )
    : undefined;
}

const commands = {
  OpenPlace: command(z.strictObject({ programmeId: Id }), {
    title: 'Open a place',
    givenBy: ['system'],
    refuses: { PLACE_WITHDRAWN: 'state', PLACE_ID_TAKEN: 'state' },
    example: { programmeId: 'total-place' },
    // Two programmes may have enrolled one id at once: here it is decided whose the place is.
    decide(s, d, ctx) {
      if (s.status !== 'none')
        return s.programmeId === d.programmeId
          ? []
          : refuse('PLACE_ID_TAKEN', `This place is the programme ${s.programmeId}’s.`);
      const found = part(ctx.read('programme', d.programmeId).state.places, ctx.recordId);
      if (found?.status !== 'enrolled')
        return refuse('PLACE_WITHDRAWN', 'This place is not enrolled in the programme.');
      return [emit('PlaceOpened', { programmeId: d.programmeId, kind: found.kind, name: found.name })];
    },
  }),
  /** The kind is the programme's; what is due here follows from it: a pilot is owed a champion. */
  NoteKind: command(z.strictObject({ programmeId: Id, kind: z.enum(['pilot', 'parallel']) }), {
    title: 'Note that a place’s kind has changed',
    givenBy: ['system'],
    allowedIn: live,
    refuses: withdrawn,
    example: { programmeId: 'total-place', kind: 'pilot' },
    decide: (s, d, ctx) =>
      withdrawnRefusal(ctx, ctx.recordId) ??
      (s.programmeId === d.programmeId && enrolled(s, ctx).kind === d.kind
        ? [
            emit('PlaceKindNoted', {
              programmeId: s.programmeId,
              kind: d.kind,
              hasChampion: s.champion !== undefined,
            }),
          ]
        : []),
  }),
  RecordPopulation: command(
    z.strictObject({
      value: z.int({ error: 'Enter a population' }).min(1, 'Population must be more than 0'),
      referenceOn: DateOn,
      source: Prose(300),
    }),
    {
      title: 'Record a place’s population',
      segment: 'population',
      givenBy: ['secretariat', 'programme-office'],
      allowedIn: live,
      replaces: (s, d) => s.population !== undefined && !isDeepStrictEqual(s.population, d),
      refuses: { ...withdrawn, REFERENCE_DATE_IN_FUTURE: 'rule' },
      example: { value: 508500, referenceOn: '2008-06-30', source: 'ONS mid-2008 estimates' },
      decide(s, d, ctx) {
        const no = withdrawnRefusal(ctx, ctx.recordId);
        if (no) return no;
        if (d.referenceOn > ctx.today)
          return refuse(
            'REFERENCE_DATE_IN_FUTURE',
            'The reference date must be today or earlier.',
            '/referenceOn',
          );
        return isDeepStrictEqual(s.population, d) ? [] : [emit('PopulationRecorded', d)];
      },
    },
  ),
  NominateAccountableBody: command(z.strictObject({ agencyId: Id }), {
    title: 'Nominate the accountable body',
    segment: 'accountable-body',
    givenBy: ['secretariat', 'programme-office'],
    allowedIn: live,
    replaces: (s, d) => ![undefined, d.agencyId].includes(s.accountableBodyId),
    refuses: { ...withdrawn, AGENCY_UNKNOWN: 'rule', AGENCY_RETIRED: 'rule' },
    example: { agencyId: 'durham-county-council' },
    decide(s, d, ctx) {
      const agency = ctx.read('agency', d.agencyId).state;
      const no = withdrawnRefusal(ctx, ctx.recordId);
      if (no) return no;
      if (agency.status === 'none')
        return refuse('AGENCY_UNKNOWN', 'There is no such agency. Register it first.', '/agencyId');
      if (isRetired(agency, ctx.today))
        return refuse('AGENCY_RETIRED', 'This agency is retired. Nominate its successor.', '/agencyId');
      return s.accountableBodyId === d.agencyId ? [] : [emit('AccountableBodyNominated', d)];
    },
  }),
  NominateLeadContact: command(z.strictObject({ accountId: PersonAccount }), {
    title: 'Nominate the lead contact',
    segment: 'lead-contact',
    givenBy: ['secretariat', 'programme-office'],
    allowedIn: live,
    replaces: (s, d) => ![undefined, d.accountId].includes(s.leadContact),
    refuses: withdrawn,
    example: { accountId: 'post.lead.suffolk' },
    decide: (s, d, ctx) =>
      withdrawnRefusal(ctx, ctx.recordId) ??
      (s.leadContact === d.accountId ? [] : [emit('LeadContactNominated', d)]),
  }),
  AssignChampion: command(
    z.strictObject({ accountId: PersonAccount, departmentId: Id.optional(), from: DateOn }),
    {
      title: 'Assign a champion',
      segment: 'champions',
      givenBy: ['programme-office'],
      allowedIn: live,
      refuses: { ...withdrawn, CHAMPION_EXISTS: 'state', SOD_CONFLICT: 'who', NOT_A_DEPARTMENT: 'rule' },
      example: { accountId: 'chris-wormald', departmentId: 'cabinet-office', from: '2009-06-15' },
      decide: (s, d, ctx) =>
        withdrawnRefusal(ctx, ctx.recordId) ??
        (s.champion
          ? refuse('CHAMPION_EXISTS', 'The place has a champion. End that first.', '/accountId')
          : (championRefusal(d, ctx) ?? [emit('ChampionAssigned', d)])),
    },
  ),
  EndChampion: command(z.strictObject({ reason: Prose() }), {
    title: 'End a championship',
    segment: 'champion-ends',
    givenBy: ['programme-office'],
    allowedIn: live,
    refuses: withdrawn,
    example: { reason: 'Moves to another department' },
    decide: (s, d, ctx) =>
      withdrawnRefusal(ctx, ctx.recordId) ??
      (s.champion
        ? [
            emit('ChampionEnded', {
              accountId: s.champion.accountId,
              reason: d.reason,
              programmeId: s.programmeId,
              kind: enrolled(s, ctx).kind,
            }),
          ]
        : []),
  }),
  ...themeCommands,
  ActivatePlace: command(z.strictObject({}), {
    title: 'Activate a place',
    segment: 'activation',
    givenBy: ['chair', 'secretariat', 'programme-office'],
    allowedIn: ['opened'],
    refuses: {
      ...withdrawn,
      PLACE_NOT_READY: 'rule',
      NOT_A_SEAT_HOLDER: 'who',
      ONLY_THE_CHAIR_CONFIRMS: 'who',
    },
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
              ctx.read('collaborative', ctx.recordId).state.status === 'active'
                ? ''
                : 'an active collaborative',
              s.champion ? '' : 'a champion',
              Object.values(s.themes).some((t) => t.status === 'confirmed') ? '' : 'a confirmed theme',
            ]
          : [s.leadContact ? '' : 'a lead contact']),
      ].filter(Boolean);
      return missing.length > 0
        ? refuse('PLACE_NOT_READY', `The place still needs ${missing.join(', ')}.`)
        : [emit('PlaceActivated', {})];
    },
  }),
  CloseOut: command(
    z.strictObject({
      handover: Prose(5000),
      lessonIds: z.array(Id).max(100),
      commitments: z.array(ref('commitment')).max(500),
    }),
    {
      title: 'Close a place out',
      segment: 'closing',
      givenBy: ['chair', 'secretariat', 'programme-office'],
      allowedIn: ['active'],
      refuses: {
        ...withdrawn,
        OPEN_COMMITMENTS: 'rule',
        COMMITMENT_UNKNOWN: 'rule',
        NOT_A_SEAT_HOLDER: 'who',
        ONLY_THE_CHAIR_CONFIRMS: 'who',
      },
      example: {
        handover: 'Everything goes on under the local strategic partnership',
        lessonIds: [],
        commitments: ['one-assessment'],
      },
      decide(s, d, ctx) {
        const no = withdrawnRefusal(ctx, ctx.recordId) ?? onlyChair(s, ctx) ?? seatRefusal(ctx, ctx.recordId);
        if (no) return no;
        const live = ctx.views.liveCommitments(ctx.recordId).map((c) => c.id);
        const unknown = d.commitments.find(
          (id) => ctx.named('commitment', id).version === 0 || !live.includes(id),
        );
        if (unknown)
          return refuse(
            'COMMITMENT_UNKNOWN',
            `This place has no commitment ${unknown} that is still to be kept.`,
            '/commitments',
          );
        const open = live.filter((id) => !d.commitments.includes(id));
        return open.length > 0
          ? refuse(
              'OPEN_COMMITMENTS',
              `Commitments are still to be kept: ${listed(open, ctx)}. Complete, withdraw or hand them on, or name them as continuing.`,
              '/commitments',
            )
          : [emit('PlaceClosedOut', d)];
      },
    },
  ),
};

export const place = aggregate<PlaceState>()({
  name: 'place',
  collection: 'places',
  initial: () => ({ status: 'none', programmeId: '', themes: {} }),
  title: () => 'Place profile',
  events,
  commands,
  disclosure: 'never',
});
