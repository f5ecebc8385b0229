/**
 * Every command that people give is recorded through its form, and by it what the API records; and each page
 * on the way there can be read by everybody.
 */
import { test } from 'tap';
import { commandRoutes } from '../../src/http/query/command-routes.js';
import { browserMissing } from './looking.js';
import { SeenPages } from './seen-pages.js';
import { stories } from './stories/index.js';
import { tellStory } from './stories/story.js';
import { nameOf } from './through-form.js';

const seen = new SeenPages();

test('every command is recorded through its form', async (t) => {
  const done = new Set<string>();
  for (const story of stories) await t.test(story.title, (inner) => tellStory(inner, story, { done, seen }));
  const missing = commandRoutes.map(nameOf).filter((name) => !done.has(name));
  t.strictSame(missing, [], `each of ${commandRoutes.length} is`);
});

test('what a form is answered with', (t) => {
  for (const what of ['its form', 'its check', 'that it is recorded']) {
    const unseen = commandRoutes.map(nameOf).filter((name) => !seen.names.has(`${name}: ${what}`));
    t.strictSame(unseen, [], `${what}, of each of ${commandRoutes.length}`);
  }
  t.end();
});

test('what a form is answered with, in a browser', { skip: browserMissing }, (t) => seen.lookAt(t));
