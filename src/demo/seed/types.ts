/** One command of the seed, given at its historical time through the ordinary command path. */
export interface SeedCommand {
  /** UTC instant. */
  readonly at: string;
  /** The grant in which it is given, e.g. `programme-office@programme:total-place`; `system` of its own. */
  readonly as: string;
  readonly account: string;
  readonly aggregate: string;
  readonly id: string;
  readonly command: string;
  readonly data: Record<string, unknown>;
  /** Filled in at run time for commands that replace a value. */
  readonly expectedVersion?: 'current';
  /** Filled in at run time: whoever signs a return signs the statement that the service makes of it. */
  readonly statementHash?: 'current';
  /** It was refused, by this code. */
  readonly refused?: string;
  /** What stands in print or was looked up is sourced; everything else is illustrative. */
  readonly basis: { readonly kind: 'sourced' | 'illustrative'; readonly source?: string };
}

/** Who gives a command: the account of a post, and the grant it acts in. */
export interface Giver {
  readonly as: string;
  readonly account: string;
}
export const programmeOffice: Giver = {
  as: 'programme-office@programme:total-place',
  account: 'post.programme-office.total-place',
};
/** The programme lead of a place and its office. */
export const secretariat = (place: string): Giver => ({
  as: `secretariat@place:${place}`,
  account: `post.programme-lead.${place}`,
});
/** The chief executive of an agency, at a place's table. */
export const chiefExecutive = (role: 'seat-holder' | 'chair', place: string, agency: string): Giver => ({
  as: `${role}@place:${place}+agency:${agency}`,
  account: `post.chief-executive.${agency}`,
});
export const financeOfficer = (agency: string): Giver => ({
  as: `finance-officer@agency:${agency}`,
  account: `post.finance-director.${agency}`,
});

/** A command on one record; illustrative where no source is named. */
export const give = (
  at: string,
  by: Giver,
  aggregate: string,
  id: string,
  command: string,
  data: Record<string, unknown> = {},
  source?: string,
): SeedCommand => ({
  at,
  as: by.as,
  account: by.account,
  aggregate,
  id,
  command,
  data,
  basis: source ? { kind: 'sourced', source } : { kind: 'illustrative' },
});
/**
 * The text of a command stands in print, its day does not: whatever follows from the day is filled in, and
 * the source of the text is named.
 */
export const textOf = (command: SeedCommand, source: string): SeedCommand => ({
  ...command,
  basis: { kind: 'illustrative', source: `Text: ${source}; day filled in` },
});
/** A command of the programme office on the programme. */
export const office = (
  at: string,
  command: string,
  data: Record<string, unknown>,
  source?: string,
): SeedCommand => give(at, programmeOffice, 'programme', 'total-place', command, data, source);
export const supplement = 'Total Place supplement, October 2009';
