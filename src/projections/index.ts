/** Every view, in the order in which they are applied. */
import { access } from './access.js';
import { barrierRegister } from './barrier-register.js';
import { commitmentRegister } from './commitment-register.js';
import { calendar } from './calendar.js';
import type { View } from './core.js';
import { decisionLog } from './decision-log.js';
import { lineage } from './lineage.js';
import { exceptions } from './exceptions.js';
import { placeProgress } from './place-progress.js';
import { poolLedger } from './pool-ledger.js';
import { refusals } from './refusals.js';
import { register } from './register.js';
import { submissionTracker } from './submission-tracker.js';
import { timeline } from './timeline.js';

export const views: readonly View<any, any>[] = [
  access,
  register,
  calendar,
  placeProgress,
  barrierRegister,
  commitmentRegister,
  decisionLog,
  poolLedger,
  submissionTracker,
  lineage,
  exceptions,
  refusals,
  timeline,
];
