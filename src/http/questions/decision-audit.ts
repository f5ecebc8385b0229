/**
 * The decision audit (docs/rules/decision.md#result): how a decision was taken, for somebody who was not
 * there and believes nobody.
 */
import { splitStream } from '../../domain/registry.js';
import { canSee } from '../../domain/shared/access.js';
import { whyInWords } from '../../domain/decision/wording.js';
import type { Stance } from '../../domain/decision/rule.js';
import { contentHash } from '../../domain/kernel/hash.js';
import { part } from '../../domain/kernel/parts.js';
import type { Seen } from '../../domain/kernel/record-ref.js';
import {
  arithmeticOf,
  decisionLog,
  isDecisionEvent,
  statusOf,
  type DecisionRow,
  type DecisionEventOf,
  type DecisionEventRow,
} from '../../projections/views/decision-log.js';
import { register } from '../../projections/views/register.js';
import type { AnswerOf } from '../query/declare.js';
import type { Audit } from './decision-audit-shape.js';
import { promisesOf } from './decision-followed.js';
import { decisionPage, linkOf, positionOf } from './decision-page.js';
import type { QueryContext } from '../query/context.js';
import { actorFor, homeOf, resolveNames } from '../query/present-event.js';
import { titleOf } from '../query/titles.js';
import { accessOf } from './shared.js';
import { daysFor } from '../../domain/decision/limits.js';

/**
 * A version that somebody had before them, with the address of the record as it stood at that instant, where
 * the reader may open it so.
 */
function asSeen(context: QueryContext, { record, version }: Seen, at: string) {
  const access = context.seen(...splitStream(record));
  const link =
    access && canSee(context.viewer, access, { version, private: false }) ? linkOf(context, record) : null;
  return { record, version, link: link && `${link}?asAt=${at}` };
}

type Speaks =
  | DecisionEventOf<'PositionTaken'>
  | DecisionEventOf<'PositionChanged'>
  | DecisionEventOf<'ObjectionWithdrawn'>;
/** What a seat says by an event, and said before it. */
function stanceOf(speaker: Speaks): { readonly stance: Stance | null; readonly from: Stance | null } {
  if (speaker.type === 'PositionTaken') return { stance: speaker.data.stance, from: null };
  if (speaker.type === 'PositionChanged') return { stance: speaker.data.to, from: speaker.data.from };
  return { stance: null, from: null };
}

