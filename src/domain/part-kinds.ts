/**
 * The parts that a record has, by the kinds that fields of commands name (docs/rules/fields.md#kinds): what
 * may be chosen, with what each is called. Ids in a title are marked for their names.
 */
import type { PartOf } from './kernel/types.js';
import { nameOf } from './kernel/naming.js';
import type { Parts } from './kernel/parts.js';
import { roundPart } from './programme/state.js';
import type { PartKind } from './shared/fields.js';
import type { States } from './states.js';

type Among<S> = { readonly [K in PartKind]?: (state: S) => readonly PartOf[] };

const each = <T>(parts: Parts<T>, title: (part: T, id: string) => string): PartOf[] =>
  Object.entries(parts).map(([id, part]) => ({ id, title: title(part, id) }));

/** A word of the record's own, which is its id as well. */
const itself = (id: string): PartOf => ({
  id,
  title: id.charAt(0).toUpperCase() + id.slice(1).replaceAll('-', ' '),
});

const table: { readonly [K in keyof States]?: Among<States[K]> } = {
  programme: {
    milestone: ({ milestones }) => each(milestones, ({ name }) => name),
    'policy-theme': ({ policyThemes }) =>
      Object.entries(policyThemes).flatMap(([id, { title, status }]) =>
        status === 'active' ? [{ id, title }] : [],
      ),
    restriction: ({ restrictions }) =>
      restrictions.map(({ restrictionId: id, reason }) => ({ id, title: reason })),
    round: ({ rounds }) => Object.values(rounds).map(roundPart),
    'round-kind': ({ rounds }) => [...new Set(Object.values(rounds).map(({ kind }) => kind))].map(itself),
    step: ({ steps }) => {
      const names = new Map<string, Set<string>>();
      for (const { stepId, name } of Object.values(steps).flat())
        names.set(stepId, (names.get(stepId) ?? new Set()).add(name));
      return [...names].map(([id, called]) => ({ id, title: [...called].join(' / ') }));
    },
  },
  place: {
    theme: ({ themes }) =>
      Object.entries(themes).flatMap(([id, { title, status }]) =>
        status === 'dropped' ? [] : [{ id, title }],
      ),
  },
  collaborative: {
    seat: ({ seats }) =>
      Object.values(seats)
        .filter(({ status }) => status !== 'vacated')
        .map(({ seatId, agencyId, account }) => ({
          id: seatId,
          title: `${nameOf.agency(agencyId)}, ${nameOf.person(account)}`,
        })),
  },
  barrier: { owner: ({ owners }) => each(owners, ({ agencyId }) => nameOf.agency(agencyId)) },
  pool: {
    pledge: ({ pledges }) =>
      Object.values(pledges)
        .filter(({ status }) => status !== 'withdrawn')
        .map(({ pledgeId, agencyId, financialYear }) => ({
          id: pledgeId,
          title: `${nameOf.agency(agencyId)}, ${financialYear} (${pledgeId})`,
        })),
    agreement: ({ agreements }) =>
      agreements.map(({ version }) => ({ id: version, title: `Version ${version}` })),
    allocation: ({ allocations }) =>
      Object.entries(allocations).flatMap(([id, { title, released }]) => (released ? [] : [{ id, title }])),
  },
  submission: {
    section: ({ template }) => template.map(({ sectionId: id, title }) => ({ id, title })),
    query: ({ queries }) => each(queries, (_query, id) => `Query ${id}`),
  },
  fundingstream: {
    relaxation: ({ relaxations }) => each(relaxations, (_relaxation, id) => id),
  },
};
/** The parts of a kind that a record has; none where it has none of the kind. */
export const partsOf = <K extends keyof States>(
  aggregate: K,
  kind: PartKind,
  state: States[K],
): readonly PartOf[] => table[aggregate]?.[kind]?.(state) ?? [];
