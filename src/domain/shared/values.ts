/**
 * The value types that stand in commands and events. Every one refuses what it cannot hold with a sentence
 * for a form.
 */
import { z } from 'zod';
import { isCivilDate, isWithinCalendar, latestDate, londonDate, londonTime } from './calendar.js';
import { isInherited } from '../kernel/parts.js';
import { choice, whole, yesNo, type PartKind, type RefKind } from './fields.js';
import { accountForm, idForm, partForm } from './patterns.js';
import { hasHiddenEnds, isPlain, isVisible, withLineFeeds } from '../kernel/text.js';

/** Text in one form: each line ends with a newline alone, whatever a form sent. */
const text = (max: number, what: string) =>
  z
    .string({ error: `Enter ${what}` })
    .overwrite(withLineFeeds)
    .min(1, `Enter ${what}`)
    .max(max, `Enter ${what} in ${max} characters or fewer`)
    .refine(isVisible, `Enter ${what}`)
    .refine(isPlain, `Enter ${what} without control characters`)
    .refine((s) => !hasHiddenEnds(s), `Enter ${what} without invisible characters at its ends`);

/** How long what people write may be at most, in UTF-16 units. */
export const lengths = {
  /** A kind of body, a region, a payment's reference. */
  label: 100,
  /** What a person, a record or a part of one is called. */
  name: 200,
  /** A title that says what is to be done; where something stands in law or in a source. */
  title: 300,
  /** A sentence or two: a measure, a next step, a question to be decided. */
  remark: 500,
  /** What a barrier, a risk or an interest is. */
  paragraph: 1_000,
  /** Reasons, and whatever has no measure of its own. */
  account: 2_000,
  /** What is handed over, or answered to a query. */
  report: 5_000,
  /** The text of a decision, or of a return's section. */
  document: 10_000,
} as const;

/** A person's name or post. With `Prose` the only place where personal data may stand. */
export const Name = text(lengths.name, 'a name').meta({
  id: 'Name',
  description: 'A person’s name or post',
  field: 'line',
});
/** Lengths that are entered on one line. */
const onOneLine: ReadonlySet<keyof typeof lengths> = new Set(['label', 'name', 'title']);
/** Free text, titles included. */
export const Prose = (length: keyof typeof lengths = 'account') =>
  text(lengths[length], 'text').meta({ prose: true, field: onOneLine.has(length) ? 'line' : 'prose' });
/** Why somebody does it, as a command asks for it. */
export const Reason = Prose().meta({ label: 'Reason' });

/** Of a name that every object inherits. */
export const anotherName = 'Enter another name: programs give this one a meaning of their own';
/**
 * What names a record or a part of one is never a name that every object inherits
 * (docs/rules/shared.md#inherited-names).
 */
const id = (form: RegExp, sentence: string, what = 'an id') =>
  z
    .string({ error: `Enter ${what}` })
    .regex(form, sentence)
    .refine((s) => !isInherited(s), anotherName);
/** An id: slug, uuid or parts joined by dots; never an e-mail address. */
export const Id = id(
  new RegExp(`^${idForm}$`),
  'Enter an id of lower-case letters, digits, hyphens and dots',
).meta({
  id: 'Id',
  description: 'An id: a slug, a UUID or parts joined by dots',
});
/**
 * The id of a record of a kind: a member of a command that names one is judged by its author's sight
 * (docs/rules/shared.md#hidden-and-unknown).
 */
export const ref = (names: 'barrier' | 'commitment' | 'decision' | 'fundingstream' | 'pool' | 'waiver') =>
  Id.meta({ names, field: 'ref', kind: names });
/** The id of a record of a kind that is open to everybody. */
export const idOf = (kind: RefKind & ('programme' | 'place' | 'agency')) => Id.meta({ field: 'ref', kind });
/** The id of a part inside a record (a pledge, an allocation). */
export const PartId = id(
  new RegExp(`^${partForm}$`),
  'Enter an id of lower-case letters, digits and hyphens',
).meta({ id: 'PartId', description: 'The id of a part within its record' });
/** The id of a part of another record, which is named beside it. */
export const partRef = (names: 'pledge') => PartId.meta({ names, field: 'part', part: names, of: 'pool' });
/** The id of a part that the record has; `of`: the record which has it, where it is another. */
export const partId = (part: PartKind, of?: RefKind) =>
  PartId.meta({ field: 'part', part, ...(of === undefined ? {} : { of }) });
