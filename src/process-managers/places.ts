/**
 * PlaceOpener: an enrolled place gets its own stream, which is told when its kind changes. Of two programmes
 * that enrolled one id at once the place's stream has the first; the other's enrolment is given up there.
 */
import { step, type Reactor } from './runner.js';

const name = 'place-opener';
const programme = 'programme-';

export const placeOpener: Reactor = {
  name,
  on: {
    programme: {
      PlaceKindChanged: (event) => [
        step('kind', 'place', event.data.placeId, 'NoteKind', {
          programmeId: event.recordId,
          kind: event.data.to,
        }),
      ],
      PlaceEnrolled: (event) => [
        step('open', 'place', event.data.placeId, 'OpenPlace', { programmeId: event.recordId }),
      ],
    },
    place: {
      StepRefused(event) {
        // The enrolment that was refused, `programme-{id}@{version}`.
        const because = event.because ?? '';
        if (
          event.data.reactor !== name ||
          event.data.code !== 'PLACE_ID_TAKEN' ||
          !because.startsWith(programme)
        )
          return [];
        return [
          step(
            'void',
            'programme',
            because.slice(programme.length, because.lastIndexOf('@')),
            'VoidEnrolment',
            { placeId: event.recordId },
          ),
        ];
      },
    },
  },
};
