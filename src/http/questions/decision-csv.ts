/** A decision, and how it was taken, as a spreadsheet: a row for each position, or for each thing told. */
import { actorColumns, words, type Cell, type ColumnOf } from '../query/csv.js';
import { csvOf, type AnswerOf } from '../query/declare.js';
import { untold } from '../query/why-null.js';
import type { Audit } from './decision-audit-shape.js';
import { stood, type DecisionPage } from './decision-page.js';

type Position = DecisionPage['positions'][number];
interface PositionRow extends Omit<Position, 'earlier'> {
  readonly decision: DecisionPage;
  readonly earlier: Position['earlier'];
}
/** A row for each seat that has spoken. */
export const positionsCsv = csvOf({
  rows: (decision: DecisionPage): PositionRow[] =>
    decision.positions.map((position) => ({ ...position, decision })),
  columns: [
    ['decisionId', ({ decision }) => decision.id],
    ['question', ({ decision }) => decision.question],
    ['status', ({ decision }) => decision.status],
    'seatId',
    'agencyId',
    'agency',
    'stance',
    'withdrawn',
    'reason',
    'at',
    'changed',
    ['earlier', ({ earlier }) => words(earlier.map(stood))],
    ['link', ({ decision }) => decision.link],
  ],
});

type AuditOf = AnswerOf<typeof Audit>;
type Actor = AuditOf['history'][number]['actor'];
/** One thing of an audit: what it is a part of, when, whose, by whom, and what of it. */
interface AuditRow {
  readonly part: string;
  readonly at?: string | null;
  readonly seatId?: string;
  readonly agencyId?: string;
  readonly agency?: string;
  readonly actor: Actor | null;
  readonly outcome?: Cell;
  readonly text?: Cell;
  readonly pence?: number;
  readonly record?: string;
  readonly recordVersion?: Cell;
  readonly link?: string | null;
}
const titled = (title: string | null): string => title ?? untold.withheld;
/** A yes or no in words, and what stands where it is neither. */
function inWords(is: boolean | null | undefined, yes: string, no: string, neither?: Cell): Cell {
  if (is === null || is === undefined) return neither;
  return is ? yes : no;
}

/** The parts of an audit in the order of its page, each with its rows. */
const parts: Readonly<Record<string, (audit: AuditOf) => readonly Omit<AuditRow, 'part'>[]>> = {
  voter: ({ voters }) =>
    voters.map(({ seatId, agencyId, agency, mayVote, position }) => ({
      seatId,
      agencyId,
      agency,
      actor: null,
      at: position?.at ?? null,
      outcome: position?.stance ?? 'has said nothing',
      text: mayVote ? position?.reason : 'May not vote: its interest is pecuniary',
    })),
  statement: ({ voters }) =>
    voters.flatMap(({ seatId, agencyId, agency, history }) =>
      history.map(({ at, stance, reason, by }) => ({
        at,
        seatId,
        agencyId,
        agency,
        actor: by,
        outcome: stance ?? 'withdrawn',
        text: reason,
      })),
    ),
  interest: ({ interests }) =>
    interests.map(({ at, seatId, agencyId, agency, pecuniary, nature, by }) => ({
      at,
      seatId,
      agencyId,
      agency,
      actor: by,
      outcome: pecuniary ? 'pecuniary' : 'not pecuniary',
      text: nature,
    })),
  step: ({ arithmetic, ifClosedNow }) =>
    (arithmetic ?? ifClosedNow)?.steps.map(({ text, met }) => ({
      actor: null,
      outcome: inWords(met, 'met', 'not met'),
      text,
    })) ?? [],
  affected: ({ affected }) =>
    affected.map(({ agencyId, agency, agreed, pence, consent }) => ({
      at: consent?.at ?? null,
      agencyId,
      agency,
      actor: consent?.by ?? null,
      outcome: inWords(agreed, 'agreed', 'not agreed', 'no money of its own'),
      text: consent?.evidence,
      pence,
    })),
  evidence: ({ evidence }) =>
    evidence.map(({ record, title, versionNow, changedSince, link }) => ({
      actor: null,
      outcome: inWords(changedSince, 'changed since', 'as it was', untold.either),
      text: titled(title),
      record,
      recordVersion: versionNow ?? untold.withheld,
      link,
    })),
  authorises: ({ authorises }) =>
    authorises.map(({ record, title, command, used, link }) => ({
      at: used?.recordedAt ?? null,
      actor: null,
      outcome: used ? 'used' : 'not known to be used',
      text: used?.text ?? `${command}: ${titled(title)}`,
      record,
      link,
    })),
  followed: ({ followed }) =>
    followed.map(({ recordedAt, record, how, text, link }) => ({
      at: recordedAt,
      actor: null,
      outcome: how,
      text,
      record: `${record.aggregate}-${record.id}`,
      recordVersion: record.version,
      link,
    })),
  commitment: ({ commitments }) =>
    commitments.map(({ id, title, ownerAgencyId, against, link }) => ({
      actor: null,
      agencyId: ownerAgencyId,
      outcome: against,
      text: title,
      record: `commitment-${id}`,
      link,
    })),
  review: ({ outcome }) =>
    outcome.reviews.map(({ at, verdict, note, by }) => ({ at, actor: by, outcome: verdict, text: note })),
  event: ({ history }) =>
    history.map(({ recordedAt, type, text, actor, version }) => ({
      at: recordedAt,
      actor,
      outcome: type,
      text,
      recordVersion: version,
    })),
};

const auditColumns: readonly ColumnOf<AuditRow>[] = [
  'part',
  'at',
  'seatId',
  'agencyId',
  'agency',
  ...actorColumns,
  ['outcome', ({ outcome }) => outcome],
  ['text', ({ text }) => text],
  'pence',
  'record',
  ['recordVersion', ({ recordVersion }) => recordVersion],
  'link',
];
/** A row for each thing that the audit of a decision tells, part by part. */
export const auditCsv = csvOf({
  rows: (audit: AuditOf): AuditRow[] =>
    Object.entries(parts).flatMap(([part, rowsOf]) => rowsOf(audit).map((row) => ({ part, ...row }))),
  columns: auditColumns,
});
