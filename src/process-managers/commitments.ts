/** What follows for other records from a promise: the department's answer made one, its money, and nobody left who answers for it. */
import { v5 as uuidv5 } from 'uuid';
import { shortened } from '../domain/kernel/text.js';
import type { Executor } from '../commands/executor.js';
import type { CommandData, CommandName, EventOf, Recorded } from '../domain/registry.js';
import { step, type Reactor, type Step, type StepMore, type Steps } from './runner.js';
import { part } from '../domain/kernel/parts.js';

const namespace = '5d0f4f7c-6f0a-4d1b-9a55-0c3b7a4d9e21';
/** A command of a commitment that only the system gives. */
const onCommitment = <C extends CommandName<'commitment'>>(
  id: string,
  name: string,
  command: C,
  data: CommandData<'commitment', C>,
  more?: StepMore,
): Step => step(name, 'commitment', id, command, data, more);
type OfRecord = Pick<Recorded, 'recordId'>;
const stateOf = async (executor: Executor, id: string) => (await executor.load('commitment', id)).state;

/** The commitment that an answer becomes: one for each barrier, owner and answer. */
export const commitmentOfAnswer = (barrierId: string, agencyId: string, version: number): string =>
  uuidv5(JSON.stringify([barrierId, agencyId, version]), namespace);

/**
 * AskToCommitment: a department that will remove a barrier, or pilot a change, has a Whitehall commitment offered to it. Where its
 * own official answered in full, answering was accepting. What the answer lacks is filled from the barrier, for the department to
 * accept or not.
 */
export function askToCommitment(executor: Executor): Reactor {
  /** A step of the barrier that a commitment comes from, about what its owner promised there. */
  const onBarrier = async (
    id: string,
    make: (barrierId: string, deed: { agencyId: string; commitmentId: string }) => Step,
  ): Promise<Step[]> => {
    const { from, ownerAgencyId } = await stateOf(executor, id);
    return from?.kind === 'barrier' ? [make(from.id, { agencyId: ownerAgencyId, commitmentId: id })] : [];
  };
  const move = (e: OfRecord): Steps =>
    onBarrier(e.recordId, (barrierId, deed) => step('MoveDeed', 'barrier', barrierId, 'MoveDeed', deed));
  const back = (e: OfRecord): Steps =>
    onBarrier(e.recordId, (barrierId, deed) => step('ReturnDeed', 'barrier', barrierId, 'ReturnDeed', deed));
  return {
    name: 'ask-to-commitment',
    on: {
      barrier: {
        async BarrierAnswered(e) {
          const {
            agencyId,
            kind,
            position,
            dueOn,
            waiverId,
            measure,
            evidenceExpected,
            verifierAgency,
            reason,
            official,
            placeId,
          } = e.data;
          if (kind !== 'department' || (position !== 'will-remove' && position !== 'will-pilot')) return [];
          const barrier = (await executor.load('barrier', e.recordId)).state;
          const standIn = verifierAgency ?? (await executor.load('place', placeId)).state.accountableBodyId;
          const id = commitmentOfAnswer(e.recordId, agencyId, e.version);
          const what = position === 'will-pilot' ? 'Pilot a change' : 'Remove the barrier';
          const inFull =
            e.actor.role === 'official' &&
            e.actor.agency === agencyId &&
            measure &&
            evidenceExpected &&
            verifierAgency;
          return [
            onCommitment(
              id,
              'draft',
              'DraftCommitment',
              {
                placeId,
                title: shortened(`${what}: ${barrier.statement}`, 300),
                change: shortened(reason ?? `${what}, so that no longer: ${barrier.effectOnResidents}`, 2000),
                ownerAgencyId: agencyId,
                level: 'whitehall',
                accountable: { official: official ?? `The official who answers for ${agencyId}` },
                measure:
                  measure ??
                  shortened(
                    `The places that joined the barrier confirm that it is removed: ${barrier.statement}`,
                    500,
                  ),
                evidenceExpected: evidenceExpected ?? 'Confirmation by the places that joined the barrier',
                dueOn,
                // Answered with a date after the programme's end, by a waiver: it is meant.
                ...(waiverId ? { afterProgramme: true } : {}),
                ...(standIn ? { verifierAgencyId: standIn } : {}),
                milestones: [],
                dependsOn: [],
                from: { kind: 'barrier', id: e.recordId },
              },
              { onBehalfOf: e.actor.account },
            ),
            onCommitment(id, 'offer', 'Offer', {}),
            ...(inFull
              ? [onCommitment(id, 'accept', 'Accept', { consent: false }, { onBehalfOf: e.actor.account })]
              : []),
          ];
        },
      },
      commitment: {
        CommitmentAccepted: move,
        CompletionReturned: move,
        CompletionVerified: (e) => (e.data.closes ? [] : move(e)),
        CommitmentReopened: move,
        CompletionClaimed: (e) => {
          const evidence = e.data.evidence.map((x) =>
            shortened(`${x.description} (${x.type}, ${x.locator ?? `SHA-256 ${x.sha256}`})`, 500),
          );
          return onBarrier(e.recordId, (barrierId, deed) =>
            step(
              'ClaimDeedDone',
              'barrier',
              barrierId,
              'ClaimDeedDone',
              { ...deed, evidence },
              { onBehalfOf: e.actor.account },
            ),
          );
        },
        CommitmentWithdrawn: (e) => (e.data.accepted ? back(e) : []),
        CommitmentSuperseded: back,
        // The deed is the former owner's: what it did not keep is owed again where it was promised.
        async CommitmentReassigned(e) {
          const { from } = await stateOf(executor, e.recordId);
          return from?.kind === 'barrier'
            ? [
                step('ReturnDeed', 'barrier', from.id, 'ReturnDeed', {
                  agencyId: e.data.fromAgencyId,
                  commitmentId: e.recordId,
                }),
              ]
            : [];
        },
      },
    },
  };
}

