/**
 * Events between a barrier's owners, the places and the rungs above: answered, evidence supplied, escalated,
 * directed.
 */
import { z } from 'zod';
import { kit } from '../kernel/aggregate.js';
import {
  Cause,
  OfOwner,
  OfPlace,
  OwnerKind,
  AnswerKind,
  Rung,
  Status,
  beforeRung,
  directionOf,
  ownerOwes,
  readKey,
  rungsAbove,
  heldTo,
  theBarrier,
  type BarrierState,
} from './state.js';
import { nameOf } from '../kernel/naming.js';
import { changed, existing } from '../kernel/parts.js';
import type { Meta } from '../kernel/types.js';
import { AccountId, DateOn, Id, Name, Prose, longDate } from '../shared/values.js';
import { forgets, sets } from '../kernel/set-value.js';
import {
  answerDue,
  answerDueKey,
  answerOf,
  owner,
  ownership,
  promisedFor,
  promisedKey,
} from './owner-values.js';

const { event } = kit<BarrierState>();
const words: Record<z.infer<typeof AnswerKind>, string> = {
  'will-remove': 'will remove it',
  'will-pilot': 'will pilot a change',
  'need-evidence': 'needs evidence',
  'will-not': 'will not change it',
};
const rungs: Record<z.infer<typeof Rung>, string> = {
  owner: 'the owner',
  champion: 'the champion',
  'champions-group': 'the champions’ group',
  'ministerial-group': 'the ministerial group',
  chair: 'the chair',
};

/** Why the rung is asked to direct: the owner's word, its answer, or that there is none. */
function why(data: {
  cause: z.infer<typeof Cause>;
  answered?: true | undefined;
  promisedFor?: string | undefined;
}): string {
  if (data.promisedFor) return `promised to act by ${longDate(data.promisedFor)}`;
  if (data.answered) return 'will not change it';
  return data.cause === 'declined' ? 'declined to own the barrier' : 'has not answered';
}
/** Who sits at a rung: the champion's department, the programme office for the groups, the chair's agency. */
const sitting = (rung: z.infer<typeof Rung>) => [
  { sits: rung === 'champion' || rung === 'chair' ? rung : ('programme-office' as const) },
];

/** What an owner has promised to do, and for when at first. */
function deedPromised(
  {
    position,
    firstPromisedFor,
  }: { position: z.infer<typeof AnswerKind>; firstPromisedFor?: string | undefined },
  meta: Pick<Meta, 'recordId'>,
): string {
  const deed =
    position === 'will-pilot' ? `Pilot the change for ${theBarrier(meta)}` : `Remove ${theBarrier(meta)}`;
  return firstPromisedFor ? `${deed} (first promised for ${longDate(firstPromisedFor)})` : deed;
}

/** An answer as it was entered. */
const Entered = z.strictObject({
  position: AnswerKind,
  reason: Prose().optional(),
  official: Name.optional(),
  dueOn: DateOn.optional(),
  measure: Prose('remark').optional(),
  evidenceExpected: Prose('remark').optional(),
  verifierAgencyId: Id.optional(),
  evidenceNeeded: z.array(Prose('remark')).optional(),
  waiverId: Id.optional(),
});

