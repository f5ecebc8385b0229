/** A place on one side of paper. */
import type { AnswerOf } from '../../http/query/declare.js';
import { PlacePage, type PlaceToday } from '../../http/questions/progress-shape.js';
import { stepsOf, sumOver } from '../../http/questions/progress-totals.js';
import { ask, page, type Page } from '../page.js';
import { day, sentence } from '../../http/words/format.js';
import { lateTold, stepsTold, sumTold } from '../words/progress.js';
import {
  briefModel,
  byDay,
  colourTold,
  dueOf,
  movedOf,
  ofBrief,
  owedLongest,
  part,
  reasonsMoved,
  redOf,
  sinceAsked,
} from './brief.js';
import { isToday, standing } from './place.js';

type Today = AnswerOf<typeof PlaceToday>;

const progress = ofBrief(ask('/v1/places/:id/progress', PlacePage));

/** What moved, a line each. */
function changedOf(place: Today): string[] {
  const { changed } = place;
  if (changed === undefined) return [];
  return [
    ...movedOf(changed, standing(place).stepsDone).map(sentence),
    ...(changed.pledgedPence.from === changed.pledgedPence.to ? [] : ['What is pledged.']),
    ...reasonsMoved(changed),
  ];
}

export const placeBriefs: readonly Page[] = [
  page({
    address: '/places/:id/brief',
    title: (answers) => `Brief: ${answers.progress.name}`,
    for: 'signed-in',
    ask: { progress },
    view: ({ progress: place }, visit) => {
      if (!isToday(place)) return {};
      const { name, asAt, rag, whitehallRag, reasons, steps, illustrative } = place;
      const since = sinceAsked(visit);
      const more = `see the page of ${name}`;
      return briefModel({
        name,
        asAt,
        isIllustrative: illustrative,
        summary: [
          `What the place owes: ${colourTold(rag)}. What Whitehall owes it: ${colourTold(whitehallRag)}.`,
          stepsTold({ steps: stepsOf([{ steps }], visit.context.day) }),
          `Confirmed in pooled and aligned budgets: ${sumTold(sumOver([place], 'confirmedPence'), 1)}.`,
          lateTold(place.whitehallOwes, {
            oldest: owedLongest([place], place.whitehallOwes.oldestWorkingDays),
          }),
        ],
        parts: [
          part('What is red, and why', redOf(reasons), 'Nothing is red.', more),
          part(`What changed since ${day(since)}`, changedOf(place), 'Nothing changed.', more),
          part(
            'The next four weeks',
            byDay(dueOf(reasons, visit.context.day)),
            'Nothing is due.',
            'see its calendar',
          ),
        ],
        since,
      });
    },
    template: 'brief.njk',
  }),
];