/** PoolReserver: money asked of a pool is reserved or refused there, answered here, and released when the promise ends or the place lets go of it. */
export function poolReserver(executor: Executor): Reactor {
  const release = async (e: OfRecord): Promise<readonly Step[]> => {
    const { money, funds } = await stateOf(executor, e.recordId);
    return money && funds
      ? [step('release', 'pool', money.poolId, 'ReleaseFunds', { commitmentId: e.recordId })]
      : [];
  };
  return {
    name: 'pool-reserver',
    on: {
      pool: {
        FundsReserved: (e) => [onCommitment(e.data.commitmentId, 'confirm-funds', 'ConfirmFunds', {})],
        // Its readers may not be the pool's: why is told there.
        FundsReservationRefused: (e) => [
          onCommitment(e.data.commitmentId, 'refuse-funds', 'RefuseFunds', {
            code: 'NOT_RESERVED',
            reason: 'The pool has not reserved it. Why is told in the pool, to those who may read it.',
          }),
        ],
        FundsReleased: (e) =>
          e.data.reason === undefined
            ? []
            : [
                onCommitment(e.data.commitmentId, 'refuse-funds', 'RefuseFunds', {
                  code: 'RELEASED_BY_PLACE',
                  reason: e.data.reason,
                }),
              ],
      },
      commitment: {
        FundsRequested({ recordId, data: { poolId, ...data } }) {
          return [step('reserve', 'pool', poolId, 'ReserveFunds', { commitmentId: recordId, ...data })];
        },
        CommitmentDeclined: release,
        OfferLapsed: release,
        CommitmentWithdrawn: release,
        CommitmentSuperseded: release,
        CompletionVerified: (e) => (e.data.closes ? release(e) : []),
      },
    },
  };
}

/** What an agency promised: its commitments that have not ended, and the pools that it had pledged to before a position of the log. */
export interface Promises {
  commitments(agencyId: string): readonly { id: string; state: { placeId: string } }[];
  pools(agencyId: string, before: number): readonly { id: string; placeId: string }[];
}
/** OrphanGuard: a seat or an agency left; nobody's commitments and pledges are noted, and are to be settled. */
export function orphanGuard(executor: Executor, promises: Promises): Reactor {
  const lookAtPledges = (id: string, agencyId: string): Step =>
    step('orphan-pledges', 'pool', id, 'OrphanPledges', { agencyId });
  const atTable = (e: EventOf<'collaborative', 'SeatVacated' | 'SeatAccepted'>): readonly Step[] =>
    promises
      .pools(e.data.agencyId, e.position)
      .filter((p) => p.placeId === e.recordId)
      .map((p) => lookAtPledges(p.id, e.data.agencyId));
  const look = (id: string): Step => onCommitment(id, 'orphan', 'OrphanDuty', {});
  return {
    name: 'orphan-guard',
    on: {
      collaborative: {
        SeatVacated: (e) => [
          ...promises
            .commitments(e.data.agencyId)
            .filter((c) => c.state.placeId === e.recordId)
            .map((c) => look(c.id)),
          ...atTable(e),
        ],
        // Back at the table, it answers for its pledges again.
        SeatAccepted: atTable,
      },
      agency: {
        AgencyRetired: (e) => [
          ...promises.commitments(e.recordId).map((c) => look(c.id)),
          ...promises.pools(e.recordId, e.position).map((p) => lookAtPledges(p.id, e.recordId)),
        ],
      },
      // An agency may have left while it pledged.
      pool: {
        async PledgeMade(e) {
          const { agencyId } = e.data;
          const { placeId } = (await executor.load('pool', e.recordId)).state;
          const retired = (await executor.load('agency', agencyId)).state.status === 'retired';
          const seats = Object.values((await executor.load('collaborative', placeId)).state.seats).filter(
            (s) => s.agencyId === agencyId,
          );
          return retired || (seats.length > 0 && seats.every((s) => s.status === 'vacated'))
            ? [lookAtPledges(e.recordId, agencyId)]
            : [];
        },
      },
      // A seat may have been left while the promise was made: the list above did not have it yet.
      commitment: {
        async CommitmentAccepted(e) {
          const { accountable } = await stateOf(executor, e.recordId);
          const { seats } = (await executor.load('collaborative', e.data.placeId)).state;
          const left =
            accountable && 'seatId' in accountable && part(seats, accountable.seatId)?.status === 'vacated';
          return left ? [look(e.recordId)] : [];
        },
      },
    },
  };
}
