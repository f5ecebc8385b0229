/**
 * What a decision's commands say where they refuse, and how its arithmetic is told: a sentence each, of what
 * its reader has to be told.
 */
import type { Result, Rule, Tally, Why } from './rule.js';
import { countOf } from '../shared/wording.js';
import { longDate, longTime } from '../shared/values.js';
import { longestOpen, shortestReason } from './limits.js';

// Drafting, opening, closing and reviewing
export const textFrozen =
  'The text is frozen once a decision was opened. Withdraw it and draft another that names this one in ' +
  'replaces.';
export const nobodyCouldVote = 'Nobody could vote: the collaborative has no accepted voting seat.';

export const closesBetween = (first: string, last: string, urgent: boolean): string => {
  const openFor = urgent ? 'an urgent one is open for one working day' : 'five working days';
  return (
    `The decision must close from ${longDate(first)} (${openFor}) to ${longDate(last)} ` +
    `(${longestOpen} days).`
  );
};

/** `silent`: the seats and agencies that have not spoken. */
export const tooEarlyToClose = (closesAt: string, silent: readonly string[]): string =>
  `The decision is open until ${longTime(closesAt)}. It can close earlier when all have spoken; still ` +
  `silent: ${silent.join(', ') || 'nobody'}.`;
export const outcomeStands = 'The outcome is recorded. What is found later belongs into the review.';

/** `last`: until when money that is spent has to be reviewed. */
export const reviewOutOfRange = (last: string | undefined): string => {
  const within = last ? ` and, where money is spent, within 12 months: by ${longDate(last)}` : '';
  return `The review must be after today${within}.`;
};

/** `reviewOn`: absent where no review is due. */
export const reviewNotDue = (reviewOn: string | undefined): string =>
  reviewOn
    ? `The decision is reviewed from ${longDate(reviewOn)}.`
    : 'No review of this decision is due. Another decision can replace it.';

// Positions, interests and consents
export const decisionClosed =
  'This decision is closed. Nothing is added to it after its time but its outcome and reviews.';
export const onlyElectorate =
  'Only the holder of a seat that could vote when the decision was opened, or a delegate valid today, can ' +
  'do this.';
export const seatConflicted =
  'This seat declared a pecuniary interest and is out of vote and quorum. Where its agency’s money is ' +
  'spent, a delegate without the interest can consent for it.';
export const dissentUnreasoned =
  `Enter why you disagree or object, in at least ${shortestReason} characters. It stays on the ` + 'record.';
export const spokeForAnother =
  'You spoke for another agency in this decision. Somebody else speaks for this one.';
export const agreesApart =
  'You wrote or opened this decision, or spoke for another agency in it. Somebody else agrees for this ' +
  'agency.';
export const agreesByPosition = 'Your agency votes on this decision. It agrees by the position of its seat.';
export const delegateConsents =
  'Your agency’s seat declared a pecuniary interest. A delegate consents for it, who is not the one with ' +
  'the interest.';

// The arithmetic

/** Why it did not carry, in words: of a closed decision, and of one that is still open. */
export const whyInWords = (why: Why, tense: 'was' | 'is'): string =>
  ({
    QUORUM_NOT_REACHED: `the quorum ${tense} not reached`,
    OBJECTION_STANDS: 'an objection stands',
    NO_MAJORITY: `there ${tense} no majority for it`,
    NO_SUPERMAJORITY: `the majority for it ${tense} too small`,
    AFFECTED_AGENCY_HAS_NOT_AGREED: 'an agency whose money it spends has not agreed',
  })[why];

export const seatsAtOpening = (seats: number): string =>
  `${countOf(seats, 'voting seat')} stood when the decision was opened.`;

/** `conflicted`: whose seats declared a pecuniary interest. */
export function interestsDeclared(conflicted: readonly string[], mayVote: number): string {
  if (conflicted.length === 0) return 'No seat declared a pecuniary interest.';
  return (
    `${countOf(conflicted.length, 'seat')} declared a pecuniary interest and ` +
    `${conflicted.length === 1 ? 'is' : 'are'} out of vote and quorum (${conflicted.join(', ')}): ` +
    `${countOf(mayVote, 'seat')} may vote.`
  );
}

/** `ordinary`: the quorum's fraction of the seats, rounded up; `needed`: how many are, where it is urgent. */
export function quorumCounted(counted: {
  readonly quorum: { readonly n: number; readonly d: number };
  readonly seats: number;
  readonly ordinary: number;
  readonly urgent: boolean;
  readonly needed: number;
}): string {
  const { quorum, seats, ordinary, urgent, needed } = counted;
  return (
    `The quorum is ${quorum.n}/${quorum.d} of the ${countOf(seats, 'seat')} at the opening, rounded up: ` +
    `${ordinary}.${urgent ? ` It was urgent, so every seat that may vote is needed: ${needed}.` : ''}`
  );
}
/** `closed`: false of a decision that is still open. */
export const positionsTaken = (spoken: number, closed: boolean): string => {
  const soFar = `${spoken === 1 ? 'has' : 'have'} taken a position so far`;
  return `${countOf(spoken, 'seat')} ${closed ? 'took a position' : soFar}.`;
};
export const tallied = ({ agree, abstain, disagree, object, withdrawn }: Tally): string =>
  `${agree} agree, ${abstain} abstain, ${disagree} disagree, ${object} object` +
  `${withdrawn > 0 ? `, ${countOf(withdrawn, 'objection')} withdrawn` : ''}.`;

/** By which rule it carries, with the tally put into it. */
export function ruleInWords(rule: Rule, { agree, disagree, object }: Tally): string {
  const against = disagree + object;
  if (rule.kind === 'consent')
    return (
      'By consent it carries when no objection stands: ' +
      `${countOf(object, 'objection stands', 'objections stand')}.`
    );
  if (rule.kind === 'majority')
    return (
      `By majority it carries when more agree than disagree and object together: ${agree} against ` +
      `${against}.`
    );
  const cast = agree + against;
  return (
    `By supermajority it carries when ${rule.n}/${rule.d} of the votes cast agree, abstentions not ` +
    `counted: ${agree} of ${cast}, where ${agree} × ${rule.d} = ${agree * rule.d} has to reach ` +
    `${cast} × ${rule.n} = ${cast * rule.n}.`
  );
}

/** `payers`: whose money it spends; `unagreed`: who of them has not agreed. */
export function moneyAgreed(payers: readonly string[], unagreed: readonly string[]): string {
  if (payers.length === 0) return 'It spends no agency’s money.';
  const have = unagreed.length === 1 ? 'has' : 'have';
  const agreed = unagreed.length === 0 ? 'all have.' : `${unagreed.join(', ')} ${have} not.`;
  return `It spends money of ${payers.join(', ')}, each of which has to agree itself: ${agreed}`;
}

/** How a result is called: as an outcome, or as what would come out if the decision closed now. */
export function comesOut(result: Result['result'], closed: boolean, why: Why | undefined): string {
  const words = closed
    ? { carried: 'Carried', lapsed: 'Lapsed', 'not-carried': 'Not carried' }
    : {
        carried: 'If it closed now it would be carried',
        lapsed: 'If it closed now it would lapse',
        'not-carried': 'If it closed now it would not be carried',
      };
  return `${words[result]}${why ? `: ${whyInWords(why, closed ? 'was' : 'is')}` : ''}.`;
}