/** The id of a part that the command makes: a form lets it follow from the command. */
export const NewPartId = PartId.meta({ field: 'new-part' });
/** An account id: the token's `sub`, or what stands for it. An e-mail address is refused. */
export const AccountId = id(
  new RegExp(`^${accountForm}$`),
  'Enter an account id: small letters, numbers and full stops, without spaces, and no e-mail address',
  'an account id',
).meta({
  id: 'AccountId',
  description: 'An account: the `sub` of its token, or what stands for it',
  field: 'ref',
  kind: 'person',
});
/**
 * The machinery acts under such names (`system:clock`, `system:log`, `system:{reactor}`); no person has one,
 * however written.
 */
export const isSystems = (account: string): boolean => /^system(:|$)/i.test(account);
/** The account of a person, to whom a command gives something: a seat, a task, a name. */
export const PersonAccount = AccountId.refine(
  (s) => !isSystems(s),
  'Enter a person’s account id: this one is the system’s own',
).meta({
  id: 'PersonAccount',
  description: 'An account that is a person’s',
  field: 'ref',
  kind: 'person',
});

/** £9 million million, in pence (docs/rules/shared.md#amounts). */
export const largestPence = 900_000_000_000_000;
const tooManyPence = `Amount must be ${largestPence.toLocaleString('en-GB')} pence or less`;
/** Integer pence, 0 to 9×10¹⁴. */
export const Pence = z
  .int({ error: 'Enter an amount in whole pence' })
  .min(0, 'Amount must be 0 pence or more')
  .max(largestPence, tooManyPence)
  .meta({ id: 'Pence', description: 'An amount in whole pence', field: 'money' });
/** As `Pence`, above zero. */
export const PositivePence = z
  .int({ error: 'Enter an amount in whole pence' })
  .min(1, 'Amount must be more than 0 pence')
  .max(largestPence, tooManyPence)
  .meta({ id: 'PositivePence', description: 'An amount in whole pence, above zero', field: 'money' });

/** A civil date that exists. */
export const DateOn = z
  .string({ error: 'Enter a date' })
  .refine(isCivilDate, 'Enter a real date, like 2009-11-26')
  .refine((s) => s <= latestDate, 'Enter a date before the year 9999')
  .meta({ id: 'Date', format: 'date', description: 'A day in London', field: 'date' });
/** An instant in UTC with `Z`. */
export const InstantAt = z.iso
  .datetime({ error: 'Enter a time in UTC, like 2009-11-26T17:00:00Z' })
  .refine(isWithinCalendar, {
    error: 'Enter a time before the year 9999',
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ field: 'time' });
/** How far a programme's rounds reach (docs/rules/programme.md). */
const lastRound = 100;
/** Of a round, within its programme. */
export const RoundNo = whole('Enter a round number').min(1).max(lastRound);
/** Of a round that the programme has; `of`: as for `partId`. */
export const roundId = (of?: RefKind) =>
  RoundNo.meta({ field: 'part', part: 'round', ...(of === undefined ? {} : { of }) });
/** Financial year `YYYY-YY`, starting 1 April, its two years consecutive. */
export const FinancialYear = z
  .string({ error: 'Enter a financial year' })
  .refine(
    (s) => /^\d{4}-\d{2}$/.test(s) && (Number(s.slice(0, 4)) + 1) % 100 === Number(s.slice(5)),
    'Enter a financial year, like 2009-10',
  )
  .refine((s) => s <= latestDate, 'Enter a financial year before 9998')
  .meta({
    id: 'FinancialYear',
    description: 'From 1 April to 31 March, by both years: 2009-10',
    field: 'financial-year',
  });
/** Last day of a financial year. */
export const yearEnd = (fy: string): string => `${Number(fy.slice(0, 4)) + 1}-03-31`;
/** The financial year in which a date falls. */
export const yearOf = (date: string): string => {
  const y = Number(date.slice(0, 4)) - (date.slice(5) < '04-01' ? 1 : 0);
  return `${y}-${String((y + 1) % 100).padStart(2, '0')}`;
};

