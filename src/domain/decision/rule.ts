/**
 * How a decision comes out (docs/rules/decision.md#result): electorate, quorum, tally, rule, the agreement of
 * those whose money it is. Pure arithmetic, and the same arithmetic in words, step by step, for whoever
 * audits it.
 */
import { part, type Parts } from '../kernel/parts.js';
import * as wording from './wording.js';

export type Stance = 'agree' | 'abstain' | 'disagree' | 'object';
interface Supermajority {
  readonly kind: 'supermajority';
  readonly n: number;
  readonly d: number;
}
export type Rule = { readonly kind: 'consent' } | { readonly kind: 'majority' } | Supermajority;

/** Everything that the result follows from. */
export interface Poll {
  /** The voting seats when the decision was opened. */
  readonly electorate: readonly { readonly seatId: string; readonly agencyId: string }[];
  readonly rule: Rule;
  readonly quorum: { readonly n: number; readonly d: number };
  readonly urgent: boolean;
  readonly closesAt: string;
  /** By seat. An objection that was withdrawn takes no side any more. */
  readonly positions: Parts<{ readonly stance: Stance; readonly withdrawn?: boolean; readonly at: string }>;
  /** Seats with a declared pecuniary interest: out of vote and quorum. */
  readonly out: readonly string[];
  /** Agencies whose money it spends. */
  readonly money: readonly string[];
  /** Agencies that agreed to their own money outside the vote. */
  readonly consents: readonly string[];
}

export type Tally = Readonly<Record<Stance, number>> & { readonly withdrawn: number };
export type Why =
  | 'QUORUM_NOT_REACHED'
  | 'OBJECTION_STANDS'
  | 'NO_MAJORITY'
  | 'NO_SUPERMAJORITY'
  | 'AFFECTED_AGENCY_HAS_NOT_AGREED';

export interface Result {
  /** Seats that may vote: the electorate without those that have declared a pecuniary interest. */
  readonly mayVote: number;
  readonly needed: number;
  /** Seats whose position counts; to abstain is a position. */
  readonly spoken: number;
  readonly tally: Tally;
  readonly quorate: boolean;
  readonly ruleMet: boolean;
  /** Agencies of `money` that have not agreed themselves. */
  readonly unagreed: readonly string[];
  readonly result: 'carried' | 'not-carried' | 'lapsed';
  readonly why?: Why;
}

/** A fraction of the seats, rounded up. */
export const quorumOf = (seats: number, quorum: { readonly n: number; readonly d: number }): number =>
  Math.floor((seats * quorum.n + quorum.d - 1) / quorum.d);

/**
 * True when the seat's own position, or where the seat may not vote or there is none its consent outside the
 * vote, agrees.
 */
function agreed(poll: Poll, agencyId: string): boolean {
  const seat = poll.electorate.find((v) => v.agencyId === agencyId);
  if (!seat || poll.out.includes(seat.seatId)) return poll.consents.includes(agencyId);
  const p = part(poll.positions, seat.seatId);
  return p?.stance === 'agree' && p.at <= poll.closesAt;
}

function satisfies(rule: Rule, tally: Tally, against: number): boolean {
  if (rule.kind === 'consent') return tally.object === 0;
  if (rule.kind === 'majority') return tally.agree > against;
  return tally.agree > 0 && tally.agree * rule.d >= (tally.agree + against) * rule.n;
}

/** What an unmet rule is told as. */
const unmet = {
  consent: 'OBJECTION_STANDS',
  majority: 'NO_MAJORITY',
  supermajority: 'NO_SUPERMAJORITY',
} as const;
/** The first thing that keeps it from being carried, in the order in which they are looked at. */
function failing(
  rule: Rule,
  { quorate, ruleMet, unagreed }: Pick<Result, 'quorate' | 'ruleMet' | 'unagreed'>,
): Why | undefined {
  if (!quorate) return 'QUORUM_NOT_REACHED';
  if (!ruleMet) return unmet[rule.kind];
  return unagreed.length > 0 ? 'AFFECTED_AGENCY_HAS_NOT_AGREED' : undefined;
}
/** Without its quorum it comes to nothing; whatever else is missing, it is not carried. */
function resultFor(why: Why | undefined): Result['result'] {
  if (!why) return 'carried';
  return why === 'QUORUM_NOT_REACHED' ? 'lapsed' : 'not-carried';
}

