/** A decision as it stands (docs/rules/decision.md), and the pure questions its commands ask of it. */
import { z } from 'zod';
import type { Rule } from '../collaborative/state.js';
import type { Poll, Stance } from './rule.js';
import { choice } from '../shared/fields.js';
import { characters } from '../shared/patterns.js';
import { exactSum, exceeds } from '../shared/money.js';
import { held, isInherited, type Parts } from '../kernel/parts.js';
import type { Presence } from '../kernel/presence.js';
import { RecordRef } from '../kernel/record-ref.js';
import {
  AccountId,
  FinancialYear,
  Id,
  PartId,
  PositivePence,
  Prose,
  anotherName,
  largestPence,
  pounds,
  idOf,
} from '../shared/values.js';
import type { Schema } from '../kernel/schema.js';
import { atMost } from './limits.js';

export const Forum = choice({
  collaborative: 'The collaborative',
  board: 'A board',
  lsp: 'The local strategic partnership',
  'officers-group': 'A group of officers',
  'champions-group': 'The champions’ group',
  'ministerial-group': 'The ministerial group',
  'working-group': 'A working group',
});
export const Stances = choice({
  agree: 'Agree',
  abstain: 'Abstain',
  disagree: 'Disagree',
  object: 'Object',
});
export const Verdict = choice({
  'still-right': 'It is still right',
  amend: 'It should be amended',
  rescind: 'It should be rescinded',
});

/** Characters of the name of a command's member at most. */
const longestMember = 100;
const Member = z
  .string()
  .regex(
    new RegExp(`^${characters('[A-Za-z]', '[A-Za-z0-9]', longestMember)}$`),
    'Enter the name of a member',
  )
  .refine((s) => !isInherited(s), anotherName);
/** What a term of a command says. */
export type Term = string | number | boolean | null | Term[] | { [member: string]: Term };
// Text as a command has it: the two are compared.
const Scalar = z.union([Prose(), z.int(), z.boolean(), z.null()], {
  error: 'Enter text, a whole number, true, false or null',
});
function within(depth: number): Schema {
  if (depth === 0) return Scalar;
  return z.union([
    Scalar,
    z.array(within(depth - 1)).max(atMost.termsInList),
    z.record(Member, within(depth - 1)),
  ]);
}
// Said, not followed: to compare the two would take the compiler longer than any other line.
const Terms = within(atMost.termsDeep) as Schema<Term>;
/** Characters of the name of a command. */
const [shortestCommand, longestCommand] = [2, 60];
export const Authorise = z.strictObject({
  command: z
    .string()
    .regex(
      new RegExp(`^${characters('[A-Z]', '[A-Za-z]', longestCommand, shortestCommand)}$`),
      'Enter the name of a command, like ChangeRule',
    ),
  record: RecordRef,
  /** What the command must say, but for reasons and the decision's own id. */
  terms: z.record(Member, Terms),
});
/** One thing that a decision allows, once: this command on this record on these terms. */
export type Authorisation = z.infer<typeof Authorise>;
export const Money = z
  .strictObject({
    agencyId: idOf('agency').meta({ label: 'Whose money' }),
    pence: PositivePence.meta({ label: 'Amount' }),
    financialYear: FinancialYear.meta({ label: 'Which year' }),
  })
  .meta({ id: 'DecisionMoney', description: 'Money of an agency that a decision spends' });

/** What is put to the vote; the hash is over question, text, money and authorises. */
export const Motion = z.strictObject({
  question: Prose('remark').meta({ label: 'Question', from: '/question' }),
  text: Prose('document').meta({ label: 'What is to be decided', from: '/text' }),
  forum: Forum.meta({ label: 'Who decides', from: '/forum' }),
  options: z.array(Prose('remark')).max(atMost.options).default([]).meta({
    label: 'Options that were looked at',
    from: '/options',
    hint: 'Enter each option on a line of its own.',
  }),
  affectedAgencies: z
    .array(idOf('agency'))
    .max(atMost.affectedAgencies)
    .default([])
    .meta({ label: 'Agencies that it affects', from: '/affectedAgencies' }),
  money: z
    .array(Money)
    .max(atMost.amounts)
    .refine(
      (list) => !exceeds(exactSum(list.map((motion) => motion.pence)) ?? NaN, largestPence),
      `The amounts must be ${pounds(largestPence)} or less together`,
    )
    .default([])
    .meta({ label: 'Money that it spends', from: '/money' }),
  refs: z
    .array(RecordRef)
    .max(atMost.refs)
    .default([])
    .meta({ label: 'Records that it is about', from: '/refs/*/record' }),
  // A record remembers by the decision's id that it acted on it: one decision, one command a record.
  authorises: z
    .array(Authorise)
    .max(atMost.authorisations)
    .refine(
      (all) => new Set(all.map((a) => a.record)).size === all.length,
      'Authorise one command a record. Draft another decision for another command.',
    )
    .default([])
    .meta({
      field: 'given',
      label: 'What it allows',
      hint: 'It is prepared on the record that needs it.',
      from: '/authorises',
    }),
});
/** A voting seat at the opening, with who could act for its holder on that day. */
export const Voter = z
  .strictObject({ seatId: PartId, agencyId: Id, account: AccountId, delegates: z.array(AccountId) })
  .meta({ id: 'Voter', description: 'A voting seat at the opening' });
