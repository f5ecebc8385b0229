/** Events of a promise that is being kept: reports, milestones, the claim that it is done and what its verifier says. */
import { z } from 'zod';
import { kit } from '../kernel/aggregate.js';
import { nameOf } from '../kernel/naming.js';
import { DateOn, Id, PartId, Prose, longDate } from '../shared/values.js';
import {
  Cause,
  Completion,
  Evidence,
  Milestone,
  Owned,
  OwnerKind,
  Period,
  Rag,
  worstOf,
  type CommitmentState,
  type Report,
} from './state.js';
import { changed, put } from '../kernel/parts.js';
import type { DueParty } from '../progress/due-codes.js';

const { event } = kit<CommitmentState>();
export const party = (id: string, kind: z.infer<typeof OwnerKind>): DueParty[] => [
  { kind: kind === 'department' ? 'department' : 'agency', id },
];
export const delivery = (d: z.infer<typeof Owned>, on: string) =>
  ({
    open: 'delivery',
    key: 'delivery',
    place: d.placeId,
    owedBy: party(d.ownerAgencyId, d.ownerKind),
    deed: 'Deliver the commitment',
    on,
  }) as const;
export const ended = (s: CommitmentState, status: CommitmentState['status'], today: string): void => {
  s.status = status;
  s.endedOn = today;
  // Whatever the pool held for it is given back (8.2): nothing may pass on it any more.
  if (s.funds && s.funds !== 'refused') s.funds = 'released';
};
const returned = (s: CommitmentState): void => {
  s.status = 'in-delivery';
  delete s.claim;
};

type ReportPart = Exclude<keyof Report, 'on' | 'version'>;
/** What a report keeps of its event, in the order of its text: every part, or this does not compile. */
const ofReport = Object.keys({
  cause: true,
  causeText: true,
  correctionReason: true,
  fallReason: true,
  narrative: true,
  nextStep: true,
  overrideReason: true,
  progress: true,
  rag: true,
  recovery: true,
  recoveryOn: true,
  waiverId: true,
} satisfies Record<ReportPart, true>) as ReportPart[];

export const deliveryEvents = {
  ProgressReported: event(
    z.strictObject({
      placeId: Id,
      ownerAgencyId: Id,
      period: Period,
      progress: z.int().min(0).max(100),
      rag: Rag,
      narrative: Prose(),
      nextStep: Prose(500),
      cause: Cause.optional(),
      causeText: Prose(300).optional(),
      recovery: Prose(500).optional(),
      recoveryOn: DateOn.optional(),
      fallReason: Prose(500).optional(),
      correctionReason: Prose(500).optional(),
      waiverId: Id.optional(),
      overrideReason: Prose(500).optional(),
      /** It is red, and was not by the last report before it. */
      turnedRed: z.boolean(),
    }),
    {
      evolve(s, d, m) {
        // A report is replaced whole and never changed within: what it shares with its event stays as it is. Member by member:
        // to copy the rest of an object costs more than to read it.
        const report: Partial<Report> = {};
        for (const name of ofReport)
          if (d[name] !== undefined) (report as Record<string, unknown>)[name] = d[name];
        report.on = m.today;
        report.version = m.version;
        put(s.reports, d.period, report as Report);
        if (s.status === 'accepted') s.status = 'in-delivery';
      },
      act: true,
      waivedBy: 'waiverId',
      describe: (d) =>
        `${d.correctionReason ? 'corrected the report' : 'reported'} for ${d.period}: ${d.progress} per cent, ${worstOf(d.rag)}${d.waiverId ? ', against the facts, by a waiver' : ''}. ${d.narrative}`,
      material: (d) => d.turnedRed,
    },
  ),
  CommitmentMilestoneAdded: event(Milestone, {
    evolve(s, { milestoneId, ...d }) {
      put(s.milestones, milestoneId, d);
    },
    act: true,
    describe: (d) => `added the milestone ${d.title}, due ${longDate(d.dueOn)}`,
  }),
  CommitmentMilestoneReached: event(
    z.strictObject({ milestoneId: PartId, title: Prose(300), note: Prose(500).optional() }),
    {
      evolve(s, d, m) {
        changed(s.milestones, d.milestoneId).reachedOn = m.today;
      },
      act: true,
      describe: (d) => `reached the milestone ${d.title}${d.note ? `: ${d.note}` : ''}`,
    },
  ),
  CompletionClaimed: event(
    Owned.extend({
      evidence: z.array(Evidence),
      verifierAgencyId: Id,
      verifierKind: OwnerKind,
      verifyBy: DateOn,
    }),
    {
      evolve(s, d, m) {
        s.status = 'completion-claimed';
        s.claim = { by: m.actor.account, on: m.today, evidence: structuredClone(d.evidence) };
      },
      act: true,
      completes: ['delivery'],
      describe: (d) =>
        `claimed for ${nameOf.agency(d.ownerAgencyId)} that the commitment is complete, to be verified by ${nameOf.agency(d.verifierAgencyId)}`,
      due: (d) => [
        { close: 'delivery' },
        {
          open: 'verification',
          key: 'verification',
          place: d.placeId,
          owedBy: party(d.verifierAgencyId, d.verifierKind),
          deed: 'Verify that the commitment is complete',
          on: d.verifyBy,
        },
      ],
    },
  ),
  CompletionReturned: event(Owned.extend({ dueOn: DateOn, reason: Prose() }), {
    evolve: returned,
    completes: ['verification'],
    describe: (d) => `returned the claim of completion to ${nameOf.agency(d.ownerAgencyId)}: ${d.reason}`,
    due: (d) => [{ close: 'verification' }, delivery(d, d.dueOn)],
  }),
  CompletionVerified: event(
    Owned.extend({
      verifierAgencyId: Id,
      level: Completion,
      closes: z.boolean(),
      reason: Prose().optional(),
      dueOn: DateOn,
    }),
    {
      evolve(s, d, m) {
        s.verification = {
          level: d.level,
          by: m.actor.account,
          agencyId: d.verifierAgencyId,
          on: m.today,
          ...(d.reason ? { reason: d.reason } : {}),
          version: m.version,
        };
        if (d.closes) ended(s, 'completed', m.today);
        else returned(s);
      },
      completes: ['verification'],
      describe: (d) =>
        `verified for ${nameOf.agency(d.verifierAgencyId)}: ${d.level}${d.reason ? `, ${d.reason}` : ''}`,
      due: (d) => (d.closes ? [{ close: '*' }] : [{ close: 'verification' }, delivery(d, d.dueOn)]),
    },
  ),
  CommitmentReopened: event(Owned.extend({ evidence: z.array(Evidence), reason: Prose(), dueOn: DateOn }), {
    evolve(s, d) {
      returned(s);
      s.dueOn = d.dueOn;
      delete s.endedOn;
    },
    describe: (d) => `reopened the commitment, now due ${longDate(d.dueOn)}: ${d.reason}`,
    due: (d) => [delivery(d, d.dueOn)],
  }),
};