/**
 * A date known only to a part of a month, a month or a quarter; `tbc` when it may still move. Counts as its
 * last day.
 */
export const FuzzyDate = z
  .strictObject({
    from: DateOn.meta({ label: 'First day' }),
    to: DateOn.meta({ label: 'Last day' }),
    precision: choice({
      day: 'One day',
      'part-month': 'Part of a month',
      month: 'A month',
      quarter: 'A quarter',
    }).meta({ label: 'How exactly it is known' }),
    tbc: yesNo().default(false).meta({ label: 'May it still move?' }),
  })
  .refine((d) => d.from <= d.to, 'The date must not end before it starts')
  .refine((d) => d.precision !== 'day' || d.from === d.to, 'A date of precision day has one day')
  .meta({
    id: 'FuzzyDate',
    description:
      'A date known only to a part of a month, a month or a quarter: it counts as its last day. `tbc` ' +
      'where it may still move',
    field: 'fuzzy-date',
  });
export type FuzzyDate = z.infer<typeof FuzzyDate>;

/** A nine-character GSS code of England, Wales, Scotland or Northern Ireland. */
export const GssCode = z
  .string({ error: 'Enter an area code' })
  .regex(/^[EWSN]\d{8}$/, 'Enter an area code, like E06000047')
  .meta({
    id: 'GssCode',
    description: 'A nine-character code of an area in England, Wales, Scotland or Northern Ireland',
    field: 'line',
  });
/** SHA-256 as 64 lower-case hexadecimal digits. */
export const Sha256 = z
  .string({ error: 'Enter a SHA-256' })
  .regex(/^[0-9a-f]{64}$/, 'Enter a SHA-256 as 64 hexadecimal digits')
  .meta({ id: 'Sha256', description: 'SHA-256 in lower-case hexadecimal', field: 'line' });
/** UN classification of the functions of government: division `01`–`10`, optionally a group (`07.3`). */
export const Cofog = z
  .string({ error: 'Enter a COFOG code' })
  .regex(/^(0[1-9]|10)(\.[1-9])?$/, 'Enter a COFOG code, like 07 or 07.3')
  .meta({
    id: 'Cofog',
    description:
      'A code of COFOG, the classification of the functions of government: a division, or a group of one',
    field: 'line',
  });

/** Sectors an agency can belong to (docs/rules/agency.md). */
export const Sector = choice({
  council: 'Council',
  nhs: 'National Health Service',
  police: 'Police',
  fire: 'Fire and rescue',
  probation: 'Probation',
  employment: 'Employment and jobcentres',
  education: 'Education',
  voluntary: 'Voluntary sector',
  private: 'Private sector',
  department: 'Government department',
  'joint-company': 'Joint company',
  other: 'Other',
}).meta({ id: 'Sector' });
export type Sector = z.infer<typeof Sector>;

/** Codes that one purpose may have. */
const mostPurposes = 100;
/** What money is for: COFOG codes and a sentence. */
export const Purposes = z
  .strictObject({
    cofog: z
      .array(Cofog.meta({ label: 'Service' }))
      .max(mostPurposes)
      .meta({
        label: 'Services it may pay for',
        hint: 'Enter the code of each service, like 07 for health or 10 for social protection.',
      }),
    text: Prose('paragraph').meta({ label: 'What it is for, in words' }),
  })
  .meta({ id: 'Purposes', description: 'What money is for' });
export type Purposes = z.infer<typeof Purposes>;

/** £12,400.50 for sentences. */
export function pounds(pence: number): string {
  const whole = Math.floor(pence / 100).toLocaleString('en-GB');
  return pence % 100 === 0 ? `£${whole}` : `£${whole}.${String(pence % 100).padStart(2, '0')}`;
}
/** January first. */
export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
/** 17:00 on 26 November 2009 in London, for sentences. */
export const longTime = (instant: string): string =>
  `${londonTime(instant)} on ${longDate(londonDate(instant))}`;
/** 26 November 2009, for sentences. */
export const longDate = (date: string): string =>
  `${Number(date.slice(8, 10))} ${monthNames[Number(date.slice(5, 7)) - 1]} ${date.slice(0, 4)}`;
