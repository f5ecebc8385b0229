/**
 * PlaceOpener: an enrolled place gets its own stream, which is told when its kind changes. Of two programmes that enrolled one id at once the
 * place's stream has the first; the other's enrolment is given up there.
 */
import { step, type Reactor } from './runner.js';

const name = 'place-opener';
const programme = 'programme-';

export const placeOpener: Reactor = {
  name,
  on: {
    programme: {
      PlaceKindChanged: (e) => [
        step('kind', 'place', e.data.placeId, 'NoteKind', { programmeId: e.recordId, kind: e.data.to }),
      ],
      PlaceEnrolled: (e) => [step('open', 'place', e.data.placeId, 'OpenPlace', { programmeId: e.recordId })],
    },
    place: {
      StepRefused(e) {
        // The enrolment that was refused, `programme-{id}@{version}`.
        const because = e.because ?? '';
        if (e.data.reactor !== name || e.data.code !== 'PLACE_ID_TAKEN' || !because.startsWith(programme))
          return [];
        return [
          step(
            'void',
            'programme',
            because.slice(programme.length, because.lastIndexOf('@')),
            'VoidEnrolment',
            { placeId: e.recordId },
          ),
        ];
      },
    },
  },
};
