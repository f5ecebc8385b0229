/**
 * What each account has done on a record, and what that keeps it from, whatever grant it acts in
 * (docs/rules/shared.md#separation-of-duties): one person in two tokens is one person. Events say which of
 * them are such acts (`act`), commands after which of them they are not given (`apart`).
 */
import { refuse, type Act, type Actor, type Apart, type Context, type EventEntry } from '../kernel/types.js';

/**
 * Keeps an event among the acts of whoever did it, or on whose behalf the system did. What was done again is
 * one act.
 */
export function noteAct(
  acts: Map<string, Map<string, Act[]>>,
  type: string,
  entry: EventEntry,
  data: unknown,
  actor: Actor,
): void {
  if (!entry.act) return;
  const part = entry.act === true ? '' : entry.act(data);
  const account = actor.role === 'system' ? actor.onBehalfOf : actor.account;
  if (part === undefined || account === undefined) return;
  let parts = acts.get(account);
  if (!parts) acts.set(account, (parts = new Map()));
  let done = parts.get(part);
  if (!done) parts.set(part, (done = []));
  if (done.some((a) => a.type === type && a.agency === actor.agency)) return;
  done.push({ type, part, ...(actor.agency ? { agency: actor.agency } : {}) });
}

/** Refuses what the same account did before keeps it from. `about`: the part that the command is about. */
export function apartRefusal<S, C extends Pick<Context, 'acts' | 'actor'>>(
  apart: Apart<S, C>,
  state: S,
  context: C,
  about = '',
) {
  const part = apart.ofPart ? about : undefined;
  const done = context.acts.get(context.actor.account);
  const counted = part === undefined ? [...(done?.values() ?? [])].flat() : (done?.get(part) ?? []);
  const kept = counted.some((a) => apart.after.includes(a.type) && !apart.but?.(a, state, context));
  return kept ? refuse(apart.code, apart.detail) : undefined;
}
