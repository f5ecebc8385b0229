/**
 * What of an event an audience is told: each member of what is public by itself was judged, and no sentence
 * says what a member does not.
 */
import { test } from 'tap';
import { z } from 'zod';
import { dataFor, type Audience, type EventEntry } from '../../src/domain/kernel/types.js';
import { aggregateNamed, aggregates } from '../../src/domain/registry.js';
import { decode } from '../../src/log/codec.js';
import { linesOf } from '../golden/corpus.js';
import { Property } from '../holds.js';

/**
 * Members of the events of records that are public from their beginning, which everybody reads
 * (docs/rules/shared.md#disclosure); `-` before what the public is not told.
 */
const judged: Readonly<Record<string, string>> = {
  'programme.ProgrammeDefined': 'name kind ragScale period startOn endOn',
  'programme.ProgrammeRetitled': 'from to',
  'programme.ProgrammeStarted': '',
  'programme.ProgrammeClosing': 'reason',
  'programme.ProgrammeClosed': 'reason',
  'programme.PlaceEnrolled': 'placeId name kind region',
  'programme.PlaceRenamed': 'placeId from to',
  'programme.PlaceKindChanged': 'placeId from to reason overlaps',
  'programme.AreaAdded': 'placeId code snac name from overlaps',
  'programme.AreaEnded': 'placeId code on',
  'programme.PlaceWithdrawn': 'placeId reason',
  'programme.EnrolmentVoided': 'placeId name',
  'programme.MilestoneAdded': 'milestoneId name kind date',
  'programme.MilestoneRescheduled': 'milestoneId name from to reason',
  'programme.MilestoneReached': 'milestoneId name evidence',
  'programme.PolicyThemeAdded': 'policyThemeId title',
  'programme.PolicyThemeRetired': 'policyThemeId title successor',
  'programme.RoundPlanned': 'roundNo kind name observation window',
  'programme.RoundRescheduled': 'roundNo kind from to reason',
  'programme.RoundOpened': 'roundNo kind name to',
  'programme.RoundExtended': 'roundNo from to reason',
  'programme.ExtensionGranted': '-',
  'programme.RoundClosed': 'roundNo kind -submitted -late -missing',
  'programme.SubmissionTemplateSet': 'roundKind placeKind version sections',
  'programme.StepsRequired': 'placeKind steps',
  'programme.StepExcused': '-',
  'programme.PublicationRestricted': 'restrictionId from to reason',
  'programme.PublicationRestrictionLifted': 'restrictionId',
  'programme.RecordCorrected': 'field from to reason evidence',
  'place.PlaceOpened': 'programmeId kind name',
  'place.PopulationRecorded': 'value referenceOn source',
  'place.AccountableBodyNominated': 'agencyId',
  'place.LeadContactNominated': '-accountId',
  'place.ChampionAssigned': 'accountId departmentId from',
  'place.ChampionEnded': 'accountId -reason programmeId kind',
  'place.ThemeProposed': 'themeId title rationale exclusions parentThemeId policyThemeIds',
  'place.ThemeConfirmed': 'themeId title',
  'place.ThemeRenamed': 'themeId from to',
  'place.ThemeDropped': 'themeId title reason',
  'place.PlaceKindNoted': 'programmeId kind hasChampion',
  'place.PlaceActivated': '',
  'place.PlaceClosedOut': '-handover -lessonIds -commitments',
  'agency.AgencyRegistered': 'name sector type identifiers startOn programmeId',
  'agency.AgencyRenamed': 'from to',
  'agency.AgencyIdentifierAdded': 'scheme code from provisional',
  'agency.AgencyIdentifierCorrected': 'from to reason',
  'agency.AgencySucceeded': 'successors date',
  'agency.AgencyRetired': 'on reason',
};

const membersOf = ({ data }: EventEntry): string[] =>
  Object.keys((z.toJSONSchema(data, { io: 'output', unrepresentable: 'any' }).properties ?? {}) as object);
