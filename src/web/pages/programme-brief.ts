/**
 * The programme on one side of paper, always as the programme's audience is told it, so that it can be handed
 * on within the programme whoever printed it.
 */
import { Milestone } from '../../http/questions/milestones.js';
import { weekBefore } from '../../http/questions/progress.js';
import { ProgrammePage } from '../../http/questions/progress-shape.js';
import { ask, askList, page, type Ask, type Page } from '../page.js';
import type { Visit } from '../visit.js';
import { colour } from '../words/colours.js';
import { day, instant, sentence } from '../words/format.js';
import { colouredPlaces, lateTold, stepsTold, sumTold } from '../words/progress.js';
import { changesOf, isToday, wholeOf, type Answer, type Today } from './programme.js';

const progressOf = ask('/v1/programmes/:id/progress', ProgrammePage);
/** The day since when changes are told: as asked, else a week ago. */
const sinceOf = (visit: Visit, since: string | undefined): string => since ?? weekBefore(visit.context.day);
const progress: Ask<Answer> = (visit, id, { since }) =>
  progressOf(visit, id, { since: sinceOf(visit, since), audience: 'programme' });
/** Milestones by their dates: a programme has few. */
const milestones = askList('/v1/milestones', Milestone, (programmeId) => ({
  programmeId,
  sort: 'to',
  limit: '200',
}));

/** Lines of a part at most, so that all of it stands on one side of A4. */
const mostLines = 8;
/** Four weeks. */
const workingDaysAhead = 20;

interface Part {
  readonly title: string;
  readonly lines: readonly string[];
}
const part = (title: string, lines: readonly string[], none: string): Part => ({
  title,
  lines: [
    ...(lines.length === 0 ? [none] : lines.slice(0, mostLines)),
    ...(lines.length > mostLines ? [`And ${lines.length - mostLines} more`] : []),
  ],
});
type Reason = ReturnType<typeof wholeOf>[number]['reasons'][number];
const reasonTold = ({ text, owedBy }: Reason): string =>
  `${sentence(text)}${owedBy.length > 0 ? ` (${owedBy.map(({ name }) => name).join(', ')})` : ''}`;

function redOf(places: Today['places']): string[] {
  return wholeOf(places).flatMap(({ name, reasons }) =>
    reasons.filter(({ level }) => level === 'red').map((reason) => `${name}: ${reasonTold(reason)}`),
  );
}
const colourTold = (from: Reason['level'] | null): string => (from === null ? 'none' : colour(from).word);
function changedOf(places: Today['places']): string[] {
  return changesOf(places).map(({ name, changed, done }) => {
    const said = [
      ...(changed.rag.from === changed.rag.to
        ? []
        : [`its colour from ${colourTold(changed.rag.from)} to ${colourTold(changed.rag.to)}`]),
      ...(changed.whitehallRag.from === changed.whitehallRag.to
        ? []
        : [
            `Whitehall’s colour from ${colourTold(changed.whitehallRag.from)} to ` +
              colourTold(changed.whitehallRag.to),
          ]),
      ...(done.length > 0 ? [`done: ${done.join(', ')}`] : []),
      ...(changed.answers ? [`answers of owners of barriers: ${changed.answers}`] : []),
      ...counted(changed.reasonsNew.length, 'new reason'),
      ...counted(changed.reasonsChanged.length, 'changed reason'),
      ...counted(changed.reasonsGone.length, 'reason gone'),
    ];
    return `${name}: ${said.join('; ') || 'what is pledged'}`;
  });
}
const counted = (count: number, what: string): string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? what : what.replace('reason', 'reasons')}`];

interface Dated {
  readonly on: string;
  readonly text: string;
}
const isAhead = (workingDaysLeft: number | null | undefined): boolean =>
  typeof workingDaysLeft === 'number' && workingDaysLeft >= 0 && workingDaysLeft <= workingDaysAhead;
/** Milestones ahead, and what waits for somebody and is not late yet. */
function aheadOf(
  places: Today['places'],
  items: Awaited<ReturnType<typeof milestones>>['items'],
  today: string,
): string[] {
  const dates: Dated[] = items.flatMap(({ name, to, workingDaysLeft }) =>
    isAhead(workingDaysLeft) && name !== undefined && to !== undefined ? [{ on: to, text: name }] : [],
  );
  const due: Dated[] = wholeOf(places).flatMap(({ name, reasons }) =>
    reasons.flatMap(({ dueOn, deed, owedBy }) =>
      dueOn !== null && dueOn >= today
        ? [{ on: dueOn, text: `${name}: ${sentence(deed)} (${owedBy.map((one) => one.name).join(', ')})` }]
        : [],
    ),
  );
  return [...dates, ...due]
    .sort((one, other) => one.on.localeCompare(other.on))
    .map(({ on, text }) => `${day(on)}: ${text}`);
}

const audience = 'For the programme: what departments, its office and its places may all read.';

const invented = 'Illustrative in part: filled in to make the demonstrator live.';

export const programmeBriefs: readonly Page[] = [
  page({
    address: '/programmes/:id/brief',
    title: (answers) => `Brief: ${answers.progress.programme.name}`,
    for: 'signed-in',
    ask: { progress, milestones },
    view: (answers, visit) => {
      if (!isToday(answers.progress)) return {};
      const { totals, places, deadline, asAt, programme } = answers.progress;
      const since = sinceOf(visit, (visit.request.query as { readonly since?: string }).since);
      const isIllustrative = wholeOf(places).some(({ illustrative }) => illustrative);
      const made = `${audience} As at ${instant(asAt)}.${isIllustrative ? ` ${invented}` : ''}`;
      const until = deadline?.name ?? 'the deadline';
      const summary = [
        ...(deadline ? [`${deadline.workingDaysLeft} working days to ${until}, ${day(deadline.date)}.`] : []),
        `${colouredPlaces(totals)} ${stepsTold(totals)}`,
        `Confirmed in pooled and aligned budgets: ${sumTold(totals.confirmed, totals.places)}.`,
        lateTold(totals),
      ];
      const parts = [
        part('What is red, and why', redOf(places), 'Nothing is red.'),
        part(`What changed since ${day(since)}`, changedOf(places), 'Nothing changed.'),
        part(
          'The next four weeks',
          aheadOf(places, answers.milestones.items, visit.context.day),
          'Nothing is due.',
        ),
      ];
      const text = [
        programme.name,
        made,
        '',
        ...summary,
        ...parts.flatMap(({ title, lines }) => ['', title, ...lines.map((line) => `- ${line}`)]),
      ].join('\n');
      return { made, summary, parts, since, text, programme };
    },
    template: 'brief.njk',
  }),
];
