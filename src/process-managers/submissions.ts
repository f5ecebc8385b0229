/**
 * Returns: prefilled when begun, voided when what was signed changes, and their records opened when they are
 * submitted.
 */
import { type CommandData, entryOf, onEvery, type Recorded } from '../domain/registry.js';
import { flag } from '../domain/kernel/types.js';
import { part, type Parts } from '../domain/kernel/parts.js';
import { includable, isIncludable } from '../domain/submission/state.js';
import { step, type Reactor, type ReactorSteps } from './runner.js';

type PrefilledSection = CommandData<'submission', 'PrefillSections'>['sections'][number];

/** Of a place: its barriers by locus, and rows by the id of the section that holds them. */
export interface ReturnFacts {
  readonly counts?: { whitehall: number; joint: number; local?: number };
  readonly rows: Parts<{ label: string; value: string }[]>;
}
/**
 * SubmissionAssembler: on start, prefills what the programme's audience may see. `facts` answers for a place.
 */
export function submissionAssembler(facts: (placeId: string) => ReturnFacts): Reactor {
  return {
    name: 'submission-assembler',
    on: {
      submission: {
        SubmissionStarted(event) {
          const { placeId, template } = event.data;
          if (!template.some(({ kind }) => kind === 'prefilled' || kind === 'locus-counts')) return [];
          const { counts, rows } = facts(placeId);
          // Given even when there is nothing to say yet: what is prefilled is what stood when the return was
          // begun, once.
          const sections = template.flatMap(({ sectionId, kind }): PrefilledSection[] => {
            if (kind === 'locus-counts' && counts) return [{ sectionId, content: { counts } }];
            const prefilled = kind === 'prefilled' ? part(rows, sectionId) : undefined;
            return prefilled?.length ? [{ sectionId, content: { rows: prefilled } }] : [];
          });
          return [step('prefill', 'submission', event.recordId, 'PrefillSections', { sections })];
        },
      },
    },
  };
}

/** SignOffVoider: a material event on a record that a return has pinned. */
export function signOffVoider(
  pinning: (aggregate: string, id: string) => readonly { id: string; status: string }[],
): Reactor {
  const react = (event: Recorded): ReactorSteps => {
    const { aggregate } = event;
    if (!isIncludable(aggregate)) return [];
    if (!flag(entryOf(event).material, event.data)) return [];
    const changed = { aggregate, id: event.recordId, version: event.version, type: event.type };
    const waiting = pinning(event.aggregate, event.recordId).filter(
      (s) => s.status === 'awaiting-sign-off' || s.status === 'signed-off',
    );
    return waiting.map((s) => step('void-sign-off', 'submission', s.id, 'VoidSignOff', { changed }));
  };
  return { name: 'sign-off-voider', on: onEvery(includable, (entry) => Boolean(entry.material), react) };
}

/** Discloser: submitting a return opens the records it includes to the programme. */
export const discloser: Reactor = {
  name: 'discloser',
  on: {
    submission: {
      FindingsSubmitted: (event) =>
        event.data.included.map((pin) =>
          step('disclose', pin.aggregate, pin.id, 'Disclose', { to: 'programme' }),
        ),
    },
  },
};
