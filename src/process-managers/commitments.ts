/**
 * What follows for other records from a promise: the department's answer made one, its money, and nobody left
 * who answers for it.
 */
import { v5 as uuidv5 } from 'uuid';
import { unnamedOfficial } from '../domain/commitment/state.js';
import { shortened } from '../domain/kernel/text.js';
import type { Executor } from '../commands/executor.js';
import type { CommandData, CommandName, EventOf, Recorded } from '../domain/registry.js';
import { step, type Reactor, type ReactorStep, type ReactorStepMore, type ReactorSteps } from './runner.js';
import { part } from '../domain/kernel/parts.js';
import { lengths } from '../domain/shared/values.js';

const namespace = '5d0f4f7c-6f0a-4d1b-9a55-0c3b7a4d9e21';
/** Letters that the commands take of these texts: what is filled in from elsewhere is shortened to that. */
const longest = {
  title: lengths.title,
  change: lengths.account,
  measure: lengths.remark,
  evidence: lengths.remark,
};
/** A command of a commitment that only the system gives. */
const onCommitment = <C extends CommandName<'commitment'>>(
  id: string,
  name: string,
  command: C,
  data: CommandData<'commitment', C>,
  more?: ReactorStepMore,
): ReactorStep => step(name, 'commitment', id, command, data, more);
type OfRecord = Pick<Recorded, 'recordId'>;
const stateOf = async (executor: Executor, id: string) => (await executor.load('commitment', id)).state;

/** The commitment that an answer becomes: one for each barrier, owner and answer. */
export const commitmentOfAnswer = (barrierId: string, agencyId: string, version: number): string =>
  uuidv5(JSON.stringify([barrierId, agencyId, version]), namespace);

/**
 * AskToCommitment: a department that will remove a barrier, or pilot a change, has a Whitehall commitment
 * offered to it. Where its own official answered in full, answering was accepting. What the answer lacks is
 * filled from the barrier, for the department to accept or not.
 */
export function askToCommitment(executor: Executor): Reactor {
  /** A step of the barrier that a commitment comes from, about what its owner promised there. */
  const onBarrier = async (
    id: string,
    make: (barrierId: string, deed: { agencyId: string; commitmentId: string }) => ReactorStep,
  ): Promise<ReactorStep[]> => {
    const { from, ownerAgencyId } = await stateOf(executor, id);
    return from?.kind === 'barrier' ? [make(from.id, { agencyId: ownerAgencyId, commitmentId: id })] : [];
  };
  const move = (event: OfRecord): ReactorSteps =>
    onBarrier(event.recordId, (barrierId, deed) => step('MoveDeed', 'barrier', barrierId, 'MoveDeed', deed));
  const back = (event: OfRecord): ReactorSteps =>
    onBarrier(event.recordId, (barrierId, deed) =>
      step('ReturnDeed', 'barrier', barrierId, 'ReturnDeed', deed),
    );
  return {
    name: 'ask-to-commitment',
    on: {
      barrier: {
        async BarrierAnswered(event) {
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
          } = event.data;
          if (kind !== 'department' || (position !== 'will-remove' && position !== 'will-pilot')) return [];
          const barrier = (await executor.load('barrier', event.recordId)).state;
          const standIn = verifierAgency ?? (await executor.load('place', placeId)).state.accountableBodyId;
          const id = commitmentOfAnswer(event.recordId, agencyId, event.version);
          const what = position === 'will-pilot' ? 'Pilot a change' : 'Remove the barrier';
          const inFull =
            event.actor.role === 'official' &&
            event.actor.agency === agencyId &&
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
                title: shortened(`${what}: ${barrier.statement}`, longest.title),
                change: shortened(
                  reason ?? `${what}, so that no longer: ${barrier.effectOnResidents}`,
                  longest.change,
                ),
                ownerAgencyId: agencyId,
                level: 'whitehall',
                accountable: { official: official ?? unnamedOfficial(agencyId) },
                measure:
                  measure ??
                  shortened(
                    `The places that joined the barrier confirm that it is removed: ${barrier.statement}`,
                    longest.measure,
                  ),
                evidenceExpected: evidenceExpected ?? 'Confirmation by the places that joined the barrier',
                dueOn,
                // Answered with a date after the programme's end, by a waiver: it is meant.
                ...(waiverId ? { afterProgramme: true } : {}),
                ...(standIn ? { verifierAgencyId: standIn } : {}),
                milestones: [],
                dependsOn: [],
                from: { kind: 'barrier', id: event.recordId },
              },
              { onBehalfOf: event.actor.account },
            ),
            onCommitment(id, 'offer', 'Offer', {}),
            ...(inFull
              ? [
                  onCommitment(
                    id,
                    'accept',
                    'Accept',
                    { consent: false },
                    { onBehalfOf: event.actor.account },
                  ),
                ]
              : []),
          ];
        },
      },
      commitment: {
        CommitmentAccepted: move,
        CompletionReturned: move,
        CompletionVerified: (event) => (event.data.closes ? [] : move(event)),
        CommitmentReopened: move,
        CompletionClaimed: (event) => {
          const evidence = event.data.evidence.map((found) =>
            shortened(
              `${found.description} (${found.type}, ${found.locator ?? `SHA-256 ${found.sha256}`})`,
              longest.evidence,
            ),
          );
          return onBarrier(event.recordId, (barrierId, deed) =>
            step(
              'ClaimDeedDone',
              'barrier',
              barrierId,
              'ClaimDeedDone',
              { ...deed, evidence },
              { onBehalfOf: event.actor.account },
            ),
          );
        },
        CommitmentWithdrawn: (event) => (event.data.accepted ? back(event) : []),
        CommitmentSuperseded: back,
        // The deed is the former owner's: what it did not keep is owed again where it was promised.
        async CommitmentReassigned(event) {
          const { from } = await stateOf(executor, event.recordId);
          return from?.kind === 'barrier'
            ? [
                step('ReturnDeed', 'barrier', from.id, 'ReturnDeed', {
                  agencyId: event.data.fromAgencyId,
                  commitmentId: event.recordId,
                }),
              ]
            : [];
        },
      },
    },
  };
}

