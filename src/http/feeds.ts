/** Every feed of the API, for routes, OpenAPI and the tests that ask each of them. */
import { calendarFeed } from './calendar.js';
import type { Feed } from './feed.js';
import { timelineFeed } from './timeline.js';

export const feeds: readonly Feed[] = [timelineFeed, calendarFeed];
