/** A return as the tracker answers it, and what of it an audience may read. */
import type { Audience } from '../../domain/shared/access.js';
import type {
  Content,
  Includable,
  Pin,
  SubmissionState,
  SubmissionStatus,
  TemplateSection,
} from '../../domain/submission/state.js';
import type { Statement } from '../../domain/submission/statement.js';

/** Who did something, in which role. */
export interface Hand {
  role: string;
  account: string;
}
export type SignedState = 'no' | 'awaiting' | 'signed' | 'void';
export interface SectionRow extends TemplateSection {
  content?: Content;
  prefilled?: boolean;
  complete: boolean;
  /** Role and account of whoever answered or completed it last. */
  answeredBy?: Hand;
  completedBy?: Hand;
}
export interface SubmittedSection {
  sectionId: string;
  title: string;
  kind: TemplateSection['kind'];
  content: Content;
  prefilled: boolean;
}
export interface QueryRow {
  queryId: string;
  sectionId: string;
  sectionTitle: string;
  question: string;
  askedBy: Hand;
  askedAt: string;
  answer?: string;
  answeredAt?: string;
}
export interface SubmissionRow {
  id: string;
  programmeId: string;
  roundNo: number;
  roundKind: string;
  /** What is asked for in it, by the round's own name or its kind. */
  roundName: string;
  placeId: string;
  placeKind: 'pilot' | 'parallel';
  status: SubmissionStatus;
  /** What the programme knows of it: absent until it was submitted or missed. */
  publicStatus?: PublicStatus;
  sections: SectionRow[];
  /** Sent for sign-off and not voided since. */
  included: Pin[];
  signed: SignedState;
  /** What voided the last signature. */
  voided?: SubmissionState['voided'];
  /** Everything that happened to an included record since it was sent, material or not. */
  changedSinceSignOff: { aggregate: Includable; id: string; version: number; type: string; at: string }[];
  /** The record's. */
  version: number;
  /** What is to be signed, or was; on one return alone, not in lists. */
  statement?: Statement;
  /** Of the last submitted version; 0: none. */
  submittedVersion: number;
  submittedOn?: string;
  lateDays: number;
  /** The text of the last submitted version. */
  submitted?: { sections: SubmittedSection[]; included: Pin[] };
  changes?: SubmissionState['changes'];
  queries: QueryRow[];
  illustrative: boolean;
  position: number;
}
export interface VersionRow {
  submissionId: string;
  submittedVersion: number;
  sections: SubmittedSection[];
  included: Pin[];
  submittedAt: string;
  lateDays: number;
  position: number;
}

/** The status of a return that is one: a stream may hold a refused step alone. */
export type Standing = Exclude<SubmissionStatus, 'none'>;
/** What the programme may know of one. */
export type PublicStatus = 'submitted' | 'changes-requested' | 'accepted' | 'not-submitted';
/** What both the programme and its members are shown. */
type Open =
  | 'id'
  | 'programmeId'
  | 'roundNo'
  | 'roundKind'
  | 'roundName'
  | 'placeId'
  | 'placeKind'
  | 'version'
  | 'submittedVersion'
  | 'lateDays'
  | 'illustrative'
  | 'position'
  | 'queries';
export type SubmissionShown = Pick<SubmissionRow, Open> &
  Partial<Omit<SubmissionRow, Open | 'status'>> & { status: Standing };

const stands = (row: SubmissionRow): row is SubmissionRow & { status: Standing } => row.status !== 'none';

/** The row as its audience may read it; undefined when there is nothing for it to read. */
export function submissionFor(row: SubmissionRow, audience: Audience): SubmissionShown | undefined {
  if (!stands(row)) return undefined;
  if (audience === 'members') return row;
  if (audience === 'public' || !row.publicStatus) return undefined;
  const {
    id,
    programmeId,
    roundNo,
    roundKind,
    roundName,
    placeId,
    placeKind,
    publicStatus,
    version,
    submittedVersion,
    submittedOn,
    lateDays,
    submitted,
    changes,
    illustrative,
    position,
  } = row;
  return {
    id,
    programmeId,
    roundNo,
    roundKind,
    roundName,
    placeId,
    placeKind,
    status: publicStatus,
    version,
    submittedVersion,
    lateDays,
    illustrative,
    position,
    ...(submittedOn ? { submittedOn } : {}),
    ...(submitted ? { submitted } : {}),
    ...(changes ? { changes } : {}),
    queries: row.queries,
  };
}