/**
 * PoolReserver: money asked of a pool is reserved or refused there, answered here, and released when the
 * promise ends or the place lets go of it.
 */
export function poolReserver(executor: Executor): Reactor {
  const release = async (event: OfRecord): Promise<readonly ReactorStep[]> => {
    const { money, funds } = await stateOf(executor, event.recordId);
    return money && funds
      ? [step('release', 'pool', money.poolId, 'ReleaseFunds', { commitmentId: event.recordId })]
      : [];
  };
  return {
    name: 'pool-reserver',
    on: {
      pool: {
        FundsReserved: (event) => [
          onCommitment(event.data.commitmentId, 'confirm-funds', 'ConfirmFunds', {}),
        ],
        // Its readers may not be the pool's: why is told there.
        FundsReservationRefused: (event) => [
          onCommitment(event.data.commitmentId, 'refuse-funds', 'RefuseFunds', {
            code: 'NOT_RESERVED',
            reason: 'The pool has not reserved it. Why is told in the pool, to those who may read it.',
          }),
        ],
        FundsReleased: (event) =>
          event.data.reason === undefined
            ? []
            : [
                onCommitment(event.data.commitmentId, 'refuse-funds', 'RefuseFunds', {
                  code: 'RELEASED_BY_PLACE',
                  reason: event.data.reason,
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
        CompletionVerified: (event) => (event.data.closes ? release(event) : []),
      },
    },
  };
}

/**
 * What an agency promised: its commitments that have not ended, and the pools that it had pledged to before a
 * position of the log.
 */
export interface Promises {
  commitments(agencyId: string): readonly { id: string; state: { placeId: string } }[];
  pools(agencyId: string, before: number): readonly { id: string; placeId: string }[];
}
/**
 * OrphanGuard: a seat or an agency left; nobody's commitments and pledges are noted, and are to be settled.
 */
export function orphanGuard(executor: Executor, promises: Promises): Reactor {
  const lookAtPledges = (id: string, agencyId: string): ReactorStep =>
    step('orphan-pledges', 'pool', id, 'OrphanPledges', { agencyId });
  const atTable = (event: EventOf<'collaborative', 'SeatVacated' | 'SeatAccepted'>): readonly ReactorStep[] =>
    promises
      .pools(event.data.agencyId, event.position)
      .filter((p) => p.placeId === event.recordId)
      .map((p) => lookAtPledges(p.id, event.data.agencyId));
  const look = (id: string): ReactorStep => onCommitment(id, 'orphan', 'OrphanDuty', {});
  return {
    name: 'orphan-guard',
    on: {
      collaborative: {
        SeatVacated: (event) => [
          ...promises
            .commitments(event.data.agencyId)
            .filter((c) => c.state.placeId === event.recordId)
            .map((c) => look(c.id)),
          ...atTable(event),
        ],
        // Back at the table, it answers for its pledges again.
        SeatAccepted: atTable,
      },
      agency: {
        AgencyRetired: (event) => [
          ...promises.commitments(event.recordId).map((c) => look(c.id)),
          ...promises.pools(event.recordId, event.position).map((p) => lookAtPledges(p.id, event.recordId)),
        ],
      },
      // An agency may have left while it pledged.
      pool: {
        async PledgeMade(event) {
          const { agencyId } = event.data;
          const { placeId } = (await executor.load('pool', event.recordId)).state;
          const retired = (await executor.load('agency', agencyId)).state.status === 'retired';
          const seats = Object.values((await executor.load('collaborative', placeId)).state.seats).filter(
            (s) => s.agencyId === agencyId,
          );
          return retired || (seats.length > 0 && seats.every((s) => s.status === 'vacated'))
            ? [lookAtPledges(event.recordId, agencyId)]
            : [];
        },
      },
      // A seat may have been left while the promise was made: the list above did not have it yet.
      commitment: {
        async CommitmentAccepted(event) {
          const { accountable } = await stateOf(executor, event.recordId);
          const { seats } = (await executor.load('collaborative', event.data.placeId)).state;
          const left =
            accountable && 'seatId' in accountable && part(seats, accountable.seatId)?.status === 'vacated';
          return left ? [look(event.recordId)] : [];
        },
      },
    },
  };
}
