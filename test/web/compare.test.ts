/** Two moments of a record compared, as a page. */
import { test } from 'tap';
import { openWeb, readerCalled, wordsOf } from './world.js';

test('a comparison says each change in a sentence, before the values', async (t) => {
  const web = await openWeb(t);
  const { html } = await web.get(readerCalled('AUDITOR'), '/compare?record=place-durham&from=2009-06-30');
  const words = wordsOf(html);
  t.match(words, /Changes .*Status: opened, then active .*Show each value as it was and as it is/);
  t.ok(html.indexOf('Status: opened, then active') < html.indexOf('<table'), 'sentences come first');
  const same = await web.get(
    readerCalled('AUDITOR'),
    '/compare?record=place-durham&from=2009-10-01&to=2009-10-01',
  );
  t.match(wordsOf(same.html), 'Nothing that you may see is otherwise than it was.');
});
