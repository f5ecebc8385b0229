/** The decision audit (domain.md 10.4): how a decision was taken, for somebody who was not there and believes nobody. */
import { splitStream } from '../../domain/registry.js';
import { canSee } from '../../domain/shared/access.js';
import { whyInWords } from '../../domain/decision/rule.js';
import type { Stance } from '../../domain/decision/rule.js';
import { contentHash } from '../../domain/kernel/hash.js';
import { part } from '../../domain/kernel/parts.js';
import type { Seen } from '../../domain/kernel/record-ref.js';
import {
  arithmeticOf,
  decisionLog,
  isStep,
  statusOf,
  type DecisionRow,
  type StepOf,
  type StepRow,
} from '../../projections/views/decision-log.js';
import { register } from '../../projections/views/register.js';
import type { AnswerOf } from '../query/declare.js';
import type { Audit } from './decision-audit-shape.js';
import { promisesOf } from './decision-followed.js';
import { decisionPage, linkOf, positionOf } from './decision-page.js';
import type { QueryContext } from '../query/context.js';
import { actorFor, homeOf, resolveNames } from '../query/present-event.js';

/** A version that somebody had before them, with the address of the record as it stood at that instant, where the reader may open it so. */
function asSeen(r: QueryContext, { record, version }: Seen, at: string) {
  const access = r.seen(...splitStream(record));
  const link = access && canSee(r.viewer, access, { version, private: false }) ? linkOf(r, record) : null;
  return { record, version, link: link && `${link}?asAt=${at}` };
}

type Speaks = StepOf<'PositionTaken'> | StepOf<'PositionChanged'> | StepOf<'ObjectionWithdrawn'>;
/** What a seat says by a step, and said before it. */
function stanceOf(x: Speaks): { readonly stance: Stance | null; readonly from: Stance | null } {
  if (x.type === 'PositionTaken') return { stance: x.data.stance, from: null };
  if (x.type === 'PositionChanged') return { stance: x.data.to, from: x.data.from };
  return { stance: null, from: null };
}

