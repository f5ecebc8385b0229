/** Every feed of the API, for routes, OpenAPI and the tests that ask each of them. */
import { calendarFeed } from './calendar-feed.js';
import { compareFeed } from './compare.js';
import type { Feed } from '../query/feed.js';
import { lineageFeed } from './lineage.js';
import { queries } from './index.js';
import { timelineFeed } from './timeline.js';

export const feeds: readonly Feed[] = [timelineFeed, calendarFeed, compareFeed(queries), lineageFeed];
