/** Pages of an export: files on somebody's own disk, that load nothing and link to each other. */
import type { AnswerOf, RecordQuery } from '../../http/query/declare.js';
import type { Submission } from '../../http/questions/submissions-shape.js';
import { timelineFeed } from '../../http/questions/timeline.js';
import { render } from '../html.js';
import { eventModels } from '../pages/feed.js';
import { partsOf } from '../pages/record.js';
import { returnView } from '../pages/submission.js';
import type { RecordAnswer, Visit } from '../visit.js';
import { checksOf, sentencesOf, sightOf, type Head, type Listed } from './words.js';

/** The stylesheet's file, beside the first page. */
export const styleName = 'style.css';

/** A printed page: its file, from the folder of the export, and what it is called. */
export interface Page {
  readonly file: string;
  readonly title: string;
}
/** Where links lead: to files of the export by the address they have at the service, else there. */
export interface Ways {
  readonly origin: string;
  readonly files: ReadonlyMap<string, string>;
  /** From the page to the folder of the export. */
  readonly home: string;
}
/** A page that says whose sight it is. */
const drawn = (
  template: string,
  model: { readonly made: Head; readonly [member: string]: unknown },
): string => render(template, { ...model, sight: sightOf(model.made) });

/** What is printed: an answer, of which record, and what that is called. */
export interface Printed {
  readonly answer: RecordAnswer;
  readonly id: string;
  readonly title: string;
}
/** From a folder of the export to the first page. */
export const above = '../';
/** An answer as a page to print. `ways`: of the folder that it stands in. */
export type Print = (printed: Printed, made: Head, visit: Visit, ways: Ways) => string;

/**
 * A page with its links as a file has them. What a template writes between quotes is escaped, so that these
 * are links and nothing else.
 */
function linked(html: string, { origin, files, home }: Ways): string {
  return html.replace(/ href="(\/[^"]*)"/g, (_, address: string) => {
    const file = files.get(address);
    return ` href="${file === undefined ? `${origin}${address}` : `${home}${file}`}"`;
  });
}

export const decisionHtml: Print = ({ answer, title }, made, _visit, ways) =>
  linked(
    drawn('export-decision.njk', {
      made,
      title,
      caption: 'How it was decided',
      home: ways.home,
      answers: { audit: answer.body },
    }),
    ways,
  );

export const returnHtml: Print = ({ answer, title }, made, visit, ways) => {
  const submission = answer.body as AnswerOf<typeof Submission>;
  return linked(
    drawn('export-return.njk', {
      made,
      title,
      caption: 'Return',
      home: ways.home,
      answers: { submission },
      view: returnView({ submission }, visit),
    }),
    ways,
  );
};

/** A record as its plain page tells it. */
export const recordHtml =
  (question: RecordQuery, caption: string): Print =>
  ({ answer, id, title }, made, visit, ways) =>
    linked(
      drawn('export-record.njk', {
        made,
        title,
        caption,
        home: ways.home,
        isIllustrative: answer.body.illustrative === true,
        ...partsOf(question, id, answer, visit),
      }),
      ways,
    );

/** Where its events end. */
const listEnds = '</ol>';
/** The page of what happened, in pieces: a long one is made while it is read. */
export class TimelineHtml {
  readonly #pieces: readonly [string, string];
  constructor(
    title: string,
    made: Head,
    private readonly ways: Ways,
  ) {
    const html = linked(
      drawn('export-timeline.njk', { made, title, caption: 'The place', home: ways.home }),
      ways,
    );
    const at = html.indexOf(listEnds);
    this.#pieces = [html.slice(0, at), html.slice(at)];
  }
  get begun(): string {
    return this.#pieces[0];
  }
  events(rows: readonly object[], visit: Visit): string {
    const events = eventModels(timelineFeed, rows, visit.context, visit);
    return linked(render('export-events.njk', { events }), this.ways);
  }
  get ended(): string {
    return this.#pieces[1];
  }
}

/** The pages of a kind, under a heading. */
export interface Pages {
  readonly title: string;
  readonly pages: readonly Page[];
}
export const indexHtml = (made: Head, lists: readonly Listed[], toPrint: readonly Pages[]): string =>
  drawn('export-index.njk', {
    made,
    title: `${made.placeName}: what is recorded`,
    home: '',
    lists,
    toPrint,
    sentences: sentencesOf(made),
    checks: checksOf(made),
  });
