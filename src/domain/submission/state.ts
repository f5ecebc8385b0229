/**
 * A return as it stands (docs/rules/submission.md): its template, what was answered, what was sent, signed
 * and submitted.
 */
import { z } from 'zod';
import { part, type Parts } from '../kernel/parts.js';
import { statusQuestion, type InStatus, type Presence } from '../kernel/presence.js';
import { whole, choice } from '../shared/fields.js';
import { Id, PartId, Prose } from '../shared/values.js';
import * as wording from './wording.js';
import { atMost, highest, longestName, maxReturnBytes } from './limits.js';

const Impact = whole('Enter an impact from 1 to 6')
  .min(1, 'Enter an impact from 1 to 6')
  .max(highest.impact, 'Enter an impact from 1 to 6')
  .meta({ description: '1, hardly any, to 6, the most' });
const Likelihood = whole('Enter a likelihood from 1 to 4')
  .min(1, 'Enter a likelihood from 1 to 4')
  .max(highest.likelihood, 'Enter a likelihood from 1 to 4')
  .meta({ description: '1, unlikely, to 4, very likely' });
const Proximity = whole('Enter a proximity from 1 to 5')
  .min(1, 'Enter a proximity from 1 to 5')
  .max(highest.proximity, 'Enter a proximity from 1 to 5')
  .meta({ description: '1, far off, to 5, at hand' });
const Exposure = z
  .strictObject({
    impact: Impact.meta({
      label: 'How much it would matter',
      hint: 'From 1, hardly at all, to 6, the most.',
    }),
    likelihood: Likelihood.meta({ label: 'How likely it is', hint: 'From 1, unlikely, to 4, very likely.' }),
  })
  .meta({ id: 'Exposure', description: 'How much a risk would matter, and how likely it is' });

/** Score = impact × likelihood (docs/rules/submission.md#sections), before and after mitigation. */
export const Risk = z
  .strictObject({
    description: Prose('paragraph').meta({ label: 'Risk' }),
    mitigation: Prose('paragraph').meta({ label: 'What is done about it' }),
    before: Exposure.meta({ label: 'Before that' }),
    after: Exposure.meta({ label: 'After that' }),
    ownerRole: Prose('name').meta({ label: 'Post of who owns it' }),
    proximity: Proximity.meta({ label: 'How near it is', hint: 'From 1, far off, to 5, at hand.' }),
  })
  .meta({ id: 'Risk' });

const Count = whole('Enter a whole number')
  .min(0, 'Enter 0 or more')
  .max(atMost.barriers, 'Enter 100,000 or fewer')
  .meta({ description: 'How many barriers' });
/** What stands in a section; which members fit depends on the section's kind. */
export const Content = z
  .strictObject({
    text: Prose('document').optional().meta({ label: 'Text' }),
    rows: z
      .array(
        z.strictObject({
          label: Prose('name').meta({ label: 'What it is' }),
          value: Prose('remark').meta({ label: 'What it says' }),
        }),
      )
      .max(atMost.rows)
      .optional()
      .meta({ label: 'Rows' }),
    risks: z.array(Risk).max(atMost.risks).optional().meta({ label: 'Risks' }),
    /**
     * A prefilled count leaves out the local ones where the programme sees none: how many there are is the
     * place's to say.
     */
    counts: z
      .strictObject({
        whitehall: Count.meta({ label: 'Whitehall' }),
        joint: Count.meta({ label: 'Whitehall and the place together' }),
        local: Count.optional().meta({ label: 'The place itself' }),
      })
      .optional()
      .meta({ label: 'How many barriers, by who must act' }),
  })
  .meta({ id: 'SectionContent', description: 'What a section of a return holds' });
export type Content = z.infer<typeof Content>;

export const TemplateSection = z.strictObject({
  sectionId: PartId,
  title: Prose('name'),
  prompt: Prose(),
  kind: z.enum(['prefilled', 'prose', 'risks', 'locus-counts']),
  maxWords: z.int().min(1).optional().meta({ description: 'How many words it may have' }),
});
export type TemplateSection = z.infer<typeof TemplateSection>;

/** The records a return can include; more kinds come with their aggregates. */
export const includable = ['pool', 'barrier', 'commitment'] as const;
export type Includable = (typeof includable)[number];
export const isIncludable = (aggregate: string): aggregate is Includable =>
  (includable as readonly string[]).includes(aggregate);
export const IncludedRecord = z.strictObject({
  aggregate: choice({
    pool: 'A pooled budget',
    barrier: 'A barrier',
    commitment: 'A commitment',
  } satisfies Record<Includable, string>).meta({ label: 'Kind of record' }),
  id: Id.meta({ names: 'aggregate', field: 'ref', kindFrom: 'aggregate', label: 'Which one' }),
});
/** An included record at the version that was sent for sign-off. */
export const Pin = z
  .strictObject({
    aggregate: z.enum(includable),
    id: Id,
    version: z.int().min(1).meta({ description: 'Of the record' }),
  })
  .meta({ id: 'IncludedVersion', description: 'A record that a return includes, at a version' });
export type Pin = z.infer<typeof Pin>;
/** A material event after the pin. */
export const Changed = z
  .strictObject({
    aggregate: z.enum(includable),
    id: Id,
    version: z.int().min(1).meta({ description: 'Of the record' }),
    type: z.string().max(longestName),
  })
  .meta({ id: 'ChangedRecord', description: 'An event of a record that a return includes' });
export type Changed = z.infer<typeof Changed>;

