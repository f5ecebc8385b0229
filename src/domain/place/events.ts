/** Events of a place (docs/rules/place.md). A pilot is owed a champion. */
import { z } from 'zod';
import { decides, kit } from '../kernel/aggregate.js';
import { nameOf } from '../kernel/naming.js';
import { changed, put } from '../kernel/parts.js';
import type { PlaceState } from './state.js';
import { AccountId, DateOn, Id, PartId, Prose } from '../shared/values.js';
import { atMost, championWithin } from './limits.js';
import { nobody, sets } from '../kernel/set-value.js';

const { event } = kit<PlaceState>();
const kinds = { pilot: 'pilot', parallel: 'parallel place' } as const;
const championDue = (placeId: string) =>
  ({
    open: 'champion',
    key: 'champion',
    deed: `Assign a champion to ${nameOf.place(placeId)}`,
    workingDays: championWithin,
  }) as const;

export const events = {
  PlaceOpened: event(
    z.strictObject({ programmeId: Id, kind: z.enum(['pilot', 'parallel']), name: Prose('name') }),
    {
      evolve(state, data) {
        state.status = 'opened';
        state.programmeId = data.programmeId;
      },
      describe: (data) => `opened the record of ${data.name}`,
      sets: (data) => [sets('kind', 'Kind of place', kinds[data.kind])],
      access: (data, event) => ({ tier: 'public', programmeId: data.programmeId, placeId: event.recordId }),
      due: (data, event) =>
        data.kind === 'pilot'
          ? [
              {
                ...championDue(event.recordId),
                place: event.recordId,
                owedBy: [{ kind: 'programme-office', id: data.programmeId }],
              },
            ]
          : [],
    },
  ),
  PopulationRecorded: event(
    z.strictObject({ value: z.int().min(1), referenceOn: DateOn, source: Prose('title') }),
    {
      evolve(state, data) {
        state.population = data;
      },
      describe: (data) => `recorded a population of ${data.value.toLocaleString('en-GB')} (${data.source})`,
      sets: (data) => [sets('population', 'Population', data.value.toLocaleString('en-GB'))],
    },
  ),
  AccountableBodyNominated: event(z.strictObject({ agencyId: Id }), {
    evolve(state, data) {
      state.accountableBodyId = data.agencyId;
    },
    describe: (data) => `nominated ${nameOf.agency(data.agencyId)} as accountable body`,
    sets: (data) => [sets('accountable-body', 'Accountable body', nameOf.agency(data.agencyId))],
  }),
  LeadContactNominated: event(z.strictObject({ accountId: AccountId }), {
    evolve(state, data) {
      state.leadContact = data.accountId;
    },
    describe: () => 'nominated a lead contact',
    sets: ({ accountId }: { accountId?: string }) =>
      accountId === undefined ? [] : [sets('lead-contact', 'Lead contact', nameOf.person(accountId))],
    // The public is told the names of office holders (docs/rules/place.md#profile).
    membersOnly: { accountId: 'programme' },
  }),
  ChampionAssigned: event(
    z.strictObject({ accountId: AccountId, departmentId: Id.optional(), from: DateOn }),
    {
      evolve(state, data) {
        state.champion = data;
      },
      describe: (data) => `assigned ${nameOf.person(data.accountId)} as champion`,
      sets: (data) => [sets('champion', 'Champion', nameOf.person(data.accountId))],
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
      evolve(state) {
        delete state.champion;
      },
      describe: (data: { accountId: string; reason?: string }) =>
        'ended the championship of ' +
        `${nameOf.person(data.accountId)}${data.reason === undefined ? '' : `: ${data.reason}`}`,
      sets: () => [sets('champion', 'Champion', nobody)],
      membersOnly: { reason: 'programme' },
      due: (data, event) =>
        data.kind === 'pilot'
          ? [
              {
                ...championDue(event.recordId),
                place: event.recordId,
                owedBy: [{ kind: 'programme-office', id: data.programmeId }],
              },
            ]
          : [],
    },
  ),
  ThemeProposed: event(
    z.strictObject({
      themeId: PartId,
      title: Prose('title'),
      rationale: Prose().optional(),
      exclusions: Prose('remark').optional(),
      parentThemeId: PartId.optional(),
      policyThemeIds: z.array(PartId).max(atMost.policyThemes),
    }),
    {
      evolve(state, { themeId, ...d }) {
        put(state.themes, themeId, { ...d, status: 'proposed' });
      },
      act: (data) => data.themeId,
      describe: (data) => `proposed the theme ${data.title}`,
      sets: (data) => [sets(`theme.${data.themeId}`, 'Theme', data.title)],
    },
  ),
  ThemeConfirmed: event(z.strictObject({ themeId: PartId, title: Prose('title') }), {
    evolve(state, data) {
      changed(state.themes, data.themeId).status = 'confirmed';
    },
    describe: (data) => `confirmed the theme ${data.title}`,
  }),
  ThemeRenamed: event(z.strictObject({ themeId: PartId, from: Prose('title'), to: Prose('title') }), {
    evolve(state, data) {
      changed(state.themes, data.themeId).title = data.to;
    },
    act: (data) => data.themeId,
    describe: (data) => `renamed the theme ${data.from} to ${data.to}`,
    sets: (data) => [sets(`theme.${data.themeId}`, 'Theme', data.to)],
  }),
  ThemeDropped: event(z.strictObject({ themeId: PartId, title: Prose('title'), reason: Prose() }), {
    evolve(state, data) {
      changed(state.themes, data.themeId).status = 'dropped';
    },
    describe: (data) => `dropped the theme ${data.title}: ${data.reason}`,
  }),
  PlaceKindNoted: event(
    z.strictObject({ programmeId: Id, kind: z.enum(['pilot', 'parallel']), hasChampion: z.boolean() }),
    {
      evolve() {},
      describe: (data) =>
        `noted that the place is a ${data.kind === 'pilot' ? 'pilot' : 'parallel place'} now`,
      sets: (data) => [sets('kind', 'Kind of place', kinds[data.kind])],
      due(data, event) {
        if (data.kind === 'parallel') return [{ close: 'champion' }];
        if (data.hasChampion) return [];
        const owedBy = [{ kind: 'programme-office' as const, id: data.programmeId }];
        return [{ ...championDue(event.recordId), place: event.recordId, owedBy }];
      },
    },
  ),
  PlaceActivated: event(z.strictObject({}), {
    evolve(state) {
      state.status = 'active';
    },
    describe: () => 'activated the place',
  }),
  PlaceClosedOut: event(
    z.strictObject({
      handover: Prose('report'),
      lessonIds: z.array(Id).max(atMost.lessons),
      commitments: z.array(Id).max(atMost.commitments),
    }),
    {
      evolve(state) {
        state.status = 'closed';
      },
      describe: ({ commitments }: { commitments?: string[] }) =>
        `closed the place out${commitments?.length ? `; ${commitments.length} commitments continue` : ''}`,
      // Lessons and handover are the programme's; which promises go on is known to whom those are open.
      membersOnly: { handover: 'programme', lessonIds: 'programme', commitments: 'members' },
    },
  ),
};
export const { command, emit } = decides<PlaceState>()(events);
