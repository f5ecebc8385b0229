/**
 * What pages call the members of answers. A member that is not here is called by its own words: `statusSince`
 * is "Status since". Words that only this software says are never shown
 * (docs/adr/0029-a-page-is-an-answer.md).
 */
import type { RefKind } from '../../domain/shared/fields.js';
import { sentence } from './format.js';

/** A kind of record by its name in streams, or who an account is. */
export type Named = Exclude<RefKind, 'record'>;

const labels: Readonly<Record<string, string>> = {
  account: 'Account',
  accountableBodyId: 'Accountable body',
  aligned: 'In aligned budgets',
  answered: 'Answers given',
  answeredOnTime: 'Answered on time',
  asAt: 'As at',
  as: 'In your grant of',
  at: 'When',
  before: 'Before',
  after: 'After',
  bytes: 'Size in bytes',
  cofog: 'Services',
  commandId: 'Reference of the request',
  command: 'Name of the command',
  commandTitle: 'Command',
  d: 'Of every',
  n: 'Seats',
  deed: 'What to do',
  deedsOverdue: 'Promised and overdue',
  delegates: 'Stand-ins',
  earlierNotShared: 'Earlier entries not shared with you',
  effectOnResidents: 'What it means for residents',
  financialYear: 'Financial year',
  gssCode: 'Area code (GSS)',
  hash: 'Check code',
  id: 'Reference',
  grantId: 'Reference of the grant',
  grantsSaidBy: 'Where grants stand',
  held: 'Grants you hold',
  sid: 'Session',
  ifClosedNow: 'If it closed now',
  illustrative: 'Illustrative',
  issuer: 'Signs in at',
  inFull: 'The promise in full',
  kind: 'Kind',
  lapsesOn: 'Lapses on',
  lastUsedAt: 'Last recorded something',
  lineage: 'What led to this, what followed',
  locus: 'Who must act',
  mediaType: 'Form of the file',
  next: 'More',
  notDisclosed: 'Not shared with you',
  of: 'Of',
  on: 'On',
  orphanedOn: 'Without anybody answerable since',
  overBp: 'Share of an overspend',
  underBp: 'Share of an underspend',
  owedBy: 'Waits for',
  pence: 'Amount',
  places: 'Places',
  position: 'Answer',
  positions: 'Positions',
  pledgeId: 'Pledge',
  purposes: 'May be spent on',
  rag: 'Colour',
  ragScale: 'Scale of colours',
  recordedAt: 'Recorded',
  roundNo: 'Round',
  rung: 'Escalated to',
  rungDueOn: 'Direction due on',
  seatId: 'Seat',
  sha256: 'Check code of the file',
  snac: 'Earlier area code (SNAC)',
  slippageDays: 'Days later than first agreed',
  series: 'Day by day',
  struck: 'Declined',
  submissionId: 'Return',
  submissions: 'Returns',
  tbc: 'To be confirmed',
  textHash: 'Check code of the text',
  termsHash: 'Check code of the terms',
  statementHash: 'Check code of the statement',
  text: 'In words',
  tier: 'Who can see this',
  whitehall: 'For Whitehall alone',
  whitehallRag: 'Whitehall’s colour',
  joint: 'For Whitehall and partners',
  local: 'For partners alone',
  untriaged: 'Not yet said who must act',
  willNot: 'Will not',
  willPilot: 'Will pilot a way round',
  willRemove: 'Will remove it',
  needEvidence: 'Asked for evidence',
  workingDaysLeft: 'Working days left',
  version: 'Entries so far',
  versionNow: 'Entries now',
  yearEnds: 'Ends of years',
};

/** Members that hold ids, by the kind of what they name. */
const naming: Readonly<Record<string, Named>> = {
  account: 'person',
  onBehalfOf: 'person',
  chair: 'person',
  deputy: 'person',
  secretary: 'person',
  requestedBy: 'person',
  approvedBy: 'person',
  endedBy: 'person',
  offeredBy: 'person',
  partners: 'agency',
  signedBy: 'agency',
  carryForwardAgreedBy: 'agency',
  unagreed: 'agency',
  accountableBodyId: 'agency',
  departmentId: 'agency',
  successor: 'agency',
  mergedFrom: 'barrier',
  mergedInto: 'barrier',
  through: 'barrier',
  followed: 'commitment',
  confirmed: 'place',
  placeIds: 'place',
  places: 'place',
};
const endings: readonly (readonly [RegExp, Named])[] = [
  [/agencyId$/i, 'agency'],
  [/placeIds?$/i, 'place'],
  [/programmeId$/i, 'programme'],
  [/poolId$/i, 'pool'],
  [/commitmentId$/i, 'commitment'],
  [/decisionId$/i, 'decision'],
  [/waiverId$/i, 'waiver'],
  [/submissionId$/i, 'submission'],
  [/fundingStreamId$/i, 'fundingstream'],
  [/barrierId$/i, 'barrier'],
];
/** The kind of what a member's ids name; undefined of a member that names no record. */
export const namedBy = (member: string): Named | undefined =>
  Object.hasOwn(naming, member) ? naming[member] : endings.find(([ending]) => ending.test(member))?.[1];

/**
 * Members that hold ids of parts of a place or its table. A chair is a seat there, and a person elsewhere.
 */
const partNaming: Readonly<Record<string, 'seat' | 'theme'>> = {
  seatId: 'seat',
  chair: 'seat',
  deputy: 'seat',
  themeId: 'theme',
};
export const partNamedBy = (member: string): 'seat' | 'theme' | undefined =>
  Object.hasOwn(partNaming, member) ? partNaming[member] : undefined;
/** Ids of parts that say nothing where one of these members says what the part is. */
export const saidBy: Readonly<Record<string, readonly string[]>> = {
  id: ['title', 'name', 'statement', 'question'],
  command: ['commandTitle'],
  themeId: ['title'],
  sectionId: ['title'],
  milestoneId: ['title', 'name'],
  restrictionId: ['reason'],
  seatId: ['agencyId', 'agency'],
};

/** The name that stands beside an id, by the member that has the id. */
export const besides: Readonly<Record<string, string>> = {
  agencyId: 'agency',
  hostAgencyId: 'hostName',
  managerAgencyId: 'managerName',
  ownerAgencyId: 'owner',
  verifierAgencyId: 'verifier',
  partners: 'partnerNames',
  places: 'placeNames',
  placeIds: 'placeNames',
  why: 'whyText',
  placeId: 'place',
  programmeId: 'programme',
  departmentId: 'department',
  account: 'name',
  requestedBy: 'requestedByName',
  approvedBy: 'approvedByName',
  endedBy: 'endedByName',
};

/** Said elsewhere on a page, or of use to machines alone. */
export const unshown: ReadonlySet<string> = new Set([
  'link',
  'linkThen',
  'does',
  'lineage',
  'version',
  'illustrative',
  'notDisclosed',
  'atLeastPence',
  'figuresNotShared',
  'failed',
  'next',
  'recordVersion',
  'accountableSeat',
  'sid',
]);

/** What a member is called. */
export function labelOf(member: string): string {
  if (Object.hasOwn(labels, member)) return `${labels[member]}`;
  const words = member
    .replace(/(Agency)?Ids?$/, '')
    .replace(/Pence$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return sentence(words === '' ? 'Amount' : words);
}
