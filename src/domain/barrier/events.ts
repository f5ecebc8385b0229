/** Events of a barrier (domain.md 9.21). What it costs an agency is private until that agency opens it (8.4). */
import { z } from 'zod';
import { decides, kit } from '../kernel/aggregate.js';
import { answerEvents } from './answer-events.js';
import {
  Kind,
  Locus,
  OfOwner,
  OfPlace,
  OwnerKind,
  Status,
  beforeRung,
  ownerOwes,
  heldTo,
  present,
  rungsAbove,
  type BarrierState,
} from './state.js';
import { nameOf } from '../kernel/naming.js';
import { changed, drop, put } from '../kernel/parts.js';
import { DateOn, Id, Pence, PartId, Prose, longDate, pounds } from '../shared/values.js';
import { naming } from '../kernel/links.js';

const { event } = kit<BarrierState>();
const carriedBy = naming('carried-by', 'commitment');
const Described = z.strictObject({
  placeId: Id,
  programmeId: Id,
  kind: Kind,
  statement: Prose(1000),
  effectOnResidents: Prose(1000),
});
const Asked = z.strictObject({ askId: PartId, remedy: Prose(200), detail: Prose(), dueOn: DateOn });
const Cost = z.strictObject({ agencyId: Id, pence: Pence, evidence: Prose() });

const deed = (d: { agencyId: string; kind: z.infer<typeof OwnerKind> }, place: string, on: string) =>
  ({ open: 'deed', key: d.agencyId, place, owedBy: ownerOwes(d), deed: 'Remove the barrier', on }) as const;

/** Nothing waits before any rung for this owner any more. */
const closeRungs = (agencyId: string) =>
  rungsAbove.map((r) => ({ close: 'rung' as const, key: beforeRung(agencyId, r) }));

