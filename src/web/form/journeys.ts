/**
 * Forms that ask one thing after another, in the order in which their steps come. A command that is not here
 * has one page; members that no step names are asked for on the last.
 */
import type { InputOf } from '../../domain/kernel/types.js';
import type { CommandName, Registry } from '../../domain/registry.js';

type Steps<A extends keyof Registry, C extends CommandName<A>> =
  Registry[A]['commands'] extends Readonly<Record<C, infer E>>
    ? readonly (readonly (keyof InputOf<E> & string)[])[]
    : never;
type Journeys = {
  readonly [A in keyof Registry]: {
    readonly [C in CommandName<A> as `${A}.${C}`]?: Steps<A, C>;
  };
};
type Together<T> = (T extends unknown ? (one: T) => void : never) extends (all: infer I) => void ? I : never;

/** By record and command; a member that its command does not have does not compile. */
const journeys: Together<Journeys[keyof Registry]> = {
  'pool.Pledge': [['pledgedPence'], ['financialYear'], ['fundingStreamId']],
  // Which pledge it is settles what consent would show.
  'pool.ConfirmPledge': [['pledgeId'], ['consent']],
  'barrier.RecordBarrier': [['placeId', 'kind'], ['statement'], ['effectOnResidents']],
  'barrier.Triage': [['locus'], ['reason']],
  'decision.TakePosition': [['stance'], ['reason']],
  'commitment.Report': [
    ['period'],
    ['progress', 'rag'],
    ['narrative', 'nextStep'],
    [
      'cause',
      'causeText',
      'recovery',
      'recoveryOn',
      'fallReason',
      'correctionReason',
      'overrideReason',
      'waiverId',
    ],
  ],
  'commitment.Reschedule': [
    ['dueOn', 'afterProgramme'],
    ['reason', 'decisionId', 'official'],
  ],
  'commitment.Verify': [['level'], ['reason']],
  'commitment.DraftCommitment': [
    ['placeId', 'title', 'change', 'themeId'],
    ['level', 'ownerAgencyId', 'accountable'],
    ['measure', 'evidenceExpected', 'verifierAgencyId'],
    ['startOn', 'dueOn', 'afterProgramme', 'milestones'],
    ['money', 'dependsOn', 'from', 'supersedes'],
  ],
  // What the draft lacks.
  'commitment.Offer': [
    ['accountable', 'measure', 'evidenceExpected', 'verifierAgencyId'],
    ['startOn', 'dueOn', 'afterProgramme'],
  ],
  'programme.SetSubmissionTemplate': [['roundKind', 'placeKind'], ['sections']],
  'programme.RequireSteps': [['placeKind'], ['steps']],
  'programme.RescheduleRound': [['roundNo'], ['observation', 'window', 'reason']],
  'programme.RescheduleMilestone': [['milestoneId'], ['date', 'reason']],
  'submission.AnswerSection': [['sectionId'], ['content']],
  // Which rounds there are is known once the programme is.
  'submission.StartSubmission': [['programmeId', 'placeId'], ['roundNo']],
  'barrier.PrepareAnswer': [
    ['position'],
    ['reason', 'official', 'dueOn', 'measure', 'evidenceExpected', 'verifierAgencyId', 'evidenceNeeded'],
  ],
  'barrier.Respond': [
    ['position'],
    ['reason', 'official', 'dueOn', 'measure', 'evidenceExpected', 'verifierAgencyId', 'evidenceNeeded'],
  ],
};

/** The members that each step of a form asks for; one step of all where it is no journey. */
export function stepsOf(command: string, members: readonly string[]): readonly (readonly string[])[] {
  const named = (journeys as Readonly<Record<string, readonly (readonly string[])[]>>)[command];
  if (!named || !Object.hasOwn(journeys, command)) return [members];
  const known = new Set(named.flat());
  const rest = members.filter((member) => !known.has(member));
  return named.map((step, i) => (i === named.length - 1 ? [...step, ...rest] : step));
}
