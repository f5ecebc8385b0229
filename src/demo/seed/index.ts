import { accountsFor } from './accounts.js';
import { agencies } from './agencies.js';
import { barriersSeed } from './barriers.js';
import { commitments } from './commitments.js';
import { decisions } from './decisions.js';
import { people, postsIn } from './people.js';
import { places } from './places.js';
import { pools } from './pools.js';
import { programme } from './programme.js';
import { refusedSeed } from './refused.js';
import { submissions } from './submissions.js';
import { suffolk } from './suffolk.js';
import type { SeedCommand } from './types.js';

export type { SeedCommand } from './types.js';
const asRecorded: readonly SeedCommand[] = [
  ...programme,
  ...agencies,
  ...people,
  ...places,
  ...submissions,
  ...pools,
  ...barriersSeed,
  ...suffolk,
  ...commitments,
  ...decisions,
  ...refusedSeed,
];
const deeds: readonly SeedCommand[] = [...asRecorded, ...postsIn(asRecorded)];
/** Every command of the seed, in order of time. */
export const seed: SeedCommand[] = [...accountsFor(deeds), ...deeds].sort((a, b) =>
  a.at < b.at ? -1 : Number(a.at > b.at),
);
