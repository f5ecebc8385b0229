/**
 * Events of a barrier (docs/rules/barrier.md). What it costs an agency is private until that agency opens it.
 */
import { z } from 'zod';
import { decides, kit, textKey } from '../kernel/aggregate.js';
import { forgets, restates, sets, type SetValue } from '../kernel/set-value.js';
import { answerEvents } from './answer-events.js';
import { answerDue, owner, ownership, promisedFor } from './owner-values.js';
import {
  Kind,
  Locus,
  OfOwner,
  OfPlace,
  OwnerKind,
  Status,
  beforeRung,
  ownerOwes,
  theBarrier,
  heldTo,
  present,
  rungsAbove,
  type BarrierState,
} from './state.js';
import { nameOf } from '../kernel/naming.js';
import { changed, drop, put, existing } from '../kernel/parts.js';
import { DateOn, Id, Pence, PartId, Prose, longDate, pounds } from '../shared/values.js';
import { naming } from '../kernel/links.js';
import type { Meta } from '../kernel/types.js';

const { event } = kit<BarrierState>();
const carriedBy = naming('carried-by', 'commitment');
const Described = z.strictObject({
  placeId: Id,
  programmeId: Id,
  kind: Kind,
  statement: Prose('paragraph'),
  effectOnResidents: Prose('paragraph'),
});
const Asked = z.strictObject({ askId: PartId, remedy: Prose('name'), detail: Prose(), dueOn: DateOn });
const Cost = z.strictObject({ agencyId: Id, pence: Pence, evidence: Prose() });

const loci: Record<z.infer<typeof Locus>, string> = {
  whitehall: 'Whitehall',
  joint: 'Whitehall and the place together',
  local: 'the place itself',
};
const describedSet = ({ statement, effectOnResidents }: z.infer<typeof Described>): SetValue[] => [
  sets(textKey('statement'), 'What stands in the way', statement),
  sets(textKey('effectOnResidents'), 'What it does to residents', effectOnResidents),
];
const costSet = ({ agencyId, pence }: z.infer<typeof Cost>): SetValue =>
  sets(`cost.${agencyId}`, `Cost to ${nameOf.agency(agencyId)}`, pounds(pence));

const deed = (
  data: { agencyId: string; kind: z.infer<typeof OwnerKind> },
  place: string,
  on: string,
  meta: Pick<Meta, 'recordId'>,
) =>
  ({
    open: 'deed',
    key: data.agencyId,
    place,
    owedBy: ownerOwes(data),
    deed: `Remove ${theBarrier(meta)}`,
    on,
  }) as const;

/** Nothing waits before any rung for this owner any more. */
const closeRungs = (agencyId: string) =>
  rungsAbove.map((r) => ({ close: 'rung' as const, key: beforeRung(agencyId, r) }));

/** The answer that an owner is held to: it has given one. */
const answerOf = (state: BarrierState, agencyId: string) =>
  existing(heldTo(changed(state.owners, agencyId)), 'answer of the owner');