const openTo = (entry: EventEntry, audience: Audience): string[] =>
  Object.keys(dataFor(entry, Object.fromEntries(membersOf(entry).map((m) => [m, 1])), audience));

test('every member of a public event is judged', async (t) => {
  const found: Record<string, string> = {};
  for (const a of aggregates) {
    if (a.machinery || !['programme', 'place', 'agency'].includes(a.name)) continue;
    for (const [type, entry] of Object.entries(a.events)) {
      if (entry.private === true || type === 'RecordDisclosed') continue;
      const open = openTo(entry, 'public');
      const told = membersOf(entry).map((m) => (open.includes(m) ? m : `-${m}`));
      found[`${a.name}.${type}`] = entry.private === 'programme' ? '-' : told.join(' ');
    }
  }
  t.same(found, judged, 'judge what is new: who may read it? Then write it here');
});

test('for which promise a pool holds money, and why it came back, is told to members alone', async (t) => {
  const kept = (audience: Audience): string[] =>
    Object.entries(aggregateNamed('pool').events).flatMap(([type, entry]) => {
      const open = openTo(entry, audience);
      const hidden = membersOf(entry).filter((m) => !open.includes(m));
      return hidden.length > 0 ? [`${type}: ${hidden.join(' ')}`] : [];
    });
  const held = [
    'FundsReserved: commitmentId',
    'FundsReleased: commitmentId reason',
    'FundsAllocated: commitmentId',
  ];
  t.same([kept('members'), kept('programme'), kept('public')], [[], held, held]);
});

test('what no event tells: whom an issuer says an account’s holder is, its hash, and an answer not given', async (t) => {
  const untold = aggregates.flatMap(({ events }) =>
    Object.entries(events).flatMap(([type, entry]) => {
      const open = openTo(entry, 'members');
      const hidden = membersOf(entry).filter((m) => !open.includes(m));
      return hidden.length > 0 ? [`${type}: ${hidden.join(' ')}`] : [];
    }),
  );
  t.same(untold.sort(), [
    'AccountActivated: subject binding',
    'AccountAdopted: subject binding',
    'AccountRebound: subject binding from',
    'AdministratorAppointed: subject binding',
    'AnswerPrepared: answer',
  ]);
});

test('a sentence says what its audience is told', async (t) => {
  const whole = new Property('a sentence is whole');
  const secret = new Property('it says nothing that its audience is not told');
  const members = new Property('members are told everything');
  let looked = 0;
  for (const a of aggregates)
    for (const line of linesOf(a.name)) {
      const entry = aggregateNamed(a.name).events[line.type]!;
      if (!entry.membersOnly) continue;
      const e = decode({
        ...(JSON.parse(line.events.at(-1)!) as { id: string; stream: string; version: number; type: string }),
        position: 1,
        body: line.events.at(-1)!,
      });
      for (const audience of ['members', 'programme', 'public'] as const satisfies readonly Audience[]) {
        const data = dataFor(entry, e.data, audience);
        const said = `${entry.describe(data, e)} ${JSON.stringify(entry.sets?.(data, e) ?? [])}`;
        whole.holds(t, `${line.type} for ${audience}`, !/undefined|NaN/.test(said), said);
        const hidden = Object.entries(e.data).filter(([k]) => !Object.hasOwn(data, k));
        for (const [k, value] of hidden)
          if (typeof value === 'string' && value.length > 8)
            secret.holds(t, `${k} of ${line.type} to ${audience}`, !said.includes(value), said);
        const tellable = hidden.filter(([k]) => entry.membersOnly?.[k] !== 'nobody');
        if (audience === 'members') members.same(t, line.type, tellable, []);
        looked++;
      }
    }
  for (const property of [whole, secret, members]) property.settle(t);
  t.ok(looked > 9, `${looked} sentences`);
});
