/**
 * Barrier (docs/rules/barrier.md): what stops a better service, whose it is, what they answer, and whether it
 * went away.
 */
import { z } from 'zod';
import { isWider } from '../shared/access.js';
import { aggregate } from '../kernel/aggregate.js';
import { isRetired } from '../agency/state.js';
import { aboutOwnPlace } from '../shared/about.js';
import { yearsLater } from '../shared/calendar.js';
import { refuse } from '../kernel/types.js';
import { isEnrolled, isPartner, seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { isUnknown } from '../kernel/record-ref.js';
import { DateOn, Prose, ref, idOf, NewPartId, Reason } from '../shared/values.js';
import { Kind, Locus, fits, inWork, initial, isInWork, live, present, type BarrierState } from './state.js';
import { deedCommands } from './deeds.js';
import { command, emit, events } from './events.js';
import { costCommands } from './costs.js';
import { escalationCommands } from './escalation.js';
import { ownerCommands } from './owners.js';
import { answerCommands } from './answering.js';
import { handlerCommands } from './handlers.js';
import { placeCommands } from './places.js';
import { removalCommands } from './removal.js';
import { atPlace, has, office, ownersActApart, seated, seatedHere } from './rules.js';
import { part } from '../kernel/parts.js';
import { agencyRetired, noSuchAgency } from '../shared/wording.js';
import * as wording from './wording.js';
import { atMost, daysFor } from './limits.js';

const AskData = z.strictObject({
  askId: NewPartId,
  remedy: Prose('name').meta({ label: 'Remedy' }),
  detail: Prose().meta({ label: 'What we ask for' }),
  dueOn: DateOn.meta({ label: 'By when' }),
});
const MergeIntoData = z.strictObject({
  barrierId: ref('barrier').meta({ label: 'Earlier barrier that says the same' }),
  reason: Reason,
});
const ReopenData = z.strictObject({
  placeId: idOf('place').meta({ label: 'Your place' }),
  evidence: Prose().meta({ label: 'New evidence' }),
});
const CloseData = z.strictObject({
  as: z.literal('not-a-barrier').meta({
    field: 'choice',
    labels: { 'not-a-barrier': 'It is not a barrier' },
    label: 'Why it is closed',
  }),
  reason: Reason,
});

const commands = {
  RecordBarrier: command(
    z.strictObject({
      placeId: idOf('place').meta({ label: 'Place' }),
      kind: Kind.meta({ label: 'What kind of barrier it is' }),
      statement: Prose('paragraph').meta({ label: 'What stands in the way' }),
      effectOnResidents: Prose('paragraph').meta({ label: 'What it does to residents' }),
    }),
    {
      title: 'Record a barrier',
      creates: true,
      givenBy: ['seat-holder', 'chair', 'secretariat', 'contributor'],
      refuses: seated,
      example: {
        placeId: 'durham',
        kind: 'guidance',
        statement: 'Three assessments are asked for by three rules',
        effectOnResidents: 'Families tell their story three times',
      },
      guard: (_s, context) =>
        withdrawnRefusal(context, context.actor.place) ?? seatRefusal(context, context.actor.place),
      decide: (_s, data, context) => [
        emit('BarrierRecorded', {
          ...data,
          programmeId: context.read('place', data.placeId).state.programmeId,
          triageDueOn: context.ref.workingDays.add(context.today, daysFor.triage),
        }),
      ],
    },
  ),
  Triage: command(
    z.strictObject({ locus: Locus.meta({ label: 'Who must act', from: '/locus' }), reason: Reason }),
    {
      title: 'Decide whose a barrier is',
      segment: 'triage',
      givenBy: office,
      allowedIn: ['raised', 'triaged'],
      replaces: (state, data) => ![undefined, data.locus].includes(state.locus),
      refuses: seated,
      example: { locus: 'whitehall', reason: 'The rule is a department’s' },
      guard: seatedHere,
      decide(state, data) {
        if (state.locus === data.locus) return [];
        const struck = Object.values(state.owners).filter(
          (owner) => data.locus !== 'joint' && (owner.kind === 'department') !== (data.locus === 'whitehall'),
        );
        const { placeId, programmeId, kind, statement, effectOnResidents } = state;
        return [
          emit('BarrierTriaged', {
            ...data,
            ...(state.locus ? { from: state.locus } : {}),
            placeId,
            programmeId,
            kind,
            statement,
            effectOnResidents,
            struck: struck.map((owner) => owner.agencyId),
            asks: Object.entries(state.asks).map(([askId, a]) => ({ askId, ...a })),
          }),
        ];
      },
    },
  ),
  ProposeOwner: command(
    z.strictObject({
      agencyIds: z
        .array(idOf('agency'))
        .min(1, 'Enter an agency')
        .max(atMost.owners)
        .meta({ label: 'Who should own it' }),
    }),
    {
      title: 'Propose who owns a barrier',
      segment: 'owners',
      givenBy: office,
      allowedIn: ['triaged'],
      refuses: {
        ...seated,
        AGENCY_UNKNOWN: 'rule',
        AGENCY_RETIRED: 'rule',
        OWNER_DOES_NOT_FIT_LOCUS: 'rule',
      },
      example: { agencyIds: ['dwp'] },
      guard: seatedHere,
      decide(state, data, context) {
        const seats = context.read('collaborative', state.placeId).state;
        const now = live(state);
        const fresh: { agencyId: string; kind: 'department' | 'partner' }[] = [];
        for (const agencyId of new Set(data.agencyIds)) {
          if (now.some((owner) => owner.agencyId === agencyId)) continue;
          const owner = context.read('agency', agencyId).state;
          const { status, sector } = owner;
          if (status === 'none') return refuse('AGENCY_UNKNOWN', noSuchAgency(agencyId), '/agencyIds');
          if (isRetired(owner, context.today))
            return refuse('AGENCY_RETIRED', agencyRetired(agencyId), '/agencyIds');
          if (sector !== 'department' && !isPartner(seats, agencyId))
            return refuse(
              'OWNER_DOES_NOT_FIT_LOCUS',
              wording.neitherDepartmentNorPartner(agencyId),
              '/agencyIds',
            );
          fresh.push({ agencyId, kind: sector === 'department' ? 'department' : 'partner' });
        }
        if (
          !fits(
            state.locus,
            [...now, ...fresh].map((owner) => owner.kind),
          )
        ) {
          return refuse('OWNER_DOES_NOT_FIT_LOCUS', wording.ownersFitLocus, '/agencyIds');
        }
        const wd = context.ref.workingDays;
        return fresh.map((owner) =>
          emit('OwnerProposed', {
            ...owner,
            placeId: state.placeId,
            acceptanceDueOn: wd.add(context.today, daysFor.acceptance),
            answerDueOn: wd.add(context.today, daysFor.answer),
          }),
        );
      },
    },
  ),
  Ask: command(AskData, {
    title: 'Ask for a remedy',
    segment: 'asks',
    givenBy: office,
    allowedIn: inWork,
    refuses: { ...seated, ASK_EXISTS: 'state', DUE_IN_PAST: 'rule' },
    example: {
      askId: 'one-form',
      remedy: 'One assessment',
      detail: 'Accept the common assessment in place of the other two',
      dueOn: '2010-01-29',
    },
    guard: seatedHere,
    decide(state, data, context) {
      if (part(state.asks, data.askId))
        return refuse('ASK_EXISTS', 'There is an ask with this id. Choose another.', '/askId');
      return data.dueOn < context.today
        ? refuse('DUE_IN_PAST', 'The date must be today or later.', '/dueOn')
        : [emit('RemedyAsked', data)];
    },
  }),
  ...ownerCommands,
  ...handlerCommands,
  ...answerCommands,
  ...costCommands,
  ...placeCommands,
  ...escalationCommands,
  ...removalCommands,
  ...deedCommands,
  MergeInto: command(MergeIntoData, {
    title: 'Merge a barrier into an earlier one',
    segment: 'merger',
    givenBy: office,
    allowedIn: ['raised', 'triaged', 'owned'],
    apart: ownersActApart,
    refuses: { ...seated, BARRIER_UNKNOWN: 'rule', CANNOT_MERGE: 'rule' },
    example: { barrierId: 'one-assessment', reason: 'The same rule' },
    guard: seatedHere,
    decide(state, data, context) {
      const other = context.named('barrier', data.barrierId);
      if (isUnknown(other, state.placeId, context))
        return refuse('BARRIER_UNKNOWN', `There is no barrier ${data.barrierId}.`, '/barrierId');
      if (other.state.recordedAt >= state.recordedAt)
        return refuse('CANNOT_MERGE', wording.otherRecordedLater, '/barrierId');
      if (!isInWork(other.state))
        return refuse('CANNOT_MERGE', wording.otherNotWorkedOn(other.state.status), '/barrierId');
      if (!isEnrolled(context, other.state.placeId))
        return refuse('CANNOT_MERGE', wording.otherPlaceLeft, '/barrierId');
      // Whoever reads or joined this one must be able to follow it to where it goes.
      if (isWider(context.read('barrier', context.recordId).access.tier, other.access.tier))
        return refuse('CANNOT_MERGE', wording.otherNotAsOpen, '/barrierId');
      return [
        emit('BarrierMerged', {
          into: data.barrierId,
          joined: Object.keys(state.joined),
          reason: data.reason,
        }),
      ];
    },
  }),
  Reopen: command(ReopenData, {
    title: 'Reopen a barrier with new evidence',
    segment: 'reopening',
    givenBy: office,
    target: atPlace,
    allowedIn: ['removed', 'refused'],
    refuses: { ...seated, NOT_JOINED: 'who', REOPEN_TOO_LATE: 'rule' },
    example: { placeId: 'durham', evidence: 'The condition is back in the new grant letter' },
    part: aboutOwnPlace,
    guard(state, context, placeId) {
      const no = withdrawnRefusal(context, placeId) ?? seatRefusal(context, placeId);
      if (no) return no;
      if (!has(state, placeId))
        return refuse('NOT_JOINED', 'Only places that have joined the barrier can reopen it.', '/placeId');
      return context.today > yearsLater(state.endedOn, 2)
        ? refuse('REOPEN_TOO_LATE', 'A barrier can be reopened within two years. Record a new one.')
        : undefined;
    },
    decide: (_s, data) => [emit('BarrierReopened', data)],
  }),
  Close: command(CloseData, {
    title: 'Close what proved not to be a barrier',
    segment: 'closure',
    givenBy: office,
    allowedIn: ['raised', 'triaged', 'owned'],
    apart: ownersActApart,
    refuses: seated,
    example: { as: 'not-a-barrier', reason: 'The guidance allows it' },
    guard: seatedHere,
    decide: (_s, data) => [emit('BarrierClosed', data)],
  }),
};

export const barrier = aggregate<BarrierState>()({
  name: 'barrier',
  collection: 'barriers',
  initial,
  present,
  title: (state) => state.statement,
  events,
  commands,
  correctable: {
    fields: { statement: Prose('paragraph'), effectOnResidents: Prose('paragraph') },
    labels: { statement: 'What stands in the way', effectOnResidents: 'What it does to residents' },
    givenBy: ['secretariat'],
  },
});