export const events = {
  BarrierRecorded: event(Described.extend({ triageDueOn: DateOn }), {
    evolve(state, { triageDueOn: _, ...d }, event) {
      Object.assign(state, d, { status: 'raised', recordedAt: event.recordedAt });
      put(state.joined, d.placeId, { since: event.today });
    },
    describe: (data) => `recorded a barrier (${data.kind}): ${data.statement}`,
    sets: describedSet,
    access: (data) => ({ tier: 'members', placeId: data.placeId, programmeId: data.programmeId }),
    due: (data, meta) => [
      {
        open: 'triage',
        key: 'triage',
        place: data.placeId,
        owedBy: [{ kind: 'place', id: data.placeId }],
        deed: `Decide whose ${theBarrier(meta)} is`,
        on: data.triageDueOn,
      },
    ],
  }),
  BarrierCosted: event(Cost.extend({ consent: z.boolean() }), {
    evolve(state, data) {
      put(state.costs, data.agencyId, {
        pence: data.pence,
        evidence: data.evidence,
        consented: data.consent,
      });
    },
    describe: (data) =>
      `put the cost of the barrier to ${nameOf.agency(data.agencyId)} at ${pounds(data.pence)}`,
    sets: (data) => [costSet(data)],
    private: (data) => !data.consent,
    disclosesFigures: (data) => data.consent,
  }),
  BarrierCostDisclosed: event(Cost, {
    evolve(state, data) {
      changed(state.costs, data.agencyId).consented = true;
    },
    describe: (data) =>
      `opened what the barrier costs ${nameOf.agency(data.agencyId)}: ${pounds(data.pence)}`,
    sets: (data) => [restates(costSet(data))],
    disclosesFigures: true,
  }),
  // What was written to be read stands in it again: the record is opened from here on
  // (docs/rules/barrier.md#recording-and-triage).
  BarrierTriaged: event(
    Described.extend({
      locus: Locus,
      from: Locus.optional(),
      reason: Prose(),
      struck: z.array(Id),
      asks: z.array(Asked),
    }),
    {
      evolve(state, data) {
        state.status = 'triaged';
        state.locus = data.locus;
        for (const id of data.struck) drop(state.owners, id);
      },
      completes: ['triage'],
      describe: (data) => `triaged the barrier as ${data.locus}: ${data.reason}`,
      sets: (data) => [
        ...describedSet(data).map(restates),
        sets('locus', 'Who must act', loci[data.locus]),
        ...data.struck.map((id) => forgets(owner(id))),
      ],
      access: (data) => (data.locus === 'local' ? {} : { tier: 'programme' }),
      due: (data) => [
        { close: 'triage' },
        ...data.struck.flatMap((id) => [
          { close: '*' as const, owedBy: id },
          { close: 'evidence' as const, key: id },
          ...closeRungs(id),
        ]),
      ],
    },
  ),
  OwnerProposed: event(OfOwner.extend({ kind: OwnerKind, acceptanceDueOn: DateOn, answerDueOn: DateOn }), {
    evolve(state, data, event) {
      put(state.owners, data.agencyId, {
        agencyId: data.agencyId,
        kind: data.kind,
        proposedOn: event.today,
        dueOn: data.answerDueOn,
        answerDueOn: data.answerDueOn,
        evidenceAsked: 0,
        rung: 'owner',
      });
    },
    describe: (data) =>
      `proposed ${nameOf.agency(data.agencyId)} as owner, to answer by ${longDate(data.answerDueOn)}`,
    sets: (data) => [
      forgets(owner(data.agencyId)),
      ownership(data.agencyId, 'proposed'),
      answerDue(data.agencyId, data.answerDueOn),
    ],
    due: (data, meta) => [
      ...closeRungs(data.agencyId),
      {
        open: 'ownership',
        key: data.agencyId,
        place: data.placeId,
        owedBy: ownerOwes(data),
        deed: `Accept or decline to own ${theBarrier(meta)}`,
        on: data.acceptanceDueOn,
      },
      {
        open: 'answer',
        key: data.agencyId,
        place: data.placeId,
        owedBy: ownerOwes(data),
        deed: `Answer ${theBarrier(meta)}`,
        on: data.answerDueOn,
      },
    ],
  }),
  OwnershipAccepted: event(OfOwner.extend({ next: Status }), {
    evolve(state, data, event) {
      changed(state.owners, data.agencyId).acceptedOn = event.today;
      state.status = data.next;
    },
    act: (data) => data.agencyId,
    completes: ['ownership'],
    describe: (data) => `accepted to own the barrier for ${nameOf.agency(data.agencyId)}`,
    sets: (data) => [ownership(data.agencyId, 'accepted')],
    due: (data) => [{ close: 'ownership', key: data.agencyId }],
  }),
  OwnershipDeclined: event(OfOwner.extend({ reason: Prose(), suggests: Id.optional() }), {
    evolve(state, data, event) {
      const o = changed(state.owners, data.agencyId);
      o.struck = true;
      o.struckAt = event.version;
      for (const key of ['leftDays', 'prepared', 'handler'] as const) delete o[key];
      state.status = 'triaged';
    },
    completes: ['ownership'],
    describe: (data) =>
      `declined to own the barrier for ${nameOf.agency(data.agencyId)}: ` +
      `${data.reason}${data.suggests ? ` (suggesting ${nameOf.agency(data.suggests)})` : ''}`,
    sets: (data) => [ownership(data.agencyId, 'declined')],
    due: (data) =>
      (['ownership', 'answer', 'evidence'] as const).map((code) => ({ close: code, key: data.agencyId })),
  }),
  BarrierJoined: event(OfPlace.extend({ localEffect: Prose('paragraph') }), {
    evolve(state, data, event) {
      put(state.joined, data.placeId, { since: event.today, localEffect: data.localEffect });
    },
    describe: (data) => `joined the barrier for ${nameOf.place(data.placeId)}: ${data.localEffect}`,
  }),
  BarrierLeft: event(OfPlace.extend({ reason: Prose() }), {
    evolve(state, data) {
      drop(state.joined, data.placeId);
    },
    describe: (data) => `left the barrier for ${nameOf.place(data.placeId)}: ${data.reason}`,
    due: (data) => [{ close: 'confirmation', key: data.placeId }],
  }),
  RemedyAsked: event(Asked, {
    evolve(state, { askId, ...d }) {
      put(state.asks, askId, d);
    },
    describe: (data) => `asked for ${data.remedy} by ${longDate(data.dueOn)}`,
  }),
  ...answerEvents,
  RemovalClaimed: event(
    OfOwner.extend({
      evidence: z.array(Prose('remark')),
      joined: z.array(Id),
      confirmBy: DateOn,
      silentUntil: DateOn,
    }),
    {
      evolve(state, data, event) {
        state.status = 'removal-claimed';
        state.claim = {
          agencyId: data.agencyId,
          on: event.today,
          silentUntil: data.silentUntil,
          confirmed: [],
        };
        delete changed(state.owners, data.agencyId).rungDueOn;
      },
      act: (data) => data.agencyId,
      completes: ['deed'],
      describe: (data) => `claimed for ${nameOf.agency(data.agencyId)} that the barrier is removed`,
      due: (data, meta) => [
        { close: 'deed', key: data.agencyId },
        // What it was escalated for is done, it says.
        ...closeRungs(data.agencyId),
        ...data.joined.map((id) => ({
          open: 'confirmation' as const,
          key: id,
          place: id,
          owedBy: [{ kind: 'place' as const, id }],
          deed: `Confirm or dispute the removal of ${theBarrier(meta)}`,
          on: data.confirmBy,
        })),
      ],
    },
  ),
  RemovalConfirmed: event(OfPlace, {
    evolve(state, data) {
      existing(state.claim, 'claim of a removal').confirmed.push(data.placeId);
    },
    describe: (data) => `confirmed for ${nameOf.place(data.placeId)} that the barrier is removed`,
    due: (data) => [{ close: 'confirmation', key: data.placeId }],
  }),
  // A deed that its commitment owes again is not opened here as well.
  RemovalDisputed: event(
    OfPlace.extend({
      reason: Prose(),
      agencyId: Id,
      kind: OwnerKind,
      raisedBy: Id,
      deedDueOn: DateOn,
      commitmentId: Id.optional(),
    }),
    {
      evolve(state, data) {
        state.status = 'in-action';
        const answer = existing(changed(state.owners, data.agencyId).answer, 'answer of the owner');
        answer.dueOn = data.deedDueOn;
        if (!data.commitmentId) delete answer.commitmentId;
        delete state.claim;
      },
      act: (data) => data.agencyId,
      links: { commitmentId: carriedBy },
      describe: (data) =>
        `disputed for ${nameOf.place(data.placeId)} that the barrier is removed: ${data.reason}`,
      sets: (data) => [promisedFor(data.agencyId, data.deedDueOn)],
      due: (data, meta) => [
        { close: 'confirmation' },
        ...(data.commitmentId ? [] : [deed(data, data.raisedBy, data.deedDueOn, meta)]),
      ],
    },
  ),
  DeedMoved: event(OfOwner.extend({ kind: OwnerKind, commitmentId: Id }), {
    evolve(state, data) {
      answerOf(state, data.agencyId).commitmentId = data.commitmentId;
    },
    links: { commitmentId: carriedBy },
    describe: (data) =>
      `moved what ${nameOf.agency(data.agencyId)} owes to its commitment ` +
      `${nameOf.record(`commitment-${data.commitmentId}`)}`,
    due: (data) => [{ close: 'deed', key: data.agencyId }],
  }),
  /** `open` said once whether no rung's item had replaced the deed: none does. */
  DeedReturned: event(
    OfOwner.extend({ kind: OwnerKind, commitmentId: Id, dueOn: DateOn, open: z.boolean() }),
    {
      evolve(state, data) {
        delete answerOf(state, data.agencyId).commitmentId;
      },
      links: { commitmentId: carriedBy },
      describe: (data) =>
        `took back what ${nameOf.agency(data.agencyId)} owes from its commitment ` +
        `${nameOf.record(`commitment-${data.commitmentId}`)}, due ${longDate(data.dueOn)}`,
      due: (data, meta) => [deed(data, data.placeId, data.dueOn, meta)],
    },
  ),
  BarrierRemoved: event(z.strictObject({ unconfirmed: z.boolean(), joined: z.array(Id) }), {
    evolve(state, _d, event) {
      state.status = 'removed';
      state.endedOn = event.today;
    },
    describe: (data) =>
      data.unconfirmed
        ? 'counted the barrier as removed, unconfirmed by the place that raised it'
        : 'counted the barrier as removed',
    due: () => [{ close: '*' }],
  }),
  BarrierRefused: event(OfOwner, {
    evolve(state, _d, event) {
      state.status = 'refused';
      state.endedOn = event.today;
    },
    describe: (data) =>
      `ended the barrier as refused by ${nameOf.agency(data.agencyId)} after the last direction`,
    due: () => [{ close: '*' }],
  }),
  BarrierMerged: event(z.strictObject({ into: Id, joined: z.array(Id), reason: Prose() }), {
    evolve(state, data) {
      state.status = 'merged';
      state.mergedInto = data.into;
    },
    links: { into: naming('merged-into', 'barrier') },
    describe: (data) => `merged the barrier into ${nameOf.record(`barrier-${data.into}`)}: ${data.reason}`,
    due: () => [{ close: '*' }],
  }),
  BarrierReopened: event(OfPlace.extend({ evidence: Prose() }), {
    evolve(state) {
      state.status = 'triaged';
      state.owners = {};
      delete state.endedOn;
      delete state.claim;
    },
    describe: (data) => `reopened the barrier for ${nameOf.place(data.placeId)}: ${data.evidence}`,
    sets: () => [forgets('owner')],
  }),
  BarrierClosed: event(z.strictObject({ as: z.literal('not-a-barrier'), reason: Prose() }), {
    evolve(state) {
      state.status = 'closed';
    },
    describe: (data) => `closed the barrier as not a barrier: ${data.reason}`,
    due: () => [{ close: '*' }],
  }),
};
export const { command, emit } = decides<BarrierState>()(events, present);