export type Voter = z.infer<typeof Voter>;
export const Affected = z.strictObject({
  agencyId: Id,
  kind: z.enum(['agency', 'department']),
  money: z.boolean(),
  votes: z.boolean(),
});
export type Affected = z.infer<typeof Affected>;

export type Status =
  'none' | 'draft' | 'open' | 'carried' | 'not-carried' | 'lapsed' | 'withdrawn' | 'superseded' | 'rescinded';
/** What a seat said, and the version of the decision that says it. */
export interface Said {
  stance: Stance;
  reason?: string;
  withdrawn?: boolean;
  at: string;
  version: number;
  /** Of an objection that was withdrawn: the version that gave its reason. */
  objectedAt?: number;
}
export interface SeatPosition extends Said {
  agencyId: string;
  /** What the seat said before, the oldest first. */
  earlier?: Said[];
}
export interface Interest {
  pecuniary: boolean;
  /** Accounts that declared a pecuniary one. */
  conflicted: string[];
  /** What was declared, by whom, in order. */
  declared: { account: string; pecuniary: boolean; nature: string; at: string; version: number }[];
}
export interface DecisionState extends z.infer<typeof Motion> {
  status: Status;
  placeId: string;
  replaces?: string;
  textHash?: string;
  electorate: Voter[];
  rule: z.infer<typeof Rule>;
  quorum: { n: number; d: number };
  affected: Affected[];
  urgent: boolean;
  closesAt: string;
  /** By seat. */
  positions: Parts<SeatPosition>;
  /**
   * By seat; a pecuniary one puts the seat out of vote and quorum, and those who declared it out of its
   * agency's consent.
   */
  interests: Parts<Interest>;
  /** Agencies that agreed to their own money outside the vote. */
  consents: string[];
  closedOn?: string;
  outcome?: string;
  /**
   * After a review that would have it amended or rescinded: by when another decision is to replace it, where
   * that was said.
   */
  reviewOn?: string;
  /** What the last review found. */
  reviewed?: { verdict: z.infer<typeof Verdict>; on: string };
  /** The decision that superseded or rescinded this one. */
  by?: string;
}
const closed = ['carried', 'not-carried', 'lapsed', 'superseded', 'rescinded'] as const;
/** What is there in which status. */
export const present = {
  closedOn: closed,
  by: ['superseded', 'rescinded'],
} as const satisfies Presence<DecisionState>;

export const initial = (): DecisionState => ({
  status: 'none',
  placeId: '',
  question: '',
  text: '',
  forum: 'collaborative',
  options: [],
  affectedAgencies: [],
  money: [],
  refs: [],
  authorises: [],
  electorate: [],
  rule: { kind: 'consent' },
  quorum: { n: 1, d: 1 },
  affected: [],
  urgent: false,
  closesAt: '',
  positions: {},
  interests: {},
  consents: [],
});

/** Whether its last review confirmed it; undefined before the first. */
export const isConfirmed = (state: DecisionState): boolean | undefined =>
  state.reviewed && state.reviewed.verdict === 'still-right';
/**
 * The state as it is shown (docs/rules/decision.md#reading): one that its review confirmed stands carried,
 * and says so.
 */
export const shownStatus = (state: DecisionState): Status | 'confirmed' =>
  state.status === 'carried' && isConfirmed(state) ? 'confirmed' : state.status;

/** What the result follows from. */
export const pollOf = (state: DecisionState): Poll => ({
  electorate: state.electorate,
  rule: state.rule,
  quorum: state.quorum,
  urgent: state.urgent,
  closesAt: state.closesAt,
  positions: state.positions,
  out: Object.keys(state.interests).filter((seat) => held(state.interests, seat).pecuniary),
  money: state.affected.filter((a) => a.money).map((a) => a.agencyId),
  consents: state.consents,
});
/** Agencies named as affected or by their money, each once. */
export const affectedIds = (motion: Pick<DecisionState, 'affectedAgencies' | 'money'>): string[] => [
  ...new Set([...motion.affectedAgencies, ...motion.money.map((x) => x.agencyId)]),
];
