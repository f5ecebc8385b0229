/** The programme on one side of paper. */
import { Milestone } from '../../http/questions/milestones.js';
import { ProgrammePage } from '../../http/questions/progress-shape.js';
import { ask, askList, page, type Page } from '../page.js';
import { day } from '../../http/words/format.js';
import { colouredPlaces, lateTold, stepsTold, sumTold } from '../words/progress.js';
import {
  briefModel,
  byDay,
  dueOf,
  isAhead,
  movedOf,
  ofBrief,
  owedLongest,
  part,
  reasonsMoved,
  redOf,
  sinceAsked,
} from './brief.js';
import { changesOf, isToday, wholeOf, type Today } from './programme.js';

const progress = ofBrief(ask('/v1/programmes/:id/progress', ProgrammePage));
/** Milestones by their dates: a programme has few. */
const milestones = askList('/v1/milestones', Milestone, (programmeId) => ({
  programmeId,
  sort: 'to',
  limit: '200',
}));

/** What moved at each place, with the worst of the reasons that came, changed or went. */
const changedOf = (places: Today['places']): string[] =>
  changesOf(places).map(({ name, changed, done, pledged }) => {
    const [first, ...others] = reasonsMoved(changed);
    const said = [
      ...movedOf(changed, done),
      ...(pledged ? ['what is pledged'] : []),
      ...(first === undefined ? [] : [first]),
      ...(others.length > 0 ? [`and ${others.length} more`] : []),
    ];
    return `${name}: ${said.join('; ')}`;
  });

/** Milestones of the next four weeks, and what is due in them. */
function aheadOf(
  places: Today['places'],
  items: Awaited<ReturnType<typeof milestones>>['items'],
  today: string,
): string[] {
  const dates = items.flatMap(({ name, to }) =>
    name !== undefined && to !== undefined && isAhead(to, today) ? [{ on: to, text: name }] : [],
  );
  const due = wholeOf(places).flatMap(({ name, reasons }) =>
    dueOf(reasons, today).map(({ on, text }) => ({ on, text: `${name}: ${text}` })),
  );
  return byDay([...dates, ...due]);
}

export const programmeBriefs: readonly Page[] = [
  page({
    address: '/programmes/:id/brief',
    title: (answers) => `Brief: ${answers.progress.programme.name}`,
    for: 'signed-in',
    ask: { progress, milestones },
    view: (answers, visit) => {
      if (!isToday(answers.progress)) return {};
      const { totals, places, deadline, asAt, programme } = answers.progress;
      const since = sinceAsked(visit);
      const until = deadline?.name ?? 'the deadline';
      const more = `see the page of ${programme.name}`;
      const red = wholeOf(places).flatMap(({ name, reasons }) =>
        redOf(reasons).map((reason) => `${name}: ${reason}`),
      );
      const ahead = aheadOf(places, answers.milestones.items, visit.context.day);
      return briefModel({
        name: programme.name,
        asAt,
        isIllustrative: wholeOf(places).some(({ illustrative }) => illustrative),
        summary: [
          ...(deadline
            ? [`${deadline.workingDaysLeft} working days to ${until}, ${day(deadline.date)}.`]
            : []),
          `${colouredPlaces(totals)} ${stepsTold(totals)}`,
          `Confirmed in pooled and aligned budgets: ${sumTold(totals.confirmed, totals.places)}.`,
          lateTold(totals, { oldest: owedLongest(wholeOf(places), totals.oldestWorkingDays) }),
        ],
        parts: [
          part('What is red, and why', red, 'Nothing is red.', more),
          part(`What changed since ${day(since)}`, changedOf(places), 'Nothing changed.', more),
          part('The next four weeks', ahead, 'Nothing is due.', 'see the calendar'),
        ],
        since,
      });
    },
    template: 'brief.njk',
  }),
];
