/**
 * Templates, and how what they make is sent. Everything is escaped; nothing of a page stands in a script or a
 * style of its own, so the policy allows none.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyReply } from 'fastify';
import nunjucks from 'nunjucks';
import { choice } from '../http/words/choices.js';
import { colour } from './words/colours.js';
import {
  basisPoints,
  day,
  daysLeft,
  financialYear,
  grouped,
  instant,
  moment,
  money,
  pounds,
  sentence,
  stopped,
  withArticle,
  wrapping,
} from '../http/words/format.js';
import { labelOf } from '../http/words/members.js';
import { pageAddress } from './address.js';

const home = fileURLToPath(new URL('./templates/', import.meta.url));
/** The design system's macros, wherever the package stands. */
const designSystem = join(createRequire(import.meta.url).resolve('govuk-frontend/package.json'), '../dist');

const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader([home, designSystem]), {
  autoescape: true,
  trimBlocks: true,
  lstripBlocks: true,
});
/** A browser takes a line's end away that stands first in a text area. */
const keptLines = (text: string): string => (text.startsWith('\n') ? `\n${text}` : text);
for (const [name, filter] of Object.entries({
  choice,
  colour,
  day,
  daysLeft,
  financialYear,
  grouped,
  instant,
  keptLines,
  labelOf,
  moment,
  money,
  pageOf: pageAddress,
  pounds,
  percent: basisPoints,
  sentence,
  stopped,
  withArticle,
  wrapping,
}))
  environment.addFilter(name, filter as (...args: unknown[]) => unknown);

/** A template by its name, filled. */
export const render = (template: string, model: object): string => environment.render(template, model);

/** Of a page: nothing from elsewhere, no script, no form to elsewhere, in nobody's frame. */
export const pagePolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Sends a page. Whose it is stands in a cookie, so nobody keeps it. */
export const sendHtml = (reply: FastifyReply, html: string, status = 200): FastifyReply =>
  reply
    .code(status)
    .headers({
      'content-security-policy': pagePolicy,
      // Without a referrer browsers tell no origin either, by which a form is known to be this service's own.
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      vary: 'Cookie',
    })
    .type('text/html; charset=utf-8')
    .send(html);
