/**
 * Place (docs/rules/place.md). Its name, kind and areas are the programme's; everything here follows
 * `OpenPlace`.
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { aggregate } from '../kernel/aggregate.js';
import { isRetired } from '../agency/state.js';
import { nameOf } from '../kernel/naming.js';
import { refuse, type Context } from '../kernel/types.js';
import { part } from '../kernel/parts.js';
import { command, emit, events } from './events.js';
import { enrolled, listed, live, onlyChair, withdrawn } from './rules.js';
import type { PlaceState } from './state.js';
import { themeCommands } from './themes.js';
import { whole } from '../shared/fields.js';
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { DateOn, Id, PersonAccount, Prose, ref, idOf, Reason } from '../shared/values.js';
import { placeNotEnrolled } from '../shared/wording.js';
import * as wording from './wording.js';
import { atMost } from './limits.js';

/**
 * A champion holds no voting seat at the place's table (docs/rules/place.md#champion), and the department
 * named is one.
 */
function championRefusal(data: { account: string; departmentId?: string | undefined }, context: Context) {
  const { seats, delegations } = context.read('collaborative', context.recordId).state;
  if (
    Object.values(seats).some(
      (x) => x.account === data.account && x.kind === 'voting' && x.status !== 'vacated',
    )
  )
    return refuse('SOD_CONFLICT', wording.championVotes, '/account');
  if (delegations.some((x) => x.to === data.account && context.today <= x.endOn))
    return refuse('SOD_CONFLICT', wording.championIsDelegate, '/account');
  return data.departmentId && context.read('agency', data.departmentId).state.sector !== 'department'
    ? refuse('NOT_A_DEPARTMENT', wording.noSuchDepartment, '/departmentId')
    : undefined;
}

const NominateAccountableBodyData = z.strictObject({
  agencyId: idOf('agency').meta({ label: 'Accountable body', from: '/accountableBodyId' }),
});
const withdrawnHere = (_s: PlaceState, context: Context) => withdrawnRefusal(context, context.recordId);
/** What the place's chair says, where it has one. */
const chairsWord = (state: PlaceState, context: Context) =>
  withdrawnHere(state, context) ?? onlyChair(state, context) ?? seatRefusal(context, context.recordId);

