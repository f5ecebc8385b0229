/** PlaceOpener: an enrolled place gets its own stream, which is told when its kind changes. */
import type { Reactor } from './runner.js';

export const placeOpener: Reactor = {
  name: 'place-opener',
  on: {
    PlaceKindChanged: (e) => [{ name: 'kind', aggregate: 'place', id: e.data.placeId, command: 'NoteKind', data: { kind: e.data.to } }],
    PlaceEnrolled: (e) => [{ name: 'open', aggregate: 'place', id: e.data.placeId, command: 'OpenPlace', data: { programmeId: e.recordId } }],
  },
};
