/** Events of a place (domain.md 9.21). A pilot is owed a champion. */
import { z } from 'zod';
import { decides, kit } from '../kernel/aggregate.js';
import { nameOf } from '../kernel/naming.js';
import { changed, put } from '../kernel/parts.js';
import type { PlaceState } from './state.js';
import { AccountId, DateOn, Id, PartId, Prose } from '../shared/values.js';

const { event } = kit<PlaceState>();
const championDue = {
  open: 'champion',
  key: 'champion',
  deed: 'Assign a champion',
  workingDays: 10,
} as const;

export const events = {
  PlaceOpened: event(
    z.strictObject({ programmeId: Id, kind: z.enum(['pilot', 'parallel']), name: Prose(200) }),
    {
      evolve(s, d) {
        s.status = 'opened';
        s.programmeId = d.programmeId;
      },
      describe: (d) => `opened the record of ${d.name}`,
      access: (d, m) => ({ tier: 'public', programmeId: d.programmeId, placeId: m.recordId }),
      due: (d, m) =>
        d.kind === 'pilot'
          ? [{ ...championDue, place: m.recordId, owedBy: [{ kind: 'programme-office', id: d.programmeId }] }]
          : [],
    },
  ),
  PopulationRecorded: event(
    z.strictObject({ value: z.int().min(1), referenceOn: DateOn, source: Prose(300) }),
    {
      evolve(s, d) {
        s.population = d;
      },
      describe: (d) => `recorded a population of ${d.value.toLocaleString('en-GB')} (${d.source})`,
    },
  ),
  AccountableBodyNominated: event(z.strictObject({ agencyId: Id }), {
    evolve(s, d) {
      s.accountableBodyId = d.agencyId;
    },
    describe: (d) => `nominated ${nameOf.agency(d.agencyId)} as accountable body`,
  }),
  LeadContactNominated: event(z.strictObject({ accountId: AccountId }), {
    evolve(s, d) {
      s.leadContact = d.accountId;
    },
    describe: () => 'nominated a lead contact',
    // The public is told the names of office holders (domain.md 8.4).
    membersOnly: { accountId: 'programme' },
  }),
  ChampionAssigned: event(
    z.strictObject({ accountId: AccountId, departmentId: Id.optional(), from: DateOn }),
    {
      evolve(s, d) {
        s.champion = d;
      },
      describe: (d) => `assigned ${nameOf.person(d.accountId)} as champion`,
      due: () => [{ close: 'champion' }],
    },
  ),
  ChampionEnded: event(
    z.strictObject({
      accountId: AccountId,
      reason: Prose(),
      programmeId: Id,
      kind: z.enum(['pilot', 'parallel']),
    }),
    {
      evolve(s) {
        delete s.champion;
      },
      describe: (d: { accountId: string; reason?: string }) =>
        `ended the championship of ${nameOf.person(d.accountId)}${d.reason === undefined ? '' : `: ${d.reason}`}`,
      membersOnly: { reason: 'programme' },
      due: (d, m) =>
        d.kind === 'pilot'
          ? [{ ...championDue, place: m.recordId, owedBy: [{ kind: 'programme-office', id: d.programmeId }] }]
          : [],
    },
  ),
  ThemeProposed: event(
    z.strictObject({
      themeId: PartId,
      title: Prose(300),
      rationale: Prose().optional(),
      exclusions: Prose(500).optional(),
      parentThemeId: PartId.optional(),
      policyThemeIds: z.array(PartId).max(20),
    }),
    {
      evolve(s, { themeId, ...d }) {
        put(s.themes, themeId, { ...d, status: 'proposed' });
      },
      act: (d) => d.themeId,
      describe: (d) => `proposed the theme ${d.title}`,
    },
  ),
  ThemeConfirmed: event(z.strictObject({ themeId: PartId, title: Prose(300) }), {
    evolve(s, d) {
      changed(s.themes, d.themeId).status = 'confirmed';
    },
    describe: (d) => `confirmed the theme ${d.title}`,
  }),
  ThemeRenamed: event(z.strictObject({ themeId: PartId, from: Prose(300), to: Prose(300) }), {
    evolve(s, d) {
      changed(s.themes, d.themeId).title = d.to;
    },
    act: (d) => d.themeId,
    describe: (d) => `renamed the theme ${d.from} to ${d.to}`,
    changes: (d) => ({ before: d.from, after: d.to }),
  }),
  ThemeDropped: event(z.strictObject({ themeId: PartId, title: Prose(300), reason: Prose() }), {
    evolve(s, d) {
      changed(s.themes, d.themeId).status = 'dropped';
    },
    describe: (d) => `dropped the theme ${d.title}: ${d.reason}`,
  }),
  PlaceKindNoted: event(
    z.strictObject({ programmeId: Id, kind: z.enum(['pilot', 'parallel']), hasChampion: z.boolean() }),
    {
      evolve() {},
      describe: (d) => `noted that the place is a ${d.kind === 'pilot' ? 'pilot' : 'parallel place'} now`,
      due: (d, m) =>
        d.kind === 'parallel'
          ? [{ close: 'champion' }]
          : d.hasChampion
            ? []
            : [
                {
                  ...championDue,
                  place: m.recordId,
                  owedBy: [{ kind: 'programme-office', id: d.programmeId }],
                },
              ],
    },
  ),
  PlaceActivated: event(z.strictObject({}), {
    evolve(s) {
      s.status = 'active';
    },
    describe: () => 'activated the place',
  }),
  PlaceClosedOut: event(
    z.strictObject({
      handover: Prose(5000),
      lessonIds: z.array(Id).max(100),
      commitments: z.array(Id).max(500),
    }),
    {
      evolve(s) {
        s.status = 'closed';
      },
      describe: ({ commitments }: { commitments?: string[] }) =>
        `closed the place out${commitments?.length ? `; ${commitments.length} commitments continue` : ''}`,
      // Lessons and handover are the programme's; which promises go on is known to whom those are open.
      membersOnly: { handover: 'programme', lessonIds: 'programme', commitments: 'members' },
    },
  ),
};
export const { command, emit } = decides<PlaceState>()(events);
