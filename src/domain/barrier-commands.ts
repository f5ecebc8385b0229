/** What the owners of a barrier, the rungs above them and the joined places do (domain.md 9.7, 6.2). */
import { z } from 'zod';
import { kit } from './aggregate.js';
import { unlessWaived, waiverRefusals } from './authority.js';
import { refuse, type Context, type NewEvent, type Refusal } from './core.js';
import { isEnrolled, officerOfPlace, seatRefusal, withdrawnRefusal } from './seats.js';
import { DateOn, Id, Name, Pence, Prose, longDate } from './values.js';
import { Position, Rung, following, inWork, isRemoved, ladder, type BarrierState, type Owner } from './barrier-state.js';
import { owingCommitment } from './barrier-deeds.js';
import { emit } from './barrier-events.js';

const { command } = kit<BarrierState>();
export const seated = { PLACE_WITHDRAWN: 'state', NOT_A_SEAT_HOLDER: 'who' } as const;
export const standing = (s: BarrierState, ctx: Context): Refusal | undefined => withdrawnRefusal(ctx, s.placeId) ?? seatRefusal(ctx, s.placeId);
const escalable = ['triaged', 'owned', 'answered', 'in-action'];

/** Officials answer for departments, holders of an accepted seat for partners; each for its own agency only. */
function ownerOf(s: BarrierState, ctx: Context): Owner | Refusal {
  const no = standing(s, ctx);
  if (no) return no;
  const o = s.owners[ctx.actor.agency!];
  if (!o || (o.kind === 'department') !== (ctx.actor.role === 'official')) return refuse('NOT_OWNER', 'Only an owner of the barrier can do this, each for itself.');
  return o.struck ? refuse('NOT_OWNER', 'Your agency declined to own this barrier. The place can propose another owner or escalate.') : o;
}
const owners = ['official', 'seat-holder', 'chair'] as const;
const mine = { ...seated, NOT_OWNER: 'who' } as const;

const atPlace = (_s: BarrierState, d: { placeId: string }) => ({ placeIds: [d.placeId] });
const has = (s: BarrierState, placeId: string): boolean => Object.hasOwn(s.joined, placeId);
function joinedRefusal(s: BarrierState, placeId: string, ctx: Context): Refusal | undefined {
  const no = withdrawnRefusal(ctx, placeId) ?? seatRefusal(ctx, placeId);
  return no ?? (has(s, placeId) ? undefined : refuse('NOT_JOINED', 'Only places that have joined the barrier can do this. Join it first.', '/placeId'));
}
const joinedOnly = { ...seated, NOT_JOINED: 'who' } as const;
const office = ['secretariat', 'chair'] as const;

/** The agency that bears a cost belongs to the place that raised the barrier or to one that joined it. */
function bearerRefusal(s: BarrierState, ctx: Context): Refusal | undefined {
  const no = withdrawnRefusal(ctx, s.placeId) ?? seatRefusal(ctx, ctx.actor.place ?? s.placeId);
  if (no) return no;
  const ours = ctx.actor.role !== 'finance-officer' || Object.keys(s.joined).some((p) => officerOfPlace(ctx, p));
  return ours ? undefined : refuse('NOT_OF_THE_PLACE', 'Only an agency of a place that raised or joined the barrier can do this, each for itself.');
}
const bearers = ['seat-holder', 'chair', 'finance-officer'] as const;
const bearer = { ...seated, NOT_OF_THE_PLACE: 'who' } as const;
const anyJoined = (s: BarrierState) => ({ placeIds: Object.keys(s.joined) });

