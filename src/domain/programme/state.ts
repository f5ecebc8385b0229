/**
 * A programme as it stands (docs/rules/programme.md): places, calendar, rounds, templates, required steps,
 * restrictions.
 */
import { z } from 'zod';
import { changed, held, type Parts } from '../kernel/parts.js';
import type { PartOf } from '../kernel/types.js';
import { choice, whole } from '../shared/fields.js';
import { DateOn, FuzzyDate, GssCode, Id, PartId, Prose, partId } from '../shared/values.js';
import { atMost } from './limits.js';

/** An area of a place that is, contains or lies in an area of a place of the other kind. */
export const Overlaps = z
  .array(z.strictObject({ code: GssCode, placeId: Id, theirCode: GssCode }))
  .max(atMost.overlaps);
export type Overlap = z.infer<typeof Overlaps>[number];

export interface EnrolledPlace {
  name: string;
  kind: 'pilot' | 'parallel';
  region: string;
  status: 'enrolled' | 'withdrawn';
  areas: { code: string; snac?: string; from: string; to?: string }[];
  /** Ground it shares with places of the other kind, by its own area: allowed, and warned of. */
  overlaps: Overlap[];
  /** Steps the programme office excused, with its reason. */
  excused: Parts<string>;
}
export interface Milestone {
  name: string;
  kind: 'deadline' | 'political' | 'programme' | 'engagement' | 'info';
  date: FuzzyDate;
  originalDate: FuzzyDate;
  reachedOn?: string;
}
export interface Round {
  no: number;
  kind: string;
  /** What the programme calls it, where it has a name of its own. */
  name?: string;
  observation: { from: string; to: string };
  /** The submission window; `to` is the deadline. Fuzzy until it is opened. */
  window: { from: FuzzyDate; to: FuzzyDate };
  originalTo: string;
  status: 'planned' | 'open' | 'closed';
  /** A place's own, later, closing date. */
  extensions: Parts<{ to: string; reason: string }>;
}
export const PlaceKind = choice({ pilot: 'Pilot', parallel: 'Parallel place' });
/**
 * The word for all rounds of which the same is asked: `interim`, `final`, or one of the programme's own.
 * Templates are found by it.
 */
export const RoundKind = PartId;
/** Kinds that every programme has, whether a round of theirs is planned or not. */
export const givenRoundKinds: readonly string[] = ['interim', 'final'];
export const Section = z
  .strictObject({
    sectionId: PartId.meta({
      field: 'line',
      label: 'Short name of the section',
      hint: 'Lower-case letters, digits and hyphens, like key-findings. Answers are found by it.',
    }),
    title: Prose('name').meta({ label: 'Title of the section' }),
    prompt: Prose().meta({ label: 'What it asks' }),
    kind: choice({
      prefilled: 'Filled in from the record',
      prose: 'Text',
      risks: 'Risks',
      'locus-counts': 'How many barriers, by who must act',
    }).meta({ label: 'What it holds' }),
    /** Limit in words, for prose. */
    maxWords: whole()
      .min(1)
      .optional()
      .meta({ description: 'How many words it may have' })
      .meta({ label: 'How many words it may have at most', when: { kind: 'prose' } }),
  })
  .meta({ id: 'TemplateSection' });
export type Section = z.infer<typeof Section>;
/** What completes a step: what is folded. Of records that do not exist yet nothing is offered. */
export const DoneWhen = choice({
  'place-active': 'The place is active',
  'return-submitted': 'Its return of the round by whose end this is due is submitted',
  'any-return-submitted': 'Its return of any round of that kind is submitted',
  'commitment-for-each-theme': 'Each of its confirmed themes has an accepted commitment',
  'pool-open': 'A pooled budget of the place is open',
});
export type DoneWhen = z.infer<typeof DoneWhen>;
/** What completes a step that is known by its id alone, as all once were. */
const doneWhenById: Readonly<Record<string, DoneWhen>> = {
  activation: 'place-active',
  interim: 'any-return-submitted',
  final: 'any-return-submitted',
  commitments: 'commitment-for-each-theme',
  pools: 'pool-open',
};
/** What completes a step, said or known by its id; undefined where neither tells. */
export const doneWhenOf = ({ stepId, doneWhen }: Pick<RequiredStep, 'stepId' | 'doneWhen'>) =>
  doneWhen ?? (Object.hasOwn(doneWhenById, stepId) ? doneWhenById[stepId] : undefined);
/** A step of the first programme's ids that says nothing else is completed by a round of that kind. */
export const isOfItsKind = ({ stepId, doneWhen }: Pick<RequiredStep, 'stepId' | 'doneWhen'>): boolean =>
  doneWhen === undefined && givenRoundKinds.includes(stepId);
export const RequiredStep = z
  .strictObject({
    stepId: PartId.meta({
      field: 'line',
      label: 'Short name of the step',
      hint: 'Lower-case letters, digits and hyphens, like first-quarter. It stays when the name changes.',
    }),
    name: Prose('name').meta({ label: 'What the step is called' }),
    doneWhen: DoneWhen.optional().meta({
      description:
        'What completes it. The steps activation, interim, final, commitments and pools may leave it out: ' +
        'place-active, any-return-submitted (interim, final), commitment-for-each-theme, pool-open',
      label: 'It is done when',
      needed: 'Choose what completes the step',
    }),
    due: z
      .union([
        z
          .strictObject({ milestoneId: partId('milestone').meta({ label: 'Milestone' }) })
          .meta({ title: 'By a milestone' }),
        z
          .strictObject({
            roundNo: whole().min(1).meta({
              description: 'Of the round by whose end it is due',
              field: 'part',
              part: 'round',
              label: 'Round',
            }),
          })
          .meta({ title: 'By the end of a round' }),
      ])
      .meta({ label: 'When it is due' }),
  })
  .meta({ id: 'RequiredStep', description: 'What a kind of place is asked for' });
