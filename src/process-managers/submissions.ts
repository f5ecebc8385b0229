/** Returns: prefilled when begun, voided when what was signed changes, and their records opened when they are submitted. */
import { aggregateNamed } from '../domain/registry.js';
import { flag } from '../domain/kernel/types.js';
import { part, type Parts } from '../domain/kernel/parts.js';
import { includable } from '../domain/submission/state.js';
import type { Reactor, Step } from './runner.js';

interface PrefilledSection {
  readonly sectionId: string;
  readonly content: Record<string, unknown>;
}

/** Of a place: its barriers by locus, and rows by the id of the section that holds them. */
export interface ReturnFacts {
  readonly counts?: { whitehall: number; joint: number; local?: number };
  readonly rows: Parts<{ label: string; value: string }[]>;
}
/** SubmissionAssembler: on start, prefills what the programme's audience may see. `facts` answers for a place. */
export function submissionAssembler(facts: (placeId: string) => ReturnFacts): Reactor {
  return {
    name: 'submission-assembler',
    on: {
      SubmissionStarted(e) {
        const { placeId, template } = e.data as { placeId: string; template: { sectionId: string; kind: string }[] };
        if (!template.some(({ kind }) => kind === 'prefilled' || kind === 'locus-counts')) return [];
        const { counts, rows } = facts(placeId);
        // Given even when there is nothing to say yet: what is prefilled is what stood when the return was begun, once.
        const sections = template.flatMap(({ sectionId, kind }): PrefilledSection[] => {
          if (kind === 'locus-counts' && counts) return [{ sectionId, content: { counts } }];
          const prefilled = kind === 'prefilled' ? part(rows, sectionId) : undefined;
          return prefilled?.length ? [{ sectionId, content: { rows: prefilled } }] : [];
        });
        return [{ name: 'prefill', aggregate: 'submission', id: e.recordId, command: 'PrefillSections', data: { sections } }];
      },
    },
  };
}

/** AssuranceVoider for sign-offs: a material event on a record that a return has pinned. */
export function signOffVoider(pinning: (aggregate: string, id: string) => readonly { id: string; status: string }[]): Reactor {
  const react: Reactor['on'][string] = (e) => {
    const entry = aggregateNamed(e.aggregate).events[e.type]!;
    if (!flag(entry.material, e.data)) return [];
    const changed = { aggregate: e.aggregate, id: e.recordId, version: e.version, type: e.type };
    const waiting = pinning(e.aggregate, e.recordId).filter((s) => s.status === 'awaiting-sign-off' || s.status === 'signed-off');
    return waiting.map((s): Step => ({ name: 'void-sign-off', aggregate: 'submission', id: s.id, command: 'VoidSignOff', data: { changed } }));
  };
  const material = includable.flatMap((name) =>
    Object.entries(aggregateNamed(name).events)
      .filter(([, entry]) => entry.material)
      .map(([type]) => type),
  );
  return { name: 'sign-off-voider', on: Object.fromEntries(material.map((type) => [type, react])) };
}

/** Discloser: submitting a return opens the records it includes to the programme. */
export const discloser: Reactor = {
  name: 'discloser',
  on: {
    FindingsSubmitted: (e) =>
      (e.data.included as { aggregate: string; id: string }[]).map((pin) => ({ name: 'disclose', aggregate: pin.aggregate, id: pin.id, command: 'Disclose', data: { to: 'programme' } })),
  },
};
