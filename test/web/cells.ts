/** Tables of a page, as somebody reads them. */

const textOf = (html: string): string =>
  html
    .replace(/<span class="app-cell-label".*?<\/span>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, '’')
    .replace(/\s+/g, ' ')
    .trim();

/** The texts of the cells of every row that says something, in order. */
export const cells = (html: string): string[][] =>
  [...html.matchAll(/<tr\b.*?<\/tr>/gs)]
    .map(([row]) => [...row.matchAll(/<(td|th scope="row")[ >].*?<\/t[dh]>/gs)].map(([cell]) => textOf(cell)))
    .filter((row) => row.length > 0);