export const events = {
  BarrierRecorded: event(Described.extend({ triageDueOn: DateOn }), {
    evolve(s, { triageDueOn: _, ...d }, m) {
      Object.assign(s, d, { status: 'raised', recordedAt: m.recordedAt });
      put(s.joined, d.placeId, { since: m.today });
    },
    describe: (d) => `recorded a barrier (${d.kind}): ${d.statement}`,
    access: (d) => ({ tier: 'members', placeId: d.placeId, programmeId: d.programmeId }),
    due: (d) => [
      {
        open: 'triage',
        key: 'triage',
        place: d.placeId,
        owedBy: [{ kind: 'place', id: d.placeId }],
        deed: 'Decide whose the barrier is',
        on: d.triageDueOn,
      },
    ],
  }),
  BarrierCosted: event(Cost.extend({ consent: z.boolean() }), {
    evolve(s, d) {
      put(s.costs, d.agencyId, { pence: d.pence, evidence: d.evidence, consented: d.consent });
    },
    describe: (d) => `put the cost of the barrier to ${nameOf.agency(d.agencyId)} at ${pounds(d.pence)}`,
    private: (d) => !d.consent,
    disclosesFigures: (d) => d.consent,
  }),
  BarrierCostDisclosed: event(Cost, {
    evolve(s, d) {
      changed(s.costs, d.agencyId).consented = true;
    },
    describe: (d) => `opened what the barrier costs ${nameOf.agency(d.agencyId)}: ${pounds(d.pence)}`,
    disclosesFigures: true,
  }),
  // What was written to be read stands in it again: the record is opened from here on (domain.md 8.4).
  BarrierTriaged: event(
    Described.extend({
      locus: Locus,
      from: Locus.optional(),
      reason: Prose(),
      struck: z.array(Id),
      asks: z.array(Asked),
    }),
    {
      evolve(s, d) {
        s.status = 'triaged';
        s.locus = d.locus;
        for (const id of d.struck) drop(s.owners, id);
      },
      completes: ['triage'],
      describe: (d) => `triaged the barrier as ${d.locus}: ${d.reason}`,
      access: (d) => (d.locus === 'local' ? {} : { tier: 'programme' }),
      due: (d) => [
        { close: 'triage' },
        ...d.struck.flatMap((id) => [
          { close: '*' as const, owedBy: id },
          { close: 'evidence' as const, key: id },
          ...closeRungs(id),
        ]),
      ],
    },
  ),
  OwnerProposed: event(OfOwner.extend({ kind: OwnerKind, acceptanceDueOn: DateOn, answerDueOn: DateOn }), {
    evolve(s, d, m) {
      put(s.owners, d.agencyId, {
        agencyId: d.agencyId,
        kind: d.kind,
        proposedOn: m.today,
        dueOn: d.answerDueOn,
        answerDueOn: d.answerDueOn,
        evidenceAsked: 0,
        rung: 'owner',
      });
    },
    describe: (d) =>
      `proposed ${nameOf.agency(d.agencyId)} as owner, to answer by ${longDate(d.answerDueOn)}`,
    due: (d) => [
      ...closeRungs(d.agencyId),
      {
        open: 'ownership',
        key: d.agencyId,
        place: d.placeId,
        owedBy: ownerOwes(d),
        deed: 'Accept or decline to own the barrier',
        on: d.acceptanceDueOn,
      },
      {
        open: 'answer',
        key: d.agencyId,
        place: d.placeId,
        owedBy: ownerOwes(d),
        deed: 'Answer the barrier',
        on: d.answerDueOn,
      },
    ],
  }),
  OwnershipAccepted: event(OfOwner.extend({ next: Status }), {
    evolve(s, d, m) {
      changed(s.owners, d.agencyId).acceptedOn = m.today;
      s.status = d.next;
    },
    act: (d) => d.agencyId,
    completes: ['ownership'],
    describe: (d) => `accepted to own the barrier for ${nameOf.agency(d.agencyId)}`,
    due: (d) => [{ close: 'ownership', key: d.agencyId }],
  }),
  OwnershipDeclined: event(OfOwner.extend({ reason: Prose(), suggests: Id.optional() }), {
    evolve(s, d, m) {
      const o = changed(s.owners, d.agencyId);
      o.struck = true;
      o.struckAt = m.version;
      delete o.leftDays;
      s.status = 'triaged';
    },
    completes: ['ownership'],
    describe: (d) =>
      `declined to own the barrier for ${nameOf.agency(d.agencyId)}: ${d.reason}${d.suggests ? ` (suggesting ${nameOf.agency(d.suggests)})` : ''}`,
    due: (d) =>
      (['ownership', 'answer', 'evidence'] as const).map((code) => ({ close: code, key: d.agencyId })),
  }),
  BarrierJoined: event(OfPlace.extend({ localEffect: Prose(1000) }), {
    evolve(s, d, m) {
      put(s.joined, d.placeId, { since: m.today, localEffect: d.localEffect });
    },
    describe: (d) => `joined the barrier for ${nameOf.place(d.placeId)}: ${d.localEffect}`,
  }),
  BarrierLeft: event(OfPlace.extend({ reason: Prose() }), {
    evolve(s, d) {
      drop(s.joined, d.placeId);
    },
    describe: (d) => `left the barrier for ${nameOf.place(d.placeId)}: ${d.reason}`,
    due: (d) => [{ close: 'confirmation', key: d.placeId }],
  }),
  RemedyAsked: event(Asked, {
    evolve(s, { askId, ...d }) {
      put(s.asks, askId, d);
    },
    describe: (d) => `asked for ${d.remedy} by ${longDate(d.dueOn)}`,
  }),
  ...answerEvents,
  RemovalClaimed: event(
    OfOwner.extend({
      evidence: z.array(Prose(500)),
      joined: z.array(Id),
      confirmBy: DateOn,
      silentUntil: DateOn,
    }),
    {
      evolve(s, d, m) {
        s.status = 'removal-claimed';
        s.claim = { agencyId: d.agencyId, on: m.today, silentUntil: d.silentUntil, confirmed: [] };
        delete changed(s.owners, d.agencyId).rungDueOn;
      },
      act: (d) => d.agencyId,
      completes: ['deed'],
      describe: (d) => `claimed for ${nameOf.agency(d.agencyId)} that the barrier is removed`,
      due: (d) => [
        { close: 'deed', key: d.agencyId },
        // What it was escalated for is done, it says.
        ...closeRungs(d.agencyId),
        ...d.joined.map((id) => ({
          open: 'confirmation' as const,
          key: id,
          place: id,
          owedBy: [{ kind: 'place' as const, id }],
          deed: 'Confirm or dispute the removal',
          on: d.confirmBy,
        })),
      ],
    },
  ),
  RemovalConfirmed: event(OfPlace, {
    evolve(s, d) {
      s.claim!.confirmed.push(d.placeId);
    },
    describe: (d) => `confirmed for ${nameOf.place(d.placeId)} that the barrier is removed`,
    due: (d) => [{ close: 'confirmation', key: d.placeId }],
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
      evolve(s, d) {
        s.status = 'in-action';
        const answer = changed(s.owners, d.agencyId).answer!;
        answer.dueOn = d.deedDueOn;
        if (!d.commitmentId) delete answer.commitmentId;
        delete s.claim;
      },
      act: (d) => d.agencyId,
      links: { commitmentId: carriedBy },
      describe: (d) => `disputed for ${nameOf.place(d.placeId)} that the barrier is removed: ${d.reason}`,
      due: (d) => [{ close: 'confirmation' }, ...(d.commitmentId ? [] : [deed(d, d.raisedBy, d.deedDueOn)])],
    },
  ),
  DeedMoved: event(OfOwner.extend({ kind: OwnerKind, commitmentId: Id }), {
    evolve(s, d) {
      heldTo(changed(s.owners, d.agencyId))!.commitmentId = d.commitmentId;
    },
    links: { commitmentId: carriedBy },
    describe: (d) =>
      `moved what ${nameOf.agency(d.agencyId)} owes to its commitment ${nameOf.record(`commitment-${d.commitmentId}`)}`,
    due: (d) => [{ close: 'deed', key: d.agencyId }],
  }),
  /** `open` said once whether no rung's item had replaced the deed: none does. */
  DeedReturned: event(
    OfOwner.extend({ kind: OwnerKind, commitmentId: Id, dueOn: DateOn, open: z.boolean() }),
    {
      evolve(s, d) {
        delete heldTo(changed(s.owners, d.agencyId))!.commitmentId;
      },
      links: { commitmentId: carriedBy },
      describe: (d) =>
        `took back what ${nameOf.agency(d.agencyId)} owes from its commitment ${nameOf.record(`commitment-${d.commitmentId}`)}, due ${longDate(d.dueOn)}`,
      due: (d) => [deed(d, d.placeId, d.dueOn)],
    },
  ),
  BarrierRemoved: event(z.strictObject({ unconfirmed: z.boolean(), joined: z.array(Id) }), {
    evolve(s, _d, m) {
      s.status = 'removed';
      s.endedOn = m.today;
    },
    describe: (d) =>
      d.unconfirmed
        ? 'counted the barrier as removed, unconfirmed by the place that raised it'
        : 'counted the barrier as removed',
    due: () => [{ close: '*' }],
  }),
  BarrierRefused: event(OfOwner, {
    evolve(s, _d, m) {
      s.status = 'refused';
      s.endedOn = m.today;
    },
    describe: (d) => `ended the barrier as refused by ${nameOf.agency(d.agencyId)} after the last direction`,
    due: () => [{ close: '*' }],
  }),
  BarrierMerged: event(z.strictObject({ into: Id, joined: z.array(Id), reason: Prose() }), {
    evolve(s, d) {
      s.status = 'merged';
      s.mergedInto = d.into;
    },
    links: { into: naming('merged-into', 'barrier') },
    describe: (d) => `merged the barrier into ${nameOf.record(`barrier-${d.into}`)}: ${d.reason}`,
    due: () => [{ close: '*' }],
  }),
  BarrierReopened: event(OfPlace.extend({ evidence: Prose() }), {
    evolve(s) {
      s.status = 'triaged';
      s.owners = {};
      delete s.endedOn;
      delete s.claim;
    },
    describe: (d) => `reopened the barrier for ${nameOf.place(d.placeId)}: ${d.evidence}`,
  }),
  BarrierClosed: event(z.strictObject({ as: z.literal('not-a-barrier'), reason: Prose() }), {
    evolve(s) {
      s.status = 'closed';
    },
    describe: (d) => `closed the barrier as not a barrier: ${d.reason}`,
    due: () => [{ close: '*' }],
  }),
};
export const { command, emit } = decides<BarrierState>()(events, present);
