/** The stories, one record each or more; each in two services of its own. */
import { account } from './account.js';
import { agency } from './agency.js';
import { barriers } from './barrier.js';
import { collaborative } from './collaborative.js';
import { commitment } from './commitment.js';
import { decision } from './decision.js';
import { fundingStream } from './funding-stream.js';
import { person } from './person.js';
import { place } from './place.js';
import { pool } from './pool.js';
import { programme } from './programme.js';
import type { Story } from './story.js';
import { submission } from './submission.js';
import { waiver } from './waiver.js';

export const stories: readonly Story[] = [
  waiver,
  decision,
  fundingStream,
  ...barriers,
  collaborative,
  account,
  person,
  agency,
  place,
  programme,
  commitment,
  pool,
  submission,
];
