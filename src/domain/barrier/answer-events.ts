/** Events between a barrier's owners, the places and the rungs above: answered, evidence supplied, escalated, directed. */
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
  type BarrierState,
} from './state.js';
import { nameOf } from '../kernel/naming.js';
import { changed } from '../kernel/parts.js';
import { DateOn, Id, Name, Prose, longDate } from '../shared/values.js';

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
const why = (d: {
  cause: z.infer<typeof Cause>;
  answered?: true | undefined;
  promisedFor?: string | undefined;
}): string =>
  d.promisedFor
    ? `promised to act by ${longDate(d.promisedFor)}`
    : d.answered
      ? 'will not change it'
      : d.cause === 'declined'
        ? 'declined to own the barrier'
        : 'has not answered';
/** Who sits at a rung: the champion's department, the programme office for the groups, the chair's agency. */
const sitting = (rung: z.infer<typeof Rung>) => [
  { sits: rung === 'champion' || rung === 'chair' ? rung : ('programme-office' as const) },
];

export const answerEvents = {
  BarrierAnswered: event(
    OfOwner.extend({
      kind: OwnerKind,
      position: AnswerKind,
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
      firstPromisedFor: DateOn.optional(),
    }),
    {
      evolve(s, d, m) {
        const o = changed(s.owners, d.agencyId);
        o.acceptedOn ??= m.today;
        if (d.position === 'need-evidence') {
          o.leftDays = d.leftDays!;
          o.evidenceAsked++;
          if (o.directionDueOn) o.directionStopped = true;
        } else {
          const { measure, evidenceExpected, verifierAgency } = d;
          const inFull =
            m.actor.role === 'official' &&
            m.actor.agency === d.agencyId &&
            d.dueOn &&
            measure &&
            evidenceExpected &&
            verifierAgency;
          const firstPromisedFor = o.before?.firstPromisedFor ?? o.before?.dueOn;
          o.answer = {
            position: d.position,
            on: m.today,
            dueBy: o.answerDueOn ?? o.dueOn,
            ...(d.dueOn ? { dueOn: d.dueOn } : {}),
            ...(firstPromisedFor ? { firstPromisedFor } : {}),
            ...(inFull ? { inFull: { measure, evidenceExpected, verifierAgency } } : {}),
          };
          for (const key of ['before', 'leftDays', 'directionDueOn', 'directionStopped'] as const)
            delete o[key];
          // What the rung was asked for is there; a refusal it still has to direct about.
          if (d.position !== 'will-not') delete o.rungDueOn;
        }
        // A refusal is an event of its own, which follows on the same day.
        s.status = d.next;
        if (d.next === 'refused') s.endedOn = m.today;
      },
      act: (d) => d.agencyId,
      waivedBy: 'waiverId',
      // An answer makes a rung's own word needless; that is not late by it.
      completes: ({ code, key }) => code === 'answer' || (code === 'rung' && readKey(key).directed),
      describe: (d) => {
        const first = d.firstPromisedFor ? `, first promised for ${longDate(d.firstPromisedFor)}` : '';
        return `answered for ${nameOf.agency(d.agencyId)} that it ${words[d.position]}${d.dueOn ? ` by ${longDate(d.dueOn)}` : ''}${first}${d.reason ? `: ${d.reason}` : ''}`;
      },
      due: (d) =>
        d.position === 'need-evidence'
          ? [
              { close: 'ownership', key: d.agencyId },
              { stop: 'answer', key: d.agencyId },
              ...rungsAbove.map((r) => ({ stop: 'rung' as const, key: directionOf(d.agencyId, r) })),
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
              // Its own new word is what ends an earlier promise.
              ...(['ownership', 'answer', 'evidence', 'deed'] as const).map((code) => ({
                close: code,
                key: d.agencyId,
              })),
              ...rungsAbove
                .flatMap((r) => [
                  directionOf(d.agencyId, r),
                  ...(d.position === 'will-not' ? [] : [beforeRung(d.agencyId, r)]),
                ])
                .map((key) => ({ close: 'rung' as const, key })),
              ...(d.dueOn
                ? [
                    {
                      open: 'deed' as const,
                      key: d.agencyId,
                      place: d.placeId,
                      owedBy: ownerOwes(d),
                      deed: `${d.position === 'will-pilot' ? 'Pilot the change' : 'Remove the barrier'}${d.firstPromisedFor ? ` (first promised for ${longDate(d.firstPromisedFor)})` : ''}`,
                      on: d.dueOn,
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
      evolve(s, d) {
        for (const w of d.waiting) {
          const o = changed(s.owners, w.agencyId);
          const clock = o.directionStopped ? 'directionDueOn' : 'dueOn';
          const was = o[clock];
          // Late already when a rung was called, it does not become in time by asking for evidence there.
          if (!o.rungDueOn && o.answerDueOn === was) o.answerDueOn = w.answerDueOn;
          if (o.dueOn === was) o.dueOn = w.answerDueOn;
          o[clock] = w.answerDueOn;
          for (const key of ['leftDays', 'directionStopped'] as const) delete o[key];
        }
      },
      describe: (d) => `supplied evidence: ${d.evidence}`,
      due: (d) =>
        d.waiting.flatMap((w) => [
          { close: 'evidence' as const, key: w.agencyId },
          { resume: 'answer' as const, key: w.agencyId },
          ...rungsAbove.map((r) => ({ resume: 'rung' as const, key: directionOf(w.agencyId, r) })),
        ]),
    },
  ),
  /** `answered`: the owner has answered, and its answer is what is late or not enough; `promisedFor`: the date it gave. */
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
      evolve(s, d) {
        Object.assign(changed(s.owners, d.agencyId), { rung: d.rung, rungDueOn: d.dueOn });
      },
      describe: (d) =>
        `escalated the barrier to ${rungs[d.rung]} (${nameOf.agency(d.agencyId)}: ${d.cause}), to direct by ${longDate(d.dueOn)}`,
      // The rung's item stands beside the owner's, which is late by its own day.
      due: (d) => [
        { close: 'rung', key: beforeRung(d.agencyId, d.from) },
        {
          open: 'rung',
          key: beforeRung(d.agencyId, d.rung),
          place: d.placeId,
          owedBy: sitting(d.rung),
          deed: `Direct ${nameOf.agency(d.agencyId)}, which ${why(d)}`,
          on: d.dueOn,
        },
      ],
    },
  ),
  BarrierDirected: event(
    OfOwner.extend({ kind: OwnerKind, rung: Rung, direction: Prose(), official: Name, answerDueOn: DateOn }),
    {
      evolve(s, d) {
        const o = changed(s.owners, d.agencyId);
        // Who answered or declined is asked anew; who never answered was asked before, and is late by that.
        if (o.answer ?? o.struck) Object.assign(o, { dueOn: d.answerDueOn, answerDueOn: d.answerDueOn });
        const before = heldTo(o);
        for (const key of ['struck', 'struckAt', 'answer', 'rungDueOn', 'directionStopped'] as const)
          delete o[key];
        Object.assign(o, {
          directionDueOn: d.answerDueOn,
          directedBy: d.rung,
          ...(before ? { before } : {}),
        });
        s.status = 'owned';
      },
      act: (d) => d.agencyId,
      completes: ['rung'],
      describe: (d) =>
        `directed ${nameOf.agency(d.agencyId)} from the rung of ${rungs[d.rung]}, to answer by ${longDate(d.answerDueOn)}: ${d.direction}`,
      due: (d) => [
        { close: 'rung', key: beforeRung(d.agencyId, d.rung) },
        {
          open: 'rung',
          key: directionOf(d.agencyId, d.rung),
          place: d.placeId,
          owedBy: ownerOwes(d),
          deed: 'Answer the direction',
          on: d.answerDueOn,
        },
      ],
    },
  ),
};