/**
 * The result by what was recorded until `closesAt`. The quorum is made of the seats there were at the
 * opening, whoever has since left or declared an interest; an urgent decision needs every seat that may vote
 * besides.
 */
export function resultOf(poll: Poll): Result {
  const voters = poll.electorate.filter((v) => !poll.out.includes(v.seatId));
  const counted = voters
    .flatMap((v) => part(poll.positions, v.seatId) ?? [])
    .filter((p) => p.at <= poll.closesAt);
  const seatsThat = (stance: Stance): number =>
    counted.filter((p) => p.stance === stance && !p.withdrawn).length;
  const tally = {
    agree: seatsThat('agree'),
    abstain: seatsThat('abstain'),
    disagree: seatsThat('disagree'),
    object: seatsThat('object'),
    withdrawn: counted.filter((p) => p.withdrawn).length,
  };
  const ordinary = quorumOf(poll.electorate.length, poll.quorum);
  const needed = poll.urgent ? Math.max(ordinary, voters.length) : ordinary;
  const against = tally.disagree + tally.object;
  const ruleMet = satisfies(poll.rule, tally, against);
  const unagreed = [...new Set(poll.money)].filter((a) => !agreed(poll, a));
  const quorate = counted.length >= needed && needed > 0;
  const why = failing(poll.rule, { quorate, ruleMet, unagreed });
  return {
    mayVote: voters.length,
    needed,
    spoken: counted.length,
    tally,
    quorate,
    ruleMet,
    unagreed,
    result: resultFor(why),
    ...(why ? { why } : {}),
  };
}

/**
 * Who has still to speak before a decision can be closed early: seats that may vote, and agencies whose money
 * waits for a consent outside it.
 */
export function silent(poll: Poll): {
  readonly seats: readonly string[];
  readonly agencies: readonly string[];
} {
  const seated = new Map(poll.electorate.map((v) => [v.agencyId, v.seatId]));
  const outside = (agencyId: string): boolean => {
    const seatId = seated.get(agencyId);
    return seatId === undefined || poll.out.includes(seatId);
  };
  return {
    seats: poll.electorate
      .map((v) => v.seatId)
      .filter((id) => !poll.out.includes(id) && !part(poll.positions, id)),
    agencies: [...new Set(poll.money)].filter((a) => outside(a) && !poll.consents.includes(a)),
  };
}

export interface RuleStep {
  readonly step:
    'electorate' | 'interests' | 'quorum' | 'positions' | 'rule' | 'affected-agencies' | 'result';
  readonly text: string;
  /** Where the step is a condition: whether it is met. */
  readonly met?: boolean;
}

/**
 * How the arithmetic speaks: of a decision that is over or (`closed` false, it says no outcome) still open,
 * and what it calls an agency.
 */
interface Speech {
  readonly closed?: boolean;
  readonly nameOf?: (agencyId: string) => string;
}
/** The arithmetic in words, in the order in which it is done. */
export function explain(poll: Poll, { closed = true, nameOf = (id) => id }: Speech = {}): RuleStep[] {
  const { tally, mayVote, needed, spoken, quorate, ruleMet, unagreed, result, why } = resultOf(poll);
  const seats = poll.electorate.length;
  const ordinary = quorumOf(seats, poll.quorum);
  const conflicted = poll.electorate.filter((voter) => poll.out.includes(voter.seatId));
  return [
    { step: 'electorate', text: wording.seatsAtOpening(seats) },
    {
      step: 'interests',
      text: wording.interestsDeclared(
        conflicted.map((voter) => nameOf(voter.agencyId)),
        mayVote,
      ),
    },
    {
      step: 'quorum',
      text:
        `${wording.quorumCounted({ quorum: poll.quorum, seats, ordinary, urgent: poll.urgent, needed })} ` +
        wording.positionsTaken(spoken, closed),
      met: quorate,
    },
    { step: 'positions', text: wording.tallied(tally) },
    { step: 'rule', text: wording.ruleInWords(poll.rule, tally), met: ruleMet },
    {
      step: 'affected-agencies',
      text: wording.moneyAgreed([...new Set(poll.money)].map(nameOf), unagreed.map(nameOf)),
      met: unagreed.length === 0,
    },
    {
      step: 'result',
      text: wording.comesOut(result, closed, why),
      met: result === 'carried',
    },
  ];
}
