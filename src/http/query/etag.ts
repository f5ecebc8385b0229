/** Entity tags: an answer is the same for readers with the same grants only, so its tag names them. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { grantName, type Viewer } from '../../domain/shared/access.js';
import type { QueryContext } from './context.js';

/** By whom something is read: who has the same grants is shown the same. */
export const readerOf = (context: QueryContext): string =>
  `${context.viewer.account} ${grantsTag(context.viewer.grants)} ${context.day}`;

/**
 * Tags an answer; true where whoever asks has it already. `weak`: two answers under one tag say the same, but
 * not in the same bytes.
 */
export function fresh(
  request: FastifyRequest,
  reply: FastifyReply,
  context: QueryContext,
  tag: string,
  weak = false,
): boolean {
  const etag = `"${tag}.${grantsTag(context.viewer.grants)}"`;
  reply.header('etag', weak ? `W/${etag}` : etag);
  return isAmong(etag, request.headers['if-none-match']);
}
/**
 * Compared weakly (RFC 9110, 13.1.2): a proxy that packs an answer marks its tag `W/`, and its reader sends
 * it back so. `*` is whatever there is.
 */
function isAmong(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag) return true;
  return ifNoneMatch.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
}

export const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
/** Characters of a hash that tell the grants of one reader apart; whoever guesses them learns nothing. */
const tagChars = 12;
/** Hashes of what changes seldom: a memory bound, nothing else. */
const others = new LRUCache<string, string>({ max: 100 });
/** What an answer shows of other records, by the software that shows it and when that last changed. */
export function othersTag(version: string, changedAt: number): string {
  const key = `${version} ${changedAt}`;
  let tag = others.get(key);
  if (!tag) others.set(key, (tag = digest(key).slice(0, tagChars)));
  return tag;
}
/** By the verified token's own list of grants, which is remembered as long as the token. */
const tags = new WeakMap<object, string>();
/** Tells grants from others; it says nothing of them. */
export function grantsTag(grants: Viewer['grants']): string {
  let tag = tags.get(grants);
  if (!tag) tags.set(grants, (tag = digest(grants.map(grantName).sort().join(' ')).slice(0, tagChars)));
  return tag;
}
