/**
 * What the pages that are made of queries are called, what each is for, and which members of its rows a list
 * shows first; the rest is a link away.
 */
import { isObject } from '../../http/query/command-schema.js';
import { choice } from '../../http/words/choices.js';
import type { CountedBy } from '../pages/counts.js';

export interface Subject {
  readonly title: string;
  /** A line below it: what is here. */
  readonly purpose?: string;
  /** Of a list: members of its rows that stand beside their titles. */
  readonly columns?: readonly string[];
  /** The column that its rows are called by, where it is not the one that says a title. */
  readonly titled?: string;
  /** Of a record: what stands above its name, where its answer has the words for it. */
  readonly captioned?: (body: Readonly<Record<string, unknown>>) => string;
  /** Of a list: the query that counts its rows, and by which of its parameters. */
  readonly counts?: CountedBy;
  /** Of a list of days: it begins at today, and what was before is a link away. */
  readonly fromToday?: true;
  /** Of a record: the pages of its parts, by the member that holds these. */
  readonly parts?: Readonly<Record<string, string>>;
}

/** What a member of an answer is called. */
const nameIn = (member: unknown): string | undefined =>
  isObject(member) && typeof member.name === 'string' ? member.name : undefined;

/** By the address of the query. */
const subjects: Readonly<Record<string, Subject>> = {
  '/v1/programmes': { title: 'Programmes', columns: ['kind', 'status', 'startOn', 'endOn'] },
  '/v1/programmes/:id': { title: 'Programme' },
  '/v1/programmes/:id/progress': {
    title: 'Progress toward the deadline',
    captioned: ({ deadline }) => `Progress toward ${nameIn(deadline) ?? 'the deadline'}`,
    purpose: 'How far each place is, and what Whitehall owes.',
    parts: { places: '/places/:id/progress' },
  },
  '/v1/places': {
    title: 'Places',
    purpose: 'Pilots, and places that work beside them.',
    columns: ['kind', 'region', 'status', 'population', 'champion'],
  },
  '/v1/places/:id': { title: 'Place' },
  '/v1/places/:id/progress': { title: 'Progress of the place' },
  '/v1/places/:id/collaborative': { title: 'Who sits at the table' },
  '/v1/collaboratives/:id': { title: 'Leadership collaborative' },
  '/v1/milestones': {
    title: 'Milestones',
    purpose: 'The dates of the programme, and how far places are with what is due by each.',
    columns: ['kind', 'to', 'status', 'workingDaysLeft', 'placesReady', 'placesLate'],
  },
  '/v1/agencies': {
    title: 'Agencies',
    purpose: 'Councils, health bodies, police, departments and whoever else spends or delivers.',
    columns: ['sector', 'type', 'status'],
  },
  '/v1/agencies/:id': { title: 'Agency' },
  '/v1/people': {
    title: 'People',
    purpose: 'Who holds which post, as far as you may know their names.',
    columns: ['post', 'officeHolder', 'programmeId'],
  },
  '/v1/people/:id': { title: 'Person' },
  '/v1/funding-streams': {
    title: 'Funding streams',
    purpose: 'Grants and budgets, with the conditions on what they may be spent on.',
    columns: ['departmentId', 'ringFenced', 'status'],
  },
  '/v1/funding-streams/:id': { title: 'Funding stream' },
  '/v1/barriers': {
    title: 'Barriers',
    purpose: 'Rules, conditions and habits that stop a better service, and who is asked to remove them.',
    columns: ['placeId', 'kind', 'locus', 'status', 'statusSince'],
  },
  '/v1/barriers/:id': { title: 'Barrier' },
  '/v1/commitments': {
    title: 'Commitments',
    purpose: 'What was promised, by whom, by when, and whether it happened.',
    columns: ['placeId', 'ownerAgencyId', 'status', 'dueOn', 'slippageDays', 'worst'],
  },
  '/v1/commitments/:id': { title: 'Commitment' },
  '/v1/decisions': {
    title: 'Decisions',
    purpose: 'What was put to the partners of a place, and how they decided.',
    columns: ['placeId', 'status', 'openedAt', 'closesAt', 'result'],
  },
  '/v1/decisions/:id': { title: 'Decision' },
  '/v1/decisions/:id/audit': {
    title: 'How it was decided',
    purpose: 'Who could vote and did, by which arithmetic, on what evidence, and what followed.',
  },
  '/v1/waivers': {
    title: 'Waivers',
    purpose: 'Rules that do not count for a while, by whose word.',
    columns: ['placeId', 'record', 'status', 'until'],
  },
  '/v1/waivers/:id': { title: 'Waiver' },
  '/v1/pools': {
    title: 'Pooled budgets',
    purpose: 'Money that partners put together, and what became of it.',
    columns: ['placeId', 'status', 'legalBasis', 'pledgedPence', 'confirmedPence', 'drawnPence'],
  },
  '/v1/pools/:id': { title: 'Pooled budget' },
  '/v1/submissions': {
    title: 'Returns',
    purpose: 'What places send to the programme in each round.',
    columns: ['placeId', 'roundNo', 'status', 'submittedOn', 'lateDays'],
  },
  '/v1/submissions/:id': { title: 'Return' },
  '/v1/submissions/:id/versions': { title: 'What was submitted' },
  '/v1/departments/:id/docket': {
    title: 'What the department owes',
    purpose: 'Answers and promises that places wait for.',
  },
  '/v1/accounts': {
    title: 'Accounts',
    columns: ['name', 'programmeId', 'status', 'grantsInForce', 'grantsRequested'],
  },
  '/v1/accounts/:id': { title: 'Account' },
  '/v1/account': { title: 'Your account', purpose: 'Your grants and your sessions.' },
  '/v1/access-review': {
    title: 'Access review',
    purpose: 'Who holds which grant, by whose word, and when something was last recorded in it.',
    columns: [
      'grant',
      'status',
      'requestedBy',
      'approvedBy',
      'approvedOn',
      'until',
      'lastUsedAt',
      'conflicts',
    ],
  },
  '/v1/reads': {
    title: 'Who read what',
    purpose: 'What was read on this node, by whom, and what they were answered.',
    titled: 'who',
    columns: ['what', 'at', 'answered'],
  },
  '/v1/me/actions': {
    title: 'What waits for you',
    columns: ['deed', 'placeId', 'dueOn', 'workingDaysLeft', 'why'],
  },
  '/v1/this-week': { title: 'This week' },
  '/v1/calendar': {
    title: 'Calendar',
    purpose: 'Milestones, rounds, and what is due that you may see.',
    fromToday: true,
    columns: ['kind', 'to', 'status', 'workingDaysLeft', 'placeId', 'owedBy'],
  },
  '/v1/exceptions': {
    title: 'Exceptions',
    purpose: 'What was backdated, late, excused, waived, voided, contradicted or reopened.',
    columns: ['kind', 'type', 'placeId', 'dueOn', 'days', 'recordedAt', 'actor', 'reason'],
    counts: { url: '/v1/exceptions/counts', kind: 'kind' },
  },
  '/v1/refusals': {
    title: 'Refused requests',
    purpose: 'What was refused by rule, or asked of a record that was not found.',
    columns: ['recordedAt', 'actor', 'commandTitle', 'sentence', 'placeId'],
    counts: { url: '/v1/refusals/counts', kind: 'code' },
  },
  '/v1/exceptions/counts': {
    title: 'Exceptions counted',
    purpose: 'How many there are, by kind, place and month.',
  },
  '/v1/refusals/counts': {
    title: 'Refused requests counted',
    purpose: 'How many there are, by rule, place and month.',
  },
  '/v1/refusals/trend': {
    title: 'Refused requests by month',
    columns: ['month', 'placeId', 'code', 'count', 'unrecorded'],
  },
  '/v1/search': { title: 'Search' },
  '/v1/timeline': { title: 'Timeline', purpose: 'Everything that was recorded, newest first.' },
  '/v1/compare': {
    title: 'What changed',
    purpose: 'What changed in a record between two moments.',
  },
  '/v1/lineage': {
    title: 'What led to this, what followed',
    purpose: 'From one record to those that it came from, and those that came of it.',
  },
};

/** Has it a page of its own? What may be done with a record is said on the record's. */
export const hasPage = (url: string): boolean => !/\/commands(\/|$)/.test(url);

/** The words of a query's page; of one that has none here, made of its address. */
export function subjectOf(url: string): Subject {
  if (Object.hasOwn(subjects, url) && subjects[url]) return subjects[url];
  const words = url.split('/').filter((part) => part !== '' && part !== 'v1' && !part.startsWith(':'));
  return { title: choice(words.reverse().join(' of ')) };
}
