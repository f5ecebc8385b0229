/** Pages of an export: files on somebody's own disk, that load nothing and link to each other. */
import type { AnswerOf } from '../../http/query/declare.js';
import type { Submission } from '../../http/questions/submissions-shape.js';
import { render } from '../html.js';
import { returnView } from '../pages/submission.js';
import type { Visit } from '../visit.js';
import { checksOf, sentencesOf, type Head, type Listed } from './words.js';

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
}
/** An answer as a page to print; `title`: of its record. */
export type Print = (answer: object, title: string, made: Head, visit: Visit, ways: Ways) => string;

/** From a folder of the export to the first page. */
const above = '../';
/**
 * A page with its links as a file has them. What a template writes between quotes is escaped, so that these
 * are links and nothing else.
 */
function linked(html: string, { origin, files }: Ways): string {
  return html.replace(/ href="(\/[^"]*)"/g, (_, address: string) => {
    const file = files.get(address);
    return ` href="${file === undefined ? `${origin}${address}` : `${above}${file}`}"`;
  });
}

export const decisionHtml: Print = (audit, title, made, _visit, ways) =>
  linked(
    render('export-decision.njk', {
      made,
      title,
      caption: 'How it was decided',
      home: above,
      answers: { audit },
    }),
    ways,
  );

export const returnHtml: Print = (answer, title, made, visit, ways) => {
  const submission = answer as AnswerOf<typeof Submission>;
  return linked(
    render('export-return.njk', {
      made,
      title,
      caption: 'Return',
      home: above,
      answers: { submission },
      view: returnView({ submission }, visit),
    }),
    ways,
  );
};

/** The pages of a kind, under a heading. */
export interface Pages {
  readonly title: string;
  readonly pages: readonly Page[];
}
export const indexHtml = (made: Head, lists: readonly Listed[], toPrint: readonly Pages[]): string =>
  render('export-index.njk', {
    made,
    title: `${made.placeName}: what is recorded`,
    home: '',
    lists,
    toPrint,
    sentences: sentencesOf(made),
    checks: checksOf(made),
  });