export interface Answer {
  content: Content;
  prefilled: boolean;
  complete: boolean;
}
export type SubmissionStatus =
  | 'none'
  | 'in-progress'
  | 'ready'
  | 'awaiting-sign-off'
  | 'signed-off'
  | 'submitted'
  | 'changes-requested'
  | 'accepted'
  | 'not-submitted';

export interface SubmissionState {
  status: SubmissionStatus;
  programmeId: string;
  roundNo: number;
  roundKind: string;
  /** The round's own name, as at the start. */
  roundName?: string;
  placeId: string;
  /** As at the start: pilots make full returns, parallel places light ones. */
  placeKind: 'pilot' | 'parallel';
  template: TemplateSection[];
  answers: Parts<Answer>;
  pins: Pin[];
  /**
   * What the statement to be signed is of: the record's version at which it was sent, and which version of
   * the return that would be.
   */
  sent?: { version: number; submittedVersion: number; accountableBodyId?: string };
  statementHash?: string;
  /** What took the last signature (or the request for it) away, until it is sent again. */
  voided?: { changed: Changed[]; sections: string[] };
  /** Every version submitted; its text is in its own event. */
  versions: { version: number; submittedOn: string; lateDays: number }[];
  /** A request for changes not yet met: it keeps the round open for this return. */
  changes?: { sections: string[]; reason: string; dueOn: string };
  queries: Parts<{ sectionId: string; answered: boolean }>;
}

/** What is there in which status. */
export const present = {
  sent: ['awaiting-sign-off', 'signed-off'],
  statementHash: ['signed-off'],
  changes: ['changes-requested'],
} as const satisfies Presence<SubmissionState>;
export const isIn = statusQuestion<SubmissionState>()(present);
/** A return that was sent and not taken back since. */
export type Sent = InStatus<SubmissionState, typeof present, 'awaiting-sign-off' | 'signed-off'>;

export const initial = (): SubmissionState => ({
  status: 'none',
  programmeId: '',
  roundNo: 0,
  roundKind: 'interim',
  placeId: '',
  placeKind: 'pilot',
  template: [],
  answers: {},
  pins: [],
  versions: [],
  queries: {},
});

export const sectionOf = (state: SubmissionState, sectionId: string): TemplateSection | undefined =>
  state.template.find((t) => t.sectionId === sectionId);
export const incomplete = (state: SubmissionState): TemplateSection[] =>
  state.template.filter((t) => !part(state.answers, t.sectionId)?.complete);
/** How many words a text has. */
export const words = (text: string): number => text.trim().split(/\s+/).length;

/** Why this content does not fit its section, as a sentence; undefined when it does. */
export function contentProblem(section: TemplateSection, content: Content): string | undefined {
  const { title, kind, maxWords } = section;
  if (content.risks && kind !== 'risks') return wording.holdsNoRisks(title);
  if (content.counts && kind !== 'locus-counts') return `“${title}” holds no counts by locus.`;
  if (content.rows && (kind === 'prose' || kind === 'risks')) return `“${title}” holds no rows. Enter text.`;
  if (kind === 'prose' && !content.text) return `Enter text for “${title}”.`;
  if (kind === 'risks' && !content.risks?.length) return `Enter at least one risk for “${title}”.`;
  if (kind === 'locus-counts' && !content.counts) return wording.countsMissing(title);
  if (kind === 'prefilled' && !content.text && !content.rows?.length)
    return `Enter text or rows for “${title}”.`;
  if (maxWords && content.text && words(content.text) > maxWords)
    return wording.tooManyWords(title, maxWords, words(content.text));
  return undefined;
}

/** What a section still wants before it can be complete, as a sentence. */
export const stillWanted = (section: TemplateSection, content: Content): string | undefined =>
  content.counts && content.counts.local === undefined
    ? `Enter how many are local for “${section.title}” as well.`
    : undefined;

export function tooLong(state: SubmissionState, sectionId: string, content: Content): string | undefined {
  const others = Object.entries(state.answers)
    .filter(([id]) => id !== sectionId)
    .map(([, a]) => a.content);
  const bytes = Buffer.byteLength(JSON.stringify([...others, content]));
  return bytes > maxReturnBytes ? wording.returnTooLong(bytes, maxReturnBytes) : undefined;
}
/** What a round that has no name of its own asks for, by its kind. */
const called: Readonly<Record<string, string>> = { interim: 'interim findings', final: 'final report' };
const byKind = (roundKind: string): string =>
  Object.hasOwn(called, roundKind) ? `${called[roundKind]}` : `${roundKind} return`;
/** A return as sentences name it: by its round's own name, or by the kind of round. */
export function returnName({
  roundKind,
  roundName,
  roundNo,
}: Pick<SubmissionState, 'roundKind' | 'roundName' | 'roundNo'>): string {
  return `${roundName ? `return “${roundName}”` : byKind(roundKind)} of round ${roundNo}`;
}
/** What is asked for in a return's round: by the round's own name, or by the kind of round. */
export function roundTitle({
  roundKind,
  roundName,
}: Pick<SubmissionState, 'roundKind' | 'roundName'>): string {
  const title = roundName ?? byKind(roundKind);
  return title.charAt(0).toUpperCase() + title.slice(1);
}
/** Of which round a return is, as its events say it. */
export const roundOfReturn = ({ roundNo, roundKind, roundName }: SubmissionState) => ({
  roundNo,
  roundKind,
  ...(roundName ? { roundName } : {}),
});