const commands = {
  OpenPlace: command(z.strictObject({ programmeId: Id }), {
    title: 'Open a place',
    givenBy: ['system'],
    refuses: { PLACE_WITHDRAWN: 'state', PLACE_ID_TAKEN: 'state' },
    example: { programmeId: 'total-place' },
    // Two programmes may have enrolled one id at once: here it is decided whose the place is.
    decide(state, data, context) {
      if (state.status !== 'none')
        return state.programmeId === data.programmeId
          ? []
          : refuse(
              'PLACE_ID_TAKEN',
              `This place is the programme ${nameOf.record(`programme-${state.programmeId}`)}’s.`,
            );
      const found = part(context.read('programme', data.programmeId).state.places, context.recordId);
      if (found?.status !== 'enrolled') return refuse('PLACE_WITHDRAWN', placeNotEnrolled);
      return [emit('PlaceOpened', { programmeId: data.programmeId, kind: found.kind, name: found.name })];
    },
  }),
  /** The kind is the programme's; what is due here follows from it: a pilot is owed a champion. */
  NoteKind: command(z.strictObject({ programmeId: Id, kind: z.enum(['pilot', 'parallel']) }), {
    title: 'Note that a place’s kind has changed',
    givenBy: ['system'],
    allowedIn: live,
    refuses: withdrawn,
    example: { programmeId: 'total-place', kind: 'pilot' },
    decide: (state, data, context) =>
      withdrawnRefusal(context, context.recordId) ??
      (state.programmeId === data.programmeId && enrolled(state, context).kind === data.kind
        ? [
            emit('PlaceKindNoted', {
              programmeId: state.programmeId,
              kind: data.kind,
              hasChampion: state.champion !== undefined,
            }),
          ]
        : []),
  }),
  RecordPopulation: command(
    z.strictObject({
      value: whole('Enter a population')
        .min(1, 'Population must be more than 0')
        .meta({ label: 'Population', from: '/population' }),
      referenceOn: DateOn.meta({ label: 'Date for which it was counted', from: '/populationOn' }),
      source: Prose('title').meta({ label: 'Source', from: '/populationSource' }),
    }),
    {
      title: 'Record a place’s population',
      segment: 'population',
      givenBy: ['secretariat', 'programme-office'],
      allowedIn: live,
      replaces: (state, data) => state.population !== undefined && !isDeepStrictEqual(state.population, data),
      refuses: { ...withdrawn, REFERENCE_DATE_IN_FUTURE: 'rule' },
      example: { value: 508500, referenceOn: '2008-06-30', source: 'ONS mid-2008 estimates' },
      guard: withdrawnHere,
      decide(state, data, context) {
        if (data.referenceOn > context.today)
          return refuse(
            'REFERENCE_DATE_IN_FUTURE',
            'The reference date must be today or earlier.',
            '/referenceOn',
          );
        return isDeepStrictEqual(state.population, data) ? [] : [emit('PopulationRecorded', data)];
      },
    },
  ),
  NominateAccountableBody: command(NominateAccountableBodyData, {
    title: 'Nominate the accountable body',
    segment: 'accountable-body',
    givenBy: ['secretariat', 'programme-office'],
    allowedIn: live,
    replaces: (state, data) => ![undefined, data.agencyId].includes(state.accountableBodyId),
    refuses: { ...withdrawn, AGENCY_UNKNOWN: 'rule', AGENCY_RETIRED: 'rule' },
    example: { agencyId: 'durham-county-council' },
    guard: withdrawnHere,
    decide(state, data, context) {
      const agency = context.read('agency', data.agencyId).state;
      if (agency.status === 'none')
        return refuse('AGENCY_UNKNOWN', 'There is no such agency. Register it first.', '/agencyId');
      if (isRetired(agency, context.today))
        return refuse('AGENCY_RETIRED', 'This agency is retired. Nominate its successor.', '/agencyId');
      return state.accountableBodyId === data.agencyId ? [] : [emit('AccountableBodyNominated', data)];
    },
  }),
  NominateLeadContact: command(z.strictObject({ account: PersonAccount.meta({ label: 'Lead contact' }) }), {
    title: 'Nominate the lead contact',
    segment: 'lead-contact',
    renamed: { accountId: 'account' },
    givenBy: ['secretariat', 'programme-office'],
    allowedIn: live,
    replaces: (state, data) => ![undefined, data.account].includes(state.leadContact),
    refuses: withdrawn,
    example: { account: 'post.lead.suffolk' },
    guard: withdrawnHere,
    decide: (state, data) =>
      state.leadContact === data.account ? [] : [emit('LeadContactNominated', { accountId: data.account })],
  }),
  AssignChampion: command(
    z.strictObject({
      account: PersonAccount.meta({ label: 'Champion' }),
      departmentId: idOf('agency').optional().meta({ label: 'Department of the champion' }),
      from: DateOn.meta({ label: 'From which day' }),
    }),
    {
      title: 'Assign a champion',
      segment: 'champions',
      renamed: { accountId: 'account' },
      givenBy: ['programme-office'],
      allowedIn: live,
      refuses: {
        ...withdrawn,
        CHAMPION_EXISTS: 'state',
        SOD_CONFLICT: 'who of account',
        NOT_A_DEPARTMENT: 'rule',
      },
      example: { account: 'chris-wormald', departmentId: 'cabinet-office', from: '2009-06-15' },
      guard: (state, context) =>
        withdrawnHere(state, context) ??
        (state.champion ? refuse('CHAMPION_EXISTS', 'The place has a champion. End that first.') : undefined),
      decide(_s, data, context) {
        const { account, ...champion } = data;
        return (
          championRefusal(data, context) ?? [emit('ChampionAssigned', { ...champion, accountId: account })]
        );
      },
    },
  ),
  EndChampion: command(z.strictObject({ reason: Reason }), {
    title: 'End a championship',
    segment: 'champion-ends',
    givenBy: ['programme-office'],
    allowedIn: live,
    refuses: withdrawn,
    example: { reason: 'Moves to another department' },
    guard: withdrawnHere,
    decide: (state, data, context) =>
      state.champion
        ? [
            emit('ChampionEnded', {
              accountId: state.champion.accountId,
              reason: data.reason,
              programmeId: state.programmeId,
              kind: enrolled(state, context).kind,
            }),
          ]
        : [],
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
    guard(state, context) {
      const no = chairsWord(state, context);
      if (no) return no;
      const { kind, areas } = enrolled(state, context);
      const hasArea = areas.some((a) => a.from <= context.today && (!a.to || context.today <= a.to));
      const hasTheme = Object.values(state.themes).some((t) => t.status === 'confirmed');
      const needed: [name: string, there: boolean][] =
        kind === 'pilot'
          ? [
              ['an area', hasArea],
              ['an accountable body', state.accountableBodyId !== undefined],
              [
                'an active collaborative',
                context.read('collaborative', context.recordId).state.status === 'active',
              ],
              ['a champion', state.champion !== undefined],
              ['a confirmed theme', hasTheme],
            ]
          : [
              ['an area', hasArea],
              ['a lead contact', state.leadContact !== undefined],
            ];
      const missing = needed.filter(([, there]) => !there).map(([name]) => name);
      return missing.length > 0
        ? refuse('PLACE_NOT_READY', `The place still needs ${missing.join(', ')}.`)
        : undefined;
    },
    decide: () => [emit('PlaceActivated', {})],
  }),
  CloseOut: command(
    z.strictObject({
      handover: Prose('report').meta({ label: 'What is handed over, and to whom' }),
      lessonIds: z
        .array(Id.meta({ field: 'line', label: 'Lesson' }))
        .max(atMost.lessons)
        .meta({ label: 'Lessons', hint: 'The short name of each lesson, one on each line.' }),
      commitments: z.array(ref('commitment')).max(atMost.commitments).meta({
        label: 'Commitments that go on',
        hint: 'All commitments that are still open must be named.',
      }),
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
      guard: chairsWord,
      decide(_s, data, context) {
        const live = context.views.liveCommitments(context.recordId).map((c) => c.id);
        const unknown = data.commitments.find(
          (id) => context.named('commitment', id).version === 0 || !live.includes(id),
        );
        if (unknown) return refuse('COMMITMENT_UNKNOWN', wording.noCommitmentToKeep(unknown), '/commitments');
        const open = live.filter((id) => !data.commitments.includes(id));
        return open.length > 0
          ? refuse('OPEN_COMMITMENTS', wording.commitmentsOpen(listed(open, context)), '/commitments')
          : [emit('PlaceClosedOut', data)];
      },
    },
  ),
};

export const place = aggregate<PlaceState>()({
  name: 'place',
  collection: 'places',
  initial: () => ({ status: 'none', programmeId: '', themes: {} }),
  title: (_, { id, nameOfPlace }) => nameOfPlace(id),
  events,
  commands,
  disclosure: 'never',
});