export function decisionAudit(
  r: QueryContext,
  row: DecisionRow,
): { readonly position: number; readonly body: AnswerOf<typeof Audit> } {
  const { state: s } = row;
  const { closedAt, how, result: recorded } = row.extra;
  const mine = r.seen('decision', row.id)!;
  const q = r.own(decisionLog);
  // Earlier history keeps the tier it had: a reader to whom the record was opened later sees what stands, and what followed.
  const all = q.steps(row.id);
  const steps = all.filter((x) => canSee(r.viewer, mine, { version: x.version, private: x.private }));
  const named = (agencyId: string): string => r.of(register).nameOf('agency', agencyId);
  const home = homeOf(r, 'decision', row.id);
  const by = (x: StepRow) => actorFor(r, x, home);
  const d = decisionPage(r, row);
  const followed = q.followed(row.id).filter((f) => {
    const record = r.seen(f.aggregate, f.recordId);
    return record && canSee(r.viewer, record, { version: f.version, private: f.private });
  });
  const promises = promisesOf(r, followed);
  const voters = s.electorate.map((v) => {
    const said = steps
      .filter(isStep('PositionTaken', 'PositionChanged', 'ObjectionWithdrawn'))
      .filter((x) => x.data.seatId === v.seatId);
    return {
      ...v,
      agency: named(v.agencyId),
      mayVote: part(s.interests, v.seatId)?.pecuniary !== true,
      position: d.positions.find((p) => p.seatId === v.seatId) ?? null,
      history: said.map((x) => ({
        at: x.recordedAt,
        type: x.type,
        ...stanceOf(x),
        reason: x.data.reason ?? null,
        by: by(x),
        capacity: x.data.capacity,
        versions: x.data.refs.map((v) => asSeen(r, v, x.recordedAt)),
      })),
    };
  });
  const hash = contentHash({ question: s.question, text: s.text, money: s.money, authorises: s.authorises });
  const consents = steps.filter(isStep('ExternalConsentRecorded'));
  const opening = steps.find(isStep('DecisionOpened'));
  const wd = r.deps.service.ref.workingDays;
  const outcomeDueOn = s.closedOn && recorded?.result === 'carried' ? wd.add(s.closedOn, 5) : null;
  return {
    position: Math.max(
      positionOf(r, row),
      ...followed.map((f) => f.position),
      ...promises.flatMap((p) => [
        r.seen('commitment', p.id)!.position,
        p.money?.poolId ? r.seen('pool', p.money.poolId)!.position : 0,
      ]),
      ...s.refs.map((ref) => recordOf(r, ref)?.position ?? 0),
    ),
    body: {
      id: row.id,
      version: row.version,
      placeId: s.placeId,
      question: s.question,
      text: s.text,
      status: statusOf(s),
      opened:
        s.textHash === undefined
          ? null
          : { at: d.openedAt, by: opening ? by(opening) : null, closesAt: s.closesAt, urgent: s.urgent },
      textHash:
        s.textHash === undefined ? null : { opened: s.textHash, now: hash, matches: s.textHash === hash },
      voters,
      interests: steps.filter(isStep('InterestDeclared')).map((x) => ({
        at: x.recordedAt,
        seatId: x.data.seatId,
        agencyId: x.data.agencyId,
        agency: named(x.data.agencyId),
        pecuniary: x.data.pecuniary,
        nature: x.data.nature,
        by: by(x),
        capacity: x.data.capacity,
      })),
      ...arithmeticFor(row, named),
      closed:
        closedAt && how && recorded
          ? { at: closedAt, how, result: recorded.result, why: recorded.why ?? null, whyText: d.whyText }
          : null,
      affected: d.affected.map((a) => {
        const consent = consents.find((x) => x.data.agencyId === a.agencyId);
        return {
          ...a,
          consent: consent
            ? {
                at: consent.recordedAt,
                evidence: consent.data.evidence,
                by: by(consent),
                versions: consent.data.refs.map((v) => asSeen(r, v, consent.recordedAt)),
              }
            : null,
        };
      }),
      dissent: d.positions.filter((p) => (p.stance === 'disagree' || p.stance === 'object') && !p.withdrawn),
      evidence: s.refs.map((record) => {
        const now = recordOf(r, record);
        const atOpening = opening?.data.refs.find((x) => x.record === record)?.version ?? null;
        return {
          record,
          versionWhenOpened: atOpening,
          versionNow: now?.version ?? null,
          changedSince: now && atOpening !== null ? now.version > atOpening : null,
          link: now ? r.link(now.aggregate, now.id) : null,
          linkThen:
            opening && atOpening !== null
              ? asSeen(r, { record, version: atOpening }, opening.recordedAt).link
              : null,
        };
      }),
      authorises: s.authorises.map((a) => {
        const use = followed.find((f) => f.how === 'authorised' && f.stream === a.record);
        return {
          ...a,
          link: linkOf(r, a.record),
          used: use
            ? {
                recordedAt: use.recordedAt,
                type: use.type,
                version: use.version,
                text: resolveNames(r, use.text, homeOf(r, use.aggregate, use.recordId)),
              }
            : null,
        };
      }),
      followed: followed.map((f) => ({
        recordedAt: f.recordedAt,
        type: f.type,
        record: { aggregate: f.aggregate, id: f.recordId, version: f.version },
        text: resolveNames(r, f.text, homeOf(r, f.aggregate, f.recordId)),
        how: f.how,
        link: r.link(f.aggregate, f.recordId),
      })),
      commitments: promises,
      outcome: {
        // Nothing was promised by what was not carried.
        promised: recorded?.result === 'carried' ? s.text : null,
        followed: promises.map((p) => ({ id: p.id, against: p.against })),
        statement: s.outcome ?? null,
        recordedOn: row.extra.outcomeOn ?? null,
        dueOn: outcomeDueOn,
        ...(outcomeDueOn && wd.assumes(s.closedOn!, outcomeDueOn) ? { holidaysAssumed: true as const } : {}),
        reviewOn: s.reviewOn ?? null,
        reviews: steps
          .filter(isStep('DecisionReviewed'))
          .map((x) => ({
            at: x.recordedAt,
            verdict: x.data.verdict,
            note: x.data.note,
            reviewOn: x.data.reviewOn ?? null,
            by: by(x),
          })),
      },
      replaces: d.replaces,
      supersedes: d.supersedes,
      supersededBy: d.supersededBy,
      lineage: d.lineage,
      earlierNotShared: all.filter((x) => !x.private).length - steps.filter((x) => !x.private).length,
      history: steps.map((x) => ({
        version: x.version,
        recordedAt: x.recordedAt,
        type: x.type,
        text: resolveNames(r, x.text, home),
        actor: by(x),
      })),
      illustrative: row.illustrative,
    },
  };
}

/**
 * The rule's arithmetic: with the result it gave and the one recorded, of a closed decision; of an open one what would come out if it
 * closed now, which is no outcome; none of one that was never put to the vote or was withdrawn from it.
 */
function arithmeticFor(
  { state: s, extra: { result: recorded } }: DecisionRow,
  named: (agencyId: string) => string,
) {
  if (s.textHash === undefined || s.status === 'withdrawn') return { arithmetic: null, ifClosedNow: null };
  const { steps, result } = arithmeticOf(s, recorded !== undefined, named);
  const whyText = result.why ? whyInWords(result.why, recorded ? 'was' : 'is') : null;
  const sum = { steps, result: { ...result, whyText } };
  if (!recorded) return { arithmetic: null, ifClosedNow: { ...sum, text: steps.at(-1)!.text } };
  return { arithmetic: { ...sum, recorded, matches: recorded.result === result.result }, ifClosedNow: null };
}

/** The row of a record referred to, where the reader may see it. */
const recordOf = (r: QueryContext, ref: string) => r.seen(...splitStream(ref));