export const answerEvents = {
  HandlerAssigned: event(z.strictObject({ agencyId: Id, account: AccountId, from: AccountId.optional() }), {
    evolve(state, data) {
      changed(state.owners, data.agencyId).handler = data.account;
    },
    describe: (data) =>
      `named ${nameOf.person(data.account)} to handle it for ${nameOf.agency(data.agencyId)}` +
      (data.from ? `, in place of ${nameOf.person(data.from)}` : ''),
  }),
  // What it says is told by the barrier's own answer to the owner's people, and by nothing else until it is
  // given; that there is one, to the members.
  AnswerPrepared: event(z.strictObject({ agencyId: Id, answer: Entered }), {
    evolve(state, data, event) {
      changed(state.owners, data.agencyId).prepared = {
        by: event.actor.account,
        on: event.today,
        answer: data.answer,
      };
    },
    act: (data) => data.agencyId,
    private: true,
    membersOnly: { answer: 'nobody' },
    describe: (data) => `prepared an answer for ${nameOf.agency(data.agencyId)}`,
  }),
  BarrierAnswered: event(
    OfOwner.extend({
      kind: OwnerKind,
      position: AnswerKind,
      next: Status,
      reason: Prose().optional(),
      official: Name.optional(),
      dueOn: DateOn.optional(),
      measure: Prose('remark').optional(),
      evidenceExpected: Prose('remark').optional(),
      verifierAgency: Id.optional(),
      evidenceNeeded: z.array(Prose('remark')).optional(),
      evidenceDueOn: DateOn.optional(),
      leftDays: z.int().min(0).optional(),
      waiverId: Id.optional(),
      firstPromisedFor: DateOn.optional(),
      /** Who prepared what its actor gave. */
      preparedBy: AccountId.optional(),
    }),
    {
      evolve(state, data, event) {
        const o = changed(state.owners, data.agencyId);
        o.acceptedOn ??= event.today;
        delete o.prepared;
        if (data.position === 'need-evidence') {
          o.leftDays = data.leftDays;
          o.evidenceAsked++;
          if (o.directionDueOn) o.directionStopped = true;
        } else {
          const { measure, evidenceExpected, verifierAgency } = data;
          const inFull =
            event.actor.role === 'official' &&
            event.actor.agency === data.agencyId &&
            data.dueOn &&
            measure &&
            evidenceExpected &&
            verifierAgency;
          const firstPromisedFor = o.before?.firstPromisedFor ?? o.before?.dueOn;
          o.answer = {
            position: data.position,
            on: event.today,
            dueBy: o.answerDueOn ?? o.dueOn,
            ...(data.dueOn ? { dueOn: data.dueOn } : {}),
            ...(firstPromisedFor ? { firstPromisedFor } : {}),
            ...(inFull ? { inFull: { measure, evidenceExpected, verifierAgency } } : {}),
          };
          for (const key of ['before', 'leftDays', 'directionDueOn', 'directionStopped', 'handler'] as const)
            delete o[key];
          // What the rung was asked for is there; a refusal it still has to direct about.
          if (data.position !== 'will-not') delete o.rungDueOn;
        }
        // A refusal is an event of its own, which follows on the same day.
        state.status = data.next;
        if (data.next === 'refused') state.endedOn = event.today;
      },
      act: (data) => data.agencyId,
      waivedBy: 'waiverId',
      // An answer makes a rung's own word needless; that is not late by it.
      completes: ({ code, key }) => code === 'answer' || (code === 'rung' && readKey(key).directed),
      describe: (data) => {
        const first = data.firstPromisedFor ? `, first promised for ${longDate(data.firstPromisedFor)}` : '';
        const by = data.dueOn ? ` by ${longDate(data.dueOn)}` : '';
        const since = data.reason ? `: ${data.reason}` : '';
        const prepared = data.preparedBy ? ` (prepared by ${nameOf.person(data.preparedBy)})` : '';
        return (
          `answered for ${nameOf.agency(data.agencyId)} that it ` +
          `${words[data.position]}${by}${first}${prepared}${since}`
        );
      },
      sets: ({ agencyId, position, dueOn }) => [
        { ...ownership(agencyId, 'accepted'), where: 'proposed' },
        ...(position === 'need-evidence'
          ? []
          : [
              answerOf(agencyId, words[position]),
              forgets(answerDueKey(agencyId)),
              dueOn === undefined ? forgets(promisedKey(agencyId)) : promisedFor(agencyId, dueOn),
            ]),
      ],
      due: (data, meta) =>
        data.position === 'need-evidence'
          ? [
              { close: 'ownership', key: data.agencyId },
              { stop: 'answer', key: data.agencyId },
              ...rungsAbove.map((rung) => ({ stop: 'rung' as const, key: directionOf(data.agencyId, rung) })),
              {
                open: 'evidence',
                key: data.agencyId,
                place: data.placeId,
                owedBy: [{ kind: 'place', id: data.placeId }],
                deed: `Supply the evidence ${nameOf.agency(data.agencyId)} asked for on ${theBarrier(meta)}`,
                on: existing(data.evidenceDueOn, 'day for the evidence'),
              },
            ]
          : [
              // Its own new word is what ends an earlier promise.
              ...(['ownership', 'answer', 'evidence', 'deed'] as const).map((code) => ({
                close: code,
                key: data.agencyId,
              })),
              ...rungsAbove
                .flatMap((rung) => [
                  directionOf(data.agencyId, rung),
                  ...(data.position === 'will-not' ? [] : [beforeRung(data.agencyId, rung)]),
                ])
                .map((key) => ({ close: 'rung' as const, key })),
              ...(data.dueOn
                ? [
                    {
                      open: 'deed' as const,
                      key: data.agencyId,
                      place: data.placeId,
                      owedBy: ownerOwes(data),
                      deed: deedPromised(data, meta),
                      on: data.dueOn,
                    },
                  ]
                : []),
            ],
    },
  ),
  EvidenceSupplied: event(
    OfPlace.extend({
      evidence: Prose(),
      waiting: z.array(z.strictObject({ agencyId: Id, answerDueOn: DateOn })),
    }),
    {
      evolve(state, data) {
        for (const w of data.waiting) {
          const o = changed(state.owners, w.agencyId);
          const clock = o.directionStopped ? 'directionDueOn' : 'dueOn';
          const was = o[clock];
          // Late already when a rung was called, it does not become in time by asking for evidence there.
          if (!o.rungDueOn && o.answerDueOn === was) o.answerDueOn = w.answerDueOn;
          if (o.dueOn === was) o.dueOn = w.answerDueOn;
          o[clock] = w.answerDueOn;
          for (const key of ['leftDays', 'directionStopped'] as const) delete o[key];
        }
      },
      describe: (data) => `supplied evidence: ${data.evidence}`,
      sets: (data) => data.waiting.map((waits) => answerDue(waits.agencyId, waits.answerDueOn)),
      due: (data) =>
        data.waiting.flatMap((waits) => [
          { close: 'evidence' as const, key: waits.agencyId },
          { resume: 'answer' as const, key: waits.agencyId },
          ...rungsAbove.map((rung) => ({ resume: 'rung' as const, key: directionOf(waits.agencyId, rung) })),
        ]),
    },
  ),
  /**
   * `answered`: the owner has answered, and its answer is what is late or not enough; `promisedFor`: the date
   * it gave.
   */
  BarrierEscalated: event(
    OfOwner.extend({
      kind: OwnerKind,
      rung: Rung,
      from: Rung,
      cause: Cause,
      dueOn: DateOn,
      answered: z.literal(true).optional(),
      promisedFor: DateOn.optional(),
    }),
    {
      evolve(state, data) {
        Object.assign(changed(state.owners, data.agencyId), { rung: data.rung, rungDueOn: data.dueOn });
      },
      describe: (data) =>
        `escalated the barrier to ${rungs[data.rung]} (${nameOf.agency(data.agencyId)}: ${data.cause}), ` +
        `to direct by ${longDate(data.dueOn)}`,
      sets: (data) => [
        {
          ...sets(`${owner(data.agencyId)}.rung`, 'Escalated to', rungs[data.rung]),
          was: rungs[data.from],
        },
      ],
      // The rung's item stands beside the owner's, which is late by its own day.
      due: (data, meta) => [
        { close: 'rung', key: beforeRung(data.agencyId, data.from) },
        {
          open: 'rung',
          key: beforeRung(data.agencyId, data.rung),
          place: data.placeId,
          owedBy: sitting(data.rung),
          deed: `Direct ${nameOf.agency(data.agencyId)}, which ${why(data)}, on ${theBarrier(meta)}`,
          on: data.dueOn,
        },
      ],
    },
  ),
  BarrierDirected: event(
    OfOwner.extend({ kind: OwnerKind, rung: Rung, direction: Prose(), official: Name, answerDueOn: DateOn }),
    {
      evolve(state, data) {
        const o = changed(state.owners, data.agencyId);
        // Who answered or declined is asked anew; who never answered was asked before, and is late by that.
        if (o.answer ?? o.struck)
          Object.assign(o, { dueOn: data.answerDueOn, answerDueOn: data.answerDueOn });
        const before = heldTo(o);
        for (const key of ['struck', 'struckAt', 'answer', 'rungDueOn', 'directionStopped'] as const)
          delete o[key];
        Object.assign(o, {
          directionDueOn: data.answerDueOn,
          directedBy: data.rung,
          ...(before ? { before } : {}),
        });
        state.status = 'owned';
      },
      act: (data) => data.agencyId,
      completes: ['rung'],
      describe: (data) =>
        `directed ${nameOf.agency(data.agencyId)} for ${rungs[data.rung]}, to answer by ` +
        `${longDate(data.answerDueOn)}: ${data.direction}`,
      sets: (data) => [
        { ...ownership(data.agencyId, 'proposed'), where: 'declined' },
        answerDue(data.agencyId, data.answerDueOn),
      ],
      due: (data, meta) => [
        { close: 'rung', key: beforeRung(data.agencyId, data.rung) },
        {
          open: 'rung',
          key: directionOf(data.agencyId, data.rung),
          place: data.placeId,
          owedBy: ownerOwes(data),
          deed: `Answer the direction of ${rungs[data.rung]} on ${theBarrier(meta)}`,
          on: data.answerDueOn,
        },
      ],
    },
  ),
};
