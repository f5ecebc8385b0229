/** Events between a barrier's owners, the places and the rungs above: answered, evidence supplied, escalated, directed. */
import { z } from 'zod';
import { kit } from './aggregate.js';
import { Cause, OfOwner, OfPlace, OwnerKind, Position, Rung, Status, ownerOwes, type BarrierState } from './barrier-state.js';
import { nameOf } from './naming.js';
import { changed } from './parts.js';
import { DateOn, Id, Name, Prose, longDate } from './values.js';

const { event } = kit<BarrierState>();
const words: Record<z.infer<typeof Position>, string> = {
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

/** What the owner of an escalated barrier still has to do: its word, another answer, or an answer at all. */
const whatIsDue = (d: { answered?: true | undefined; promisedFor?: string | undefined }): string =>
  d.promisedFor ? `Do what was promised for ${longDate(d.promisedFor)}` : d.answered ? 'Reconsider the answer' : 'Answer the barrier';

export const answerEvents = {
  BarrierAnswered: event(
    OfOwner.extend({
      kind: OwnerKind,
      position: Position,
      next: Status,
      reason: Prose().optional(),
      official: Name.optional(),
      dueOn: DateOn.optional(),
      measure: Prose(500).optional(),
      evidenceExpected: Prose(500).optional(),
      verifierAgency: Id.optional(),
      evidenceNeeded: z.array(Prose(500)).optional(),
      evidenceDueOn: DateOn.optional(),
      leftDays: z.int().min(0).optional(),
      waiverId: Id.optional(),
    }),
    {
      evolve(s, d, m) {
        const o = changed(s.owners, d.agencyId);
        o.acceptedOn ??= m.today;
        if (d.position === 'need-evidence') {
          o.leftDays = d.leftDays!;
          o.evidenceAsked++;
        } else {
          const { measure, evidenceExpected, verifierAgency } = d;
          const inFull = m.actor.role === 'official' && m.actor.agency === d.agencyId && d.dueOn && measure && evidenceExpected && verifierAgency;
          o.answer = {
            position: d.position,
            on: m.today,
            dueBy: o.answerDueOn ?? o.dueOn,
            ...(d.dueOn ? { dueOn: d.dueOn } : {}),
            ...(inFull ? { inFull: { measure, evidenceExpected, verifierAgency } } : {}),
          };
          delete o.leftDays;
        }
        // A refusal is an event of its own, which follows.
        s.status = d.next;
      },
      act: (d) => d.agencyId,
      says: (d) => `answered for ${nameOf.agency(d.agencyId)} that it ${words[d.position]}${d.dueOn ? ` by ${longDate(d.dueOn)}` : ''}${d.reason ? `: ${d.reason}` : ''}`,
      due: (d) =>
        d.position === 'need-evidence'
          ? [
              { close: 'ownership', key: d.agencyId },
              { stop: 'answer', key: d.agencyId },
              {
                open: 'evidence',
                key: d.agencyId,
                place: d.placeId,
                owedBy: [{ kind: 'place', id: d.placeId }],
                deed: `Supply the evidence ${nameOf.agency(d.agencyId)} asked for`,
                on: d.evidenceDueOn!,
              },
            ]
          : [
              ...(['ownership', 'answer', 'evidence'] as const).map((code) => ({ close: code, key: d.agencyId })),
              ...(d.dueOn
                ? [
                    {
                      open: 'deed' as const,
                      key: d.agencyId,
                      place: d.placeId,
                      owedBy: ownerOwes(d),
                      deed: d.position === 'will-pilot' ? 'Pilot the change' : 'Remove the barrier',
                      on: d.dueOn,
                    },
                  ]
                : []),
            ],
    },
  ),
  EvidenceSupplied: event(OfPlace.extend({ evidence: Prose(), waiting: z.array(z.strictObject({ agencyId: Id, answerDueOn: DateOn })) }), {
    evolve(s, d) {
      for (const w of d.waiting) {
        const o = changed(s.owners, w.agencyId);
        o.dueOn = w.answerDueOn;
        // Late already when a rung was called, it does not become in time by asking for evidence there.
        if (!o.rungOpen) o.answerDueOn = w.answerDueOn;
        delete o.leftDays;
      }
    },
    says: (d) => `supplied evidence: ${d.evidence}`,
    due: (d) =>
      d.waiting.flatMap((w) => [
        { close: 'evidence' as const, key: w.agencyId },
        { resume: 'answer' as const, key: w.agencyId },
      ]),
  }),
  /** `answered`: the owner has answered, and its answer is what is late or not enough; `promisedFor`: the date it gave. */
  BarrierEscalated: event(OfOwner.extend({ kind: OwnerKind, rung: Rung, from: Rung, cause: Cause, dueOn: DateOn, answered: z.literal(true).optional(), promisedFor: DateOn.optional() }), {
    evolve(s, d) {
      // After an answer, it is another one that is due, by the rung's day.
      Object.assign(changed(s.owners, d.agencyId), { rung: d.rung, rungOpen: true, dueOn: d.dueOn, ...(d.answered ? { answerDueOn: d.dueOn } : {}) });
    },
    says: (d) => `escalated the barrier to ${rungs[d.rung]} (${nameOf.agency(d.agencyId)}: ${d.cause}), to direct by ${longDate(d.dueOn)}`,
    // The rung's item replaces the owner's open one.
    due: (d) => [
      { close: 'deed', key: d.agencyId },
      {
        open: 'answer',
        key: d.agencyId,
        place: d.placeId,
        owedBy: ownerOwes(d),
        deed: `${whatIsDue(d)}, now before ${rungs[d.rung]}`,
        on: d.dueOn,
      },
    ],
  }),
  BarrierDirected: event(OfOwner.extend({ kind: OwnerKind, rung: Rung, direction: Prose(), official: Name, answerDueOn: DateOn }), {
    evolve(s, d) {
      const o = changed(s.owners, d.agencyId);
      for (const key of ['struck', 'struckAt', 'answer', 'rungOpen', 'leftDays'] as const) delete o[key];
      Object.assign(o, { dueOn: d.answerDueOn, answerDueOn: d.answerDueOn, directedBy: d.rung });
      s.status = 'owned';
    },
    says: (d) => `directed ${nameOf.agency(d.agencyId)} from the rung of ${rungs[d.rung]}, to answer by ${longDate(d.answerDueOn)}: ${d.direction}`,
    due: (d) => [
      ...(['answer', 'evidence', 'deed'] as const).map((code) => ({ close: code, key: d.agencyId })),
      { open: 'answer', key: d.agencyId, place: d.placeId, owedBy: ownerOwes(d), deed: 'Answer the direction', on: d.answerDueOn },
    ],
  }),
};
