/** PlaceOpener: an enrolled place gets its own stream. */
import type { Reactor } from './runner.js';

export const placeOpener: Reactor = {
  name: 'place-opener',
  on: {
    PlaceEnrolled: (e) => [{ name: 'open', aggregate: 'place', id: e.data.placeId, command: 'OpenPlace', data: { programmeId: e.recordId } }],
  },
};
