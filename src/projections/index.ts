/** Every view, in the order in which they are applied. */
import { access } from './views/access.js';
import { accounts } from './views/accounts.js';
import { barrierRegister } from './views/barrier-register.js';
import { commitmentRegister } from './views/commitment-register.js';
import { calendar } from './views/calendar.js';
import type { View } from './engine/view.js';
import { decisionLog } from './views/decision-log.js';
import { lineage } from './views/lineage.js';
import { exceptions } from './views/exceptions.js';
import { names } from './views/names.js';
import { placeProgress } from './place-progress/place-progress.js';
import { refusals } from './views/refusals.js';
import { register } from './views/register.js';
import { submissionTracker } from './views/submission-tracker.js';
import { timeline } from './views/timeline.js';

export const views: readonly View[] = [
  access,
  register,
  names,
  accounts,
  calendar,
  placeProgress,
  barrierRegister,
  commitmentRegister,
  decisionLog,
  submissionTracker,
  lineage,
  exceptions,
  refusals,
  timeline,
];
