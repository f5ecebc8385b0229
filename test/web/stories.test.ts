/** Every command that people give is recorded through its form, and by it what the API records. */
import { test } from 'tap';
import { commandRoutes } from '../../src/http/query/command-routes.js';
import { stories } from './stories/index.js';
import { tellStory } from './stories/story.js';
import { nameOf } from './through-form.js';

test('every command is recorded through its form', async (t) => {
  const done = new Set<string>();
  for (const story of stories) await t.test(story.title, (inner) => tellStory(inner, story, done));
  const missing = commandRoutes.map(nameOf).filter((name) => !done.has(name));
  t.strictSame(missing, [], `each of ${commandRoutes.length} is`);
});
