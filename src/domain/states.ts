/**
 * The state of each kind of record, by its name: what `Context.read` answers. Types alone: no record knows
 * the registry.
 */
import type { SessionsState } from './accounts/sessions.js';
import type { AccountState } from './accounts/state.js';
import type { AgencyState } from './agency/state.js';
import type { BarrierState } from './barrier/state.js';
import type { CollaborativeState } from './collaborative/state.js';
import type { CommitmentState } from './commitment/state.js';
import type { DecisionState } from './decision/state.js';
import type { FundingStreamState } from './funding-stream/state.js';
import type { PersonState } from './person/state.js';
import type { PlaceState } from './place/state.js';
import type { PoolState } from './pool/state.js';
import type { ProgrammeState } from './programme/state.js';
import type { SubmissionState } from './submission/state.js';
import type { ClockState, DaysState, LogState, RefusalState } from './system/state.js';
import type { WaiverState } from './waiver/state.js';

export interface States {
  account: AccountState;
  agency: AgencyState;
  barrier: BarrierState;
  clock: ClockState;
  collaborative: CollaborativeState;
  commitment: CommitmentState;
  days: DaysState;
  decision: DecisionState;
  fundingstream: FundingStreamState;
  log: LogState;
  person: PersonState;
  place: PlaceState;
  pool: PoolState;
  programme: ProgrammeState;
  refusal: RefusalState;
  session: SessionsState;
  submission: SubmissionState;
  waiver: WaiverState;
}