/** Why an escalation is due for this owner today, if it is. */
function causeOf(s: BarrierState, o: Owner, ctx: Context): 'overdue' | 'declined' | 'will-not' | undefined {
  const { today } = ctx;
  if (o.rungOpen) return today > o.dueOn ? 'overdue' : undefined;
  if (o.struck) return 'declined';
  if (o.answer?.position === 'will-not') return 'will-not';
  if (o.answer) {
    // A commitment may have been rescheduled; one that is claimed complete is not late.
    const dueOn = o.answer.commitmentId ? owingCommitment(o, ctx)?.dueOn : o.answer.dueOn;
    return dueOn && today > dueOn && s.claim?.agencyId !== o.agencyId ? 'overdue' : undefined;
  }
  return o.leftDays === undefined && today > o.dueOn ? 'overdue' : undefined;
}
/** The next rung; the champion's is skipped where there is none or they are of the owning department. */
function rungAbove(s: BarrierState, o: Owner, ctx: Context): Rung | undefined {
  const rungs = ladder(s.locus!);
  const next = rungs[rungs.indexOf(o.rung) + 1];
  if (next !== 'champion') return next;
  const { champion } = ctx.read('place', s.placeId).state;
  return champion && champion.departmentId !== o.agencyId ? next : 'champions-group';
}
function rungRefusal(s: BarrierState, rung: Rung, ctx: Context): Refusal | undefined {
  const { role, account } = ctx.actor;
  const right =
    rung === 'champion' ? role === 'champion' && ctx.read('place', s.placeId).state.champion?.accountId === account : rung === 'chair' ? role === 'chair' : role === 'programme-office';
  return right
    ? undefined
    : refuse('NOT_THIS_RUNG', 'The place’s champion directs at the champion’s rung, the programme office at the groups’, the chair at the last rung of a local barrier.', '/rung');
}
/** The joined places that count: one that was withdrawn from its programme has no say, whether or not it has left yet. */
const here = (s: BarrierState, ctx: Context): string[] => Object.keys(s.joined).filter((p) => isEnrolled(ctx, p));
const removal = (s: BarrierState, joined: string[], confirmed: string[], today: string): NewEvent[] =>
  isRemoved(s, joined, confirmed, today) ? [emit('BarrierRemoved', { unconfirmed: false, joined })] : [];