export function decisionAudit(
  context: QueryContext,
  row: DecisionRow,
): { readonly position: number; readonly body: AnswerOf<typeof Audit> } {
  const { state: s } = row;
  const { closedAt, how, result: recorded } = row.extra;
  const mine = accessOf(context, 'decision', row.id);
  const q = context.own(decisionLog);
  // Earlier history keeps the tier it had: a reader to whom the record was opened later sees what stands, and
  // what followed.
  const all = q.events(row.id);
  const events = all.filter((x) => canSee(context.viewer, mine, { version: x.version, private: x.private }));
  const agencyName = (agencyId: string): string => context.of(register).nameOf('agency', agencyId);
  const home = homeOf(context, 'decision', row.id);
  const by = (x: DecisionEventRow) => actorFor(context, x, home);
  const d = decisionPage(context, row);
  const followed = q.followed(row.id).filter((row) => {
    const record = context.seen(row.aggregate, row.recordId);
    return record && canSee(context.viewer, record, { version: row.version, private: row.private });
  });
  const promises = promisesOf(context, followed);
  const voters = s.electorate.map((voter) => {
    const said = events
      .filter(isDecisionEvent('PositionTaken', 'PositionChanged', 'ObjectionWithdrawn'))
      .filter((x) => x.data.seatId === voter.seatId);
    return {
      ...voter,
      agency: agencyName(voter.agencyId),
      mayVote: part(s.interests, voter.seatId)?.pecuniary !== true,
      position: d.positions.find((p) => p.seatId === voter.seatId) ?? null,
      history: said.map((event) => ({
        at: event.recordedAt,
        type: event.type,
        ...stanceOf(event),
        reason: event.data.reason ?? null,
        by: by(event),
        capacity: event.data.capacity,
        versions: event.data.refs.map((v) => asSeen(context, v, event.recordedAt)),
      })),
    };
  });
  const hash = contentHash({ question: s.question, text: s.text, money: s.money, authorises: s.authorises });
  const consents = events.filter(isDecisionEvent('ExternalConsentRecorded'));
  const opening = events.find(isDecisionEvent('DecisionOpened'));
  const wd = context.deps.service.ref.workingDays;
  const outcomeDueOn =
    s.closedOn && recorded?.result === 'carried' ? wd.add(s.closedOn, daysFor.outcome) : null;
  return {
    position: Math.max(
      positionOf(context, row),
      ...followed.map((f) => f.position),
      ...promises.flatMap((promise) => [
        context.seen('commitment', promise.id)?.position ?? 0,
        (promise.money?.poolId && context.seen('pool', promise.money.poolId)?.position) || 0,
      ]),
      ...s.refs.map((ref) => recordOf(context, ref)?.position ?? 0),
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
      interests: events.filter(isDecisionEvent('InterestDeclared')).map((event) => ({
        at: event.recordedAt,
        seatId: event.data.seatId,
        agencyId: event.data.agencyId,
        agency: agencyName(event.data.agencyId),
        pecuniary: event.data.pecuniary,
        nature: event.data.nature,
        by: by(event),
        capacity: event.data.capacity,
      })),
      ...arithmeticFor(row, agencyName),
      closed:
        closedAt && how && recorded
          ? { at: closedAt, how, result: recorded.result, why: recorded.why ?? null, whyText: d.whyText }
          : null,
      affected: d.affected.map((one) => {
        const consent = consents.find((x) => x.data.agencyId === one.agencyId);
        return {
          ...one,
          consent: consent
            ? {
                at: consent.recordedAt,
                evidence: consent.data.evidence,
                by: by(consent),
                versions: consent.data.refs.map((v) => asSeen(context, v, consent.recordedAt)),
              }
            : null,
        };
      }),
      dissent: d.positions.filter((p) => (p.stance === 'disagree' || p.stance === 'object') && !p.withdrawn),
      evidence: s.refs.map((record) => {
        const now = recordOf(context, record);
        const atOpening = opening?.data.refs.find((x) => x.record === record)?.version ?? null;
        return {
          record,
          title: now ? titleOf(context, now.aggregate, now.id) : null,
          versionWhenOpened: atOpening,
          versionNow: now?.version ?? null,
          changedSince: now && atOpening !== null ? now.version > atOpening : null,
          link: now ? context.link(now.aggregate, now.id) : null,
          linkThen:
            opening && atOpening !== null
              ? asSeen(context, { record, version: atOpening }, opening.recordedAt).link
              : null,
        };
      }),
      authorises: s.authorises.map((one) => {
        const use = followed.find((f) => f.how === 'authorised' && f.stream === one.record);
        const there = recordOf(context, one.record);
        return {
          ...one,
          title: there ? titleOf(context, there.aggregate, there.id) : null,
          link: linkOf(context, one.record),
          used: use
            ? {
                recordedAt: use.recordedAt,
                type: use.type,
                version: use.version,
                text: resolveNames(context, use.text, homeOf(context, use.aggregate, use.recordId)),
              }
            : null,
        };
      }),
      followed: followed.map((row) => ({
        recordedAt: row.recordedAt,
        type: row.type,
        record: { aggregate: row.aggregate, id: row.recordId, version: row.version },
        title: titleOf(context, row.aggregate, row.recordId),
        text: resolveNames(context, row.text, homeOf(context, row.aggregate, row.recordId)),
        how: row.how,
        link: context.link(row.aggregate, row.recordId),
      })),
      commitments: promises,
      outcome: {
        // Nothing was promised by what was not carried.
        promised: recorded?.result === 'carried' ? s.text : null,
        followed: promises.map((p) => ({ id: p.id, against: p.against })),
        statement: s.outcome ?? null,
        recordedOn: row.extra.outcomeOn ?? null,
        dueOn: outcomeDueOn,
        ...(outcomeDueOn && s.closedOn && wd.assumes(s.closedOn, outcomeDueOn)
          ? { holidaysAssumed: true as const }
          : {}),
        reviewOn: s.reviewOn ?? null,
        reviews: events.filter(isDecisionEvent('DecisionReviewed')).map((event) => ({
          at: event.recordedAt,
          verdict: event.data.verdict,
          note: event.data.note,
          reviewOn: event.data.reviewOn ?? null,
          by: by(event),
        })),
      },
      replaces: d.replaces,
      supersedes: d.supersedes,
      supersededBy: d.supersededBy,
      lineage: d.lineage,
      earlierNotShared: all.filter((x) => !x.private).length - events.filter((x) => !x.private).length,
      history: events.map((row) => ({
        version: row.version,
        recordedAt: row.recordedAt,
        type: row.type,
        text: resolveNames(context, row.text, home),
        actor: by(row),
      })),
      illustrative: row.illustrative,
    },
  };
}

/**
 * The rule's arithmetic: with the result it gave and the one recorded, of a closed decision; of an open one
 * what would come out if it closed now, which is no outcome; none of one that was never put to the vote or
 * was withdrawn from it.
 */
function arithmeticFor(
  { state: s, extra: { result: recorded } }: DecisionRow,
  agencyName: (agencyId: string) => string,
) {
  if (s.textHash === undefined || s.status === 'withdrawn') return { arithmetic: null, ifClosedNow: null };
  const { steps, result } = arithmeticOf(s, recorded !== undefined, agencyName);
  const whyText = result.why ? whyInWords(result.why, recorded ? 'was' : 'is') : null;
  const sum = { steps, result: { ...result, whyText } };
  if (!recorded) return { arithmetic: null, ifClosedNow: { ...sum, text: steps.at(-1)?.text ?? '' } };
  return { arithmetic: { ...sum, recorded, matches: recorded.result === result.result }, ifClosedNow: null };
}

/** The row of a record referred to, where the reader may see it. */
const recordOf = (context: QueryContext, ref: string) => context.seen(...splitStream(ref));