export type RequiredStep = z.infer<typeof RequiredStep>;
export const Window = z
  .strictObject({ from: DateOn.meta({ label: 'First day' }), to: DateOn.meta({ label: 'Last day' }) })
  .meta({ id: 'Window', description: 'From a day to a day, both of them within' });
/** What a round looks at, and when its returns are submitted. */
export const RoundDates = z.strictObject({
  observation: Window.meta({ label: 'The time that the returns look at' }),
  window: z
    .strictObject({
      from: FuzzyDate.meta({ label: 'When it begins' }),
      to: FuzzyDate.meta({ label: 'When it ends' }),
    })
    .meta({ label: 'The time in which the returns are sent' }),
});
export type RoundDates = z.infer<typeof RoundDates>;

export interface ProgrammeState {
  status: 'none' | 'planned' | 'running' | 'closing' | 'closed';
  name: string;
  kind: 'national' | 'regional' | 'sandbox';
  ragScale: 'five' | 'three';
  period: 'month' | 'quarter';
  startOn: string;
  endOn: string;
  places: Parts<EnrolledPlace>;
  milestones: Parts<Milestone>;
  policyThemes: Parts<{ title: string; status: 'active' | 'retired'; successor?: string }>;
  rounds: Record<number, Round>;
  /** Keyed `{roundKind}.{placeKind}`. */
  templates: Parts<{ version: number; sections: Section[] }>;
  /** Keyed by place kind. */
  steps: Parts<(RequiredStep & { doneWhen: DoneWhen })[]>;
  restrictions: { restrictionId: string; from: string; to: string; reason: string; liftedOn?: string }[];
}
/** Its calendar, rounds and templates can still change: it is not over. */
export const notClosed: readonly ProgrammeState['status'][] = ['planned', 'running', 'closing'];
/** It still takes in places, and changes what is asked of them: it has not begun to close. */
export const notClosing: readonly ProgrammeState['status'][] = ['planned', 'running'];
export const initial = (): ProgrammeState => ({
  status: 'none',
  name: '',
  kind: 'national',
  ragScale: 'five',
  period: 'month',
  startOn: '',
  endOn: '',
  places: {},
  milestones: {},
  policyThemes: {},
  rounds: {},
  templates: {},
  steps: {},
  restrictions: [],
});
/**
 * What of it the public reads: not why a place was excused from a step or has longer for one
 * (docs/rules/programme.md#what-the-public-is-told).
 */
export const publicly = ({ places, rounds }: ProgrammeState): Pick<ProgrammeState, 'places' | 'rounds'> => {
  const mapped = <P extends object>(parts: Parts<P>, of: (part: P) => P): Parts<P> =>
    Object.fromEntries(Object.entries<P>(parts).map(([id, p]) => [id, of(p)]));
  return {
    places: mapped(places, (p) => ({ ...p, excused: {} })),
    rounds: mapped(rounds, (r) => ({ ...r, extensions: {} })),
  };
};
export const foldName = (name: string): string =>
  name.normalize('NFKC').toLocaleLowerCase('en-GB').replace(/\s+/g, ' ').trim();

/** A round after the word: by its number, and its own name or its kind. */
export const roundInWords = (round: { roundNo: number; kind: string; name?: string | undefined }): string =>
  `${round.roundNo} (${round.name ?? round.kind})`;
/** A round as one that may be chosen. */
export const roundPart = ({ no, kind, name }: Round): PartOf => ({
  id: no,
  title: `Round ${roundInWords({ roundNo: no, kind, name })}`,
});
/** Is a step completed by a return of this round? */
export const isDoneBy = (
  { rounds }: Pick<ProgrammeState, 'rounds'>,
  { doneWhen, due }: Pick<RequiredStep, 'doneWhen' | 'due'>,
  round: { roundNo: number; kind: string },
): boolean =>
  'roundNo' in due &&
  (doneWhen === 'return-submitted'
    ? due.roundNo === round.roundNo
    : doneWhen === 'any-return-submitted' && rounds[due.roundNo]?.kind === round.kind);

/** A round that is known to be there. */
export const knownRound = ({ rounds }: ProgrammeState, roundNo: number): Round =>
  held<Round>(rounds, String(roundNo));

/** Notes an overlap on both places. */
export function addOverlaps(state: ProgrammeState, placeId: string, overlaps: readonly Overlap[] = []): void {
  for (const o of overlaps) {
    changed(state.places, placeId).overlaps.push({ ...o });
    changed(state.places, o.placeId).overlaps.push({ code: o.theirCode, placeId, theirCode: o.code });
  }
}
/** Forgets the overlaps of a place, or of one area of it, on both sides. */
export function dropOverlaps(state: ProgrammeState, placeId: string, code?: string): void {
  for (const [id, p] of Object.entries(state.places))
    p.overlaps = p.overlaps.filter((overlap) =>
      id === placeId
        ? code !== undefined && overlap.code !== code
        : overlap.placeId !== placeId || (code !== undefined && overlap.theirCode !== code),
    );
}
