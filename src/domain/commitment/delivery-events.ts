/**
 * Events of a promise that is being kept: reports, milestones, the claim that it is done and what its
 * verifier says.
 */
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
  dimensions,
  worstOf,
  type CommitmentState,
  type Report,
} from './state.js';
import { changed, put } from '../kernel/parts.js';
import type { Meta } from '../kernel/types.js';
import type { DueParty } from '../progress/due-codes.js';
import { allOfIt } from './limits.js';
import { sets, type SetValue } from '../kernel/set-value.js';

const { event } = kit<CommitmentState>();
export const party = (id: string, kind: z.infer<typeof OwnerKind>): DueParty[] => [
  { kind: kind === 'department' ? 'department' : 'agency', id },
];
/** A commitment in a sentence, by its title. */
export const theCommitment = ({ recordId }: Pick<Meta, 'recordId'>): string =>
  `the commitment ${nameOf.record(`commitment-${recordId}`)}`;
export const delivery = (data: z.infer<typeof Owned>, on: string, meta: Pick<Meta, 'recordId'>) =>
  ({
    open: 'delivery',
    key: 'delivery',
    place: data.placeId,
    owedBy: party(data.ownerAgencyId, data.ownerKind),
    deed: `Deliver ${theCommitment(meta)}`,
    on,
  }) as const;
export const ended = (state: CommitmentState, status: CommitmentState['status'], today: string): void => {
  state.status = status;
  state.endedOn = today;
  // Whatever the pool held for it is given back (docs/rules/commitment.md#ending): nothing may pass on it any
  // more.
  if (state.funds && state.funds !== 'refused') state.funds = 'released';
};
const returned = (state: CommitmentState): void => {
  state.status = 'in-delivery';
  delete state.claim;
};

export const dueSet = (dueOn: string): SetValue => sets('due', 'Due', longDate(dueOn));
/** The colours of a report in words: one, where all four are the same. */
function coloursOf(rag: Rag): string {
  const worst = worstOf(rag);
  return dimensions.every((one) => rag[one] === worst)
    ? worst
    : dimensions.map((one) => `${one} ${rag[one]}`).join(', ');
}

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
      progress: z.int().min(0).max(allOfIt),
      rag: Rag,
      narrative: Prose(),
      nextStep: Prose('remark'),
      cause: Cause.optional(),
      causeText: Prose('title').optional(),
      recovery: Prose('remark').optional(),
      recoveryOn: DateOn.optional(),
      fallReason: Prose('remark').optional(),
      correctionReason: Prose('remark').optional(),
      waiverId: Id.optional(),
      overrideReason: Prose('remark').optional(),
      /** It is red, and was not by the last report before it. */
      turnedRed: z.boolean(),
    }),
    {
      evolve(state, data, event) {
        // A report is replaced whole and never changed within: what it shares with its event stays as it is.
        // Member by member: to copy the rest of an object costs more than to read it.
        const report: Partial<Report> = {};
        for (const name of ofReport)
          if (data[name] !== undefined) (report as Record<string, unknown>)[name] = data[name];
        report.on = event.today;
        report.version = event.version;
        put(state.reports, data.period, report as Report);
        if (state.status === 'accepted') state.status = 'in-delivery';
      },
      act: true,
      waivedBy: 'waiverId',
      describe: (data) =>
        `${data.correctionReason ? 'corrected the report' : 'reported'} for ${data.period}: ` +
        `${data.progress} per cent, ` +
        `${worstOf(data.rag)}${data.waiverId ? ', against the facts, by a waiver' : ''}. ` +
        `${data.narrative}`,
      sets: ({ period: at, progress, rag }) => [
        { ...sets('progress', 'Progress', `${progress} per cent`), at },
        { ...sets('colours', 'Colours', coloursOf(rag)), at },
      ],
      material: (data) => data.turnedRed,
    },
  ),
  CommitmentMilestoneAdded: event(Milestone, {
    evolve(state, { milestoneId, ...d }) {
      put(state.milestones, milestoneId, d);
    },
    act: true,
    describe: (data) => `added the milestone ${data.title}, due ${longDate(data.dueOn)}`,
  }),
  CommitmentMilestoneReached: event(
    z.strictObject({ milestoneId: PartId, title: Prose('title'), note: Prose('remark').optional() }),
    {
      evolve(state, data, event) {
        changed(state.milestones, data.milestoneId).reachedOn = event.today;
      },
      act: true,
      describe: (data) => `reached the milestone ${data.title}${data.note ? `: ${data.note}` : ''}`,
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
      evolve(state, data, event) {
        state.status = 'completion-claimed';
        state.claim = { by: event.actor.account, on: event.today, evidence: structuredClone(data.evidence) };
      },
      act: true,
      completes: ['delivery'],
      describe: (data) =>
        `claimed for ${nameOf.agency(data.ownerAgencyId)} that the commitment is complete, to be ` +
        `verified by ${nameOf.agency(data.verifierAgencyId)}`,
      due: (data, meta) => [
        { close: 'delivery' },
        {
          open: 'verification',
          key: 'verification',
          place: data.placeId,
          owedBy: party(data.verifierAgencyId, data.verifierKind),
          deed: `Verify that ${theCommitment(meta)} is complete`,
          on: data.verifyBy,
        },
      ],
    },
  ),
  CompletionReturned: event(Owned.extend({ dueOn: DateOn, reason: Prose() }), {
    evolve: returned,
    completes: ['verification'],
    describe: (data) =>
      `returned the claim of completion to ${nameOf.agency(data.ownerAgencyId)}: ${data.reason}`,
    due: (data, meta) => [{ close: 'verification' }, delivery(data, data.dueOn, meta)],
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
      evolve(state, data, event) {
        state.verification = {
          level: data.level,
          by: event.actor.account,
          agencyId: data.verifierAgencyId,
          on: event.today,
          ...(data.reason ? { reason: data.reason } : {}),
          version: event.version,
        };
        if (data.closes) ended(state, 'completed', event.today);
        else returned(state);
      },
      completes: ['verification'],
      describe: (data) =>
        `verified for ${nameOf.agency(data.verifierAgencyId)}: ` +
        `${data.level}${data.reason ? `, ${data.reason}` : ''}`,
      sets: (data) => [sets('verified', 'How far it was done', data.level.replaceAll('-', ' '))],
      due: (data, meta) =>
        data.closes ? [{ close: '*' }] : [{ close: 'verification' }, delivery(data, data.dueOn, meta)],
    },
  ),
  CommitmentReopened: event(Owned.extend({ evidence: z.array(Evidence), reason: Prose(), dueOn: DateOn }), {
    evolve(state, data) {
      returned(state);
      state.dueOn = data.dueOn;
      delete state.endedOn;
    },
    describe: (data) => `reopened the commitment, now due ${longDate(data.dueOn)}: ${data.reason}`,
    sets: (data) => [dueSet(data.dueOn)],
    due: (data, meta) => [delivery(data, data.dueOn, meta)],
  }),
};