export const ownerCommands = {
  AcceptOwnership: command(z.strictObject({}), {
    title: 'Accept to own a barrier for your agency',
    noun: 'ownership-acceptances',
    by: owners,
    from: ['triaged', 'owned'],
    refuses: mine,
    example: {},
    decide(s, _d, ctx) {
      const o = ownerOf(s, ctx);
      if ('refused' in o) return o;
      return o.acceptedOn ? [] : [emit('OwnershipAccepted', { agencyId: o.agencyId, placeId: s.placeId, next: following(s, { ...o, acceptedOn: ctx.today }) })];
    },
  }),
  DeclineOwnership: command(z.strictObject({ reason: Prose(), suggests: Id.optional() }), {
    title: 'Decline to own a barrier for your agency',
    noun: 'ownership-refusals',
    by: owners,
    from: ['triaged'],
    refuses: { ...mine, ALREADY_ACCEPTED: 'state' },
    example: { reason: 'The rule is the Treasury’s', suggests: 'hm-treasury' },
    decide(s, d, ctx) {
      const o = ownerOf(s, ctx);
      if ('refused' in o) return o;
      if (o.acceptedOn) return refuse('ALREADY_ACCEPTED', 'Your agency has accepted to own this barrier. Answer it instead.');
      return [emit('OwnershipDeclined', { agencyId: o.agencyId, placeId: s.placeId, ...d })];
    },
  }),
  Respond: command(
    z.strictObject({
      position: Position,
      reason: Prose().optional(),
      official: Name.optional(),
      dueOn: DateOn.optional(),
      measure: Prose(500).optional(),
      evidenceExpected: Prose(500).optional(),
      verifierAgency: Id.optional(),
      evidenceNeeded: z.array(Prose(500)).max(20).optional(),
      waiverId: Id.optional(),
    }),
    {
      title: 'Answer a barrier for your agency',
      noun: 'answers',
      by: owners,
      from: ['triaged', 'owned'],
      refuses: {
        ...mine,
        ALREADY_ANSWERED: 'state',
        REASON_REQUIRED: 'rule',
        DUE_REQUIRED: 'rule',
        DUE_AFTER_PROGRAMME: 'rule',
        ...waiverRefusals,
        EVIDENCE_LIST_REQUIRED: 'rule',
        EVIDENCE_LOOP: 'rule',
      },
      example: { position: 'will-remove', official: 'Jane Doe', dueOn: '2010-02-26', measure: 'One assessment instead of three' },
      decide(s, d, ctx) {
        const o = ownerOf(s, ctx);
        if ('refused' in o) return o;
        if (o.answer) return refuse('ALREADY_ANSWERED', 'Your agency has answered. A new answer follows a direction from a higher rung.');
        const wd = ctx.ref.workingDays;
        const { dueOn, evidenceNeeded, waiverId, ...rest } = d;
        const head = { agencyId: o.agencyId, placeId: s.placeId, kind: o.kind, ...rest };
        const accepted = { ...o, acceptedOn: o.acceptedOn ?? ctx.today };
        if (d.position === 'need-evidence') {
          if (!evidenceNeeded?.length) return refuse('EVIDENCE_LIST_REQUIRED', 'Enter what evidence you need, item by item.', '/evidenceNeeded');
          if (o.leftDays !== undefined || o.evidenceAsked >= 2)
            return refuse('EVIDENCE_LOOP', 'Evidence can be asked for at most twice, and the second time when the first was supplied.', '/position');
          const next = following(s, accepted);
          return [emit('BarrierAnswered', { ...head, next, evidenceNeeded, evidenceDueOn: wd.add(ctx.today, 10), leftDays: Math.max(0, wd.between(ctx.today, o.dueOn)) })];
        }
        const acts = d.position !== 'will-not';
        if (!acts && !(d.reason && d.official)) return refuse('REASON_REQUIRED', 'Enter the reason, and the official who stands by it.', d.reason ? '/official' : '/reason');
        if (acts && (!dueOn || dueOn < ctx.today)) return refuse('DUE_REQUIRED', 'Enter the date by which it will be done, today or later.', '/dueOn');
        const { endOn } = ctx.read('programme', s.programmeId).state;
        const after = acts && dueOn! > endOn;
        const tooLate = refuse('DUE_AFTER_PROGRAMME', `The date must be ${longDate(endOn)}, the end of the programme, or earlier, unless a waiver is named.`, '/dueOn');
        const out = after ? unlessWaived(ctx, waiverId, tooLate, s.placeId, `barrier-${ctx.recordId}`) : undefined;
        if (out) return out;
        const next = following(s, { ...accepted, answer: { position: d.position, on: ctx.today } });
        const answered = emit('BarrierAnswered', { ...head, next, ...(acts ? { dueOn: dueOn! } : {}), ...(after ? { waiverId } : {}) });
        return next === 'refused' ? [answered, emit('BarrierRefused', { agencyId: o.agencyId, placeId: s.placeId })] : [answered];
      },
    },
  ),
  ClaimRemoved: command(z.strictObject({ evidence: z.array(Prose(500)).min(1, 'Enter the evidence').max(20) }), {
    title: 'Claim that a barrier is removed',
    noun: 'removal-claims',
    by: owners,
    from: ['in-action'],
    refuses: mine,
    example: { evidence: ['Circular 12/2009 withdraws the condition'] },
    decide(s, d, ctx) {
      const o = ownerOf(s, ctx);
      if ('refused' in o) return o;
      const wd = ctx.ref.workingDays;
      return [
        emit('RemovalClaimed', {
          agencyId: o.agencyId,
          placeId: s.placeId,
          evidence: d.evidence,
          joined: here(s, ctx),
          confirmBy: wd.add(ctx.today, 10),
          silentUntil: wd.add(ctx.today, 15),
        }),
      ];
    },
  }),
  CostBarrier: command(z.strictObject({ pence: Pence, evidence: Prose(), consent: z.boolean({ error: 'Select whether the figure may be shown to the programme' }) }), {
    title: 'Put a figure on what a barrier costs your agency',
    noun: 'costs',
    by: bearers,
    target: anyJoined,
    from: inWork,
    refuses: bearer,
    example: { pence: 120_000_00, evidence: 'Two posts that only reconcile forms', consent: false },
    decide(s, d, ctx) {
      const no = bearerRefusal(s, ctx);
      if (no) return no;
      const known = s.costs[ctx.actor.agency!];
      return known && known.pence === d.pence && known.evidence === d.evidence && known.consented === d.consent ? [] : [emit('BarrierCosted', { agencyId: ctx.actor.agency!, ...d })];
    },
  }),
  DiscloseBarrierCost: command(z.strictObject({}), {
    title: 'Open what a barrier costs your agency',
    noun: 'cost-disclosures',
    by: bearers,
    target: anyJoined,
    refuses: { ...bearer, COST_UNKNOWN: 'rule' },
    example: {},
    decide(s, _d, ctx) {
      const no = bearerRefusal(s, ctx);
      const known = s.costs[ctx.actor.agency!];
      if (no ?? !known) return no ?? refuse('COST_UNKNOWN', 'Your agency has put no figure on this barrier. Enter one first.');
      return known!.consented ? [] : [emit('BarrierCostDisclosed', { agencyId: ctx.actor.agency!, pence: known!.pence, evidence: known!.evidence })];
    },
  }),
  JoinBarrier: command(z.strictObject({ placeId: Id, localEffect: Prose(1000) }), {
    title: 'Join a barrier for your place',
    noun: 'joins',
    by: [...office, 'member'],
    target: atPlace,
    from: inWork,
    refuses: seated,
    example: { placeId: 'gateshead', localEffect: 'Three teams assess the same families' },
    decide(s, d, ctx) {
      const no = withdrawnRefusal(ctx, d.placeId) ?? seatRefusal(ctx, d.placeId);
      return no ?? (has(s, d.placeId) ? [] : [emit('BarrierJoined', d)]);
    },
  }),
  LeaveBarrier: command(z.strictObject({ placeId: Id, reason: Prose() }), {
    title: 'Leave a barrier that your place joined',
    noun: 'departures',
    // The system takes out a place that was withdrawn.
    by: [...office, 'member', 'system'],
    target: atPlace,
    from: inWork,
    refuses: { ...joinedOnly, RAISER_STAYS: 'rule' },
    example: { placeId: 'gateshead', reason: 'Solved here' },
    decide(s, d, ctx) {
      const system = ctx.actor.role === 'system';
      if (system && !has(s, d.placeId)) return [];
      const no = system ? undefined : joinedRefusal(s, d.placeId, ctx);
      if (no) return no;
      if (d.placeId === s.placeId) return refuse('RAISER_STAYS', 'The place that raised the barrier cannot leave it. Close it instead.', '/placeId');
      const rest = here(s, ctx).filter((p) => p !== d.placeId);
      return [emit('BarrierLeft', d), ...(s.status === 'removal-claimed' ? removal(s, rest, s.claim!.confirmed, ctx.today) : [])];
    },
  }),
  SupplyEvidence: command(z.strictObject({ placeId: Id, evidence: Prose(), agencyId: Id.optional() }), {
    title: 'Supply evidence an owner asked for',
    noun: 'evidence',
    by: office,
    target: atPlace,
    from: inWork,
    refuses: joinedOnly,
    example: { placeId: 'durham', evidence: 'Case notes of twelve families, 2008-09' },
    decide(s, d, ctx) {
      const no = joinedRefusal(s, d.placeId, ctx);
      if (no) return no;
      const waiting = Object.values(s.owners)
        .filter((o) => o.leftDays !== undefined && (!d.agencyId || d.agencyId === o.agencyId))
        .map((o) => ({ agencyId: o.agencyId, answerDueOn: ctx.ref.workingDays.add(ctx.today, o.leftDays!) }));
      return [emit('EvidenceSupplied', { placeId: d.placeId, evidence: d.evidence, waiting })];
    },
  }),
  Escalate: command(z.strictObject({ agencyId: Id }), {
    title: 'Escalate a barrier above an owner by one rung',
    noun: 'escalations',
    by: [...office, 'champion', 'programme-office', 'system'],
    from: inWork,
    refuses: { ...seated, OWNER_UNKNOWN: 'rule', ESCALATION_NOT_DUE: 'rule' },
    example: { agencyId: 'dwp' },
    decide(s, d, ctx) {
      const no = standing(s, ctx);
      const o = s.owners[d.agencyId];
      if (no ?? !o) return no ?? refuse('OWNER_UNKNOWN', `${d.agencyId} was not proposed as owner.`, '/agencyId');
      const cause = causeOf(s, o!, ctx);
      const rung = cause && rungAbove(s, o!, ctx);
      if (cause && rung) {
        const answered = o!.answer ? { answered: true as const } : {};
        return [emit('BarrierEscalated', { agencyId: d.agencyId, kind: o!.kind, placeId: s.placeId, rung, from: o!.rung, cause, dueOn: ctx.ref.workingDays.add(ctx.today, 5), ...answered })];
      }
      if (ctx.actor.role === 'system') return [];
      return refuse(
        'ESCALATION_NOT_DUE',
        cause ? 'There is no higher rung.' : 'A barrier is escalated when its owner is overdue, has declined or will not change it, one rung at a time.',
        '/agencyId',
      );
    },
  }),
  Direct: command(z.strictObject({ agencyId: Id, rung: Rung, direction: Prose(), official: Name }), {
    title: 'Direct an owner from a higher rung',
    noun: 'directions',
    by: ['champion', 'programme-office', 'chair'],
    from: escalable,
    refuses: { ...seated, OWNER_UNKNOWN: 'rule', NOT_THIS_RUNG: 'who', RUNG_NOT_OPEN: 'state' },
    example: { agencyId: 'dwp', rung: 'champion', direction: 'Agree one assessment with the place', official: 'Jane Doe' },
    decide(s, d, ctx) {
      const no = standing(s, ctx);
      const o = s.owners[d.agencyId];
      if (no ?? !o) return no ?? refuse('OWNER_UNKNOWN', `${d.agencyId} was not proposed as owner.`, '/agencyId');
      const wrong = rungRefusal(s, d.rung, ctx);
      if (wrong) return wrong;
      if (!o!.rungOpen || o!.rung !== d.rung) return refuse('RUNG_NOT_OPEN', 'The barrier is not before this rung. Escalate it first.', '/rung');
      return [emit('BarrierDirected', { ...d, placeId: s.placeId, kind: o!.kind, answerDueOn: ctx.ref.workingDays.add(ctx.today, 5) })];
    },
  }),
  ConfirmRemoved: command(z.strictObject({ placeId: Id }), {
    title: 'Confirm for your place that a barrier is removed',
    noun: 'removal-confirmations',
    by: office,
    target: atPlace,
    from: ['removal-claimed'],
    refuses: { ...joinedOnly, OWNER_CANNOT_CONFIRM: 'who' },
    example: { placeId: 'durham' },
    decide(s, d, ctx) {
      const no = joinedRefusal(s, d.placeId, ctx);
      if (no) return no;
      if (ctx.actor.agency && s.owners[ctx.actor.agency]) return refuse('OWNER_CANNOT_CONFIRM', 'Your agency owns this barrier. Somebody else of the place confirms.');
      const { confirmed } = s.claim!;
      const again = confirmed.includes(d.placeId);
      return [...(again ? [] : [emit('RemovalConfirmed', d)]), ...removal(s, here(s, ctx), [...confirmed, d.placeId], ctx.today)];
    },
  }),
  DisputeRemoval: command(z.strictObject({ placeId: Id, reason: Prose() }), {
    title: 'Dispute for your place that a barrier is removed',
    noun: 'removal-disputes',
    by: office,
    target: atPlace,
    from: ['removal-claimed'],
    refuses: joinedOnly,
    example: { placeId: 'durham', reason: 'The old form is still asked for' },
    decide(s, d, ctx) {
      const no = joinedRefusal(s, d.placeId, ctx);
      if (no) return no;
      const o = s.owners[s.claim!.agencyId]!;
      const least = ctx.ref.workingDays.add(ctx.today, 10);
      const was = o.answer?.dueOn ?? least;
      const keeps = owingCommitment(o, ctx) ? { commitmentId: o.answer!.commitmentId! } : {};
      return [emit('RemovalDisputed', { ...d, agencyId: o.agencyId, kind: o.kind, raisedBy: s.placeId, deedDueOn: was > least ? was : least, ...keeps })];
    },
  }),
  PresumeRemoved: command(z.strictObject({}), {
    title: 'Count a barrier as removed when fifteen working days have passed',
    by: ['system'],
    refuses: {},
    example: {},
    decide(s, _d, ctx) {
      if (s.status !== 'removal-claimed' || ctx.today <= s.claim!.silentUntil) return [];
      const joined = here(s, ctx);
      if (!joined.includes(s.placeId) || !s.claim!.confirmed.includes(s.placeId)) return [emit('BarrierRemoved', { unconfirmed: true, joined })];
      return removal(s, joined, s.claim!.confirmed, ctx.today);
    },
  }),
};
