/**
 * The parts of a record by their ids, which come from outside: an id such as `constructor` is a name that
 * every object inherits (docs/rules/shared.md#inherited-names). A plain object, as states are JSON; indexed
 * here alone, since its keys are of a type that no string has.
 */
declare const id: unique symbol;
export type Parts<T> = { [key: string & { readonly [id]: true }]: T };

const inherited: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));
/**
 * True of the names that every object inherits: `constructor`, `__proto__`, `toString` … Asked of every id: a
 * set answers several times sooner than the object does.
 */
export const isInherited = (name: string): boolean => inherited.has(name);

/** The part of this id, of the record's own. */
export const part = <T>(parts: Parts<T> | undefined, key: string | undefined): T | undefined =>
  parts !== undefined && key !== undefined && Object.hasOwn(parts, key)
    ? (parts as Record<string, T>)[key]
    : undefined;

/** The part of this id, of the record's own; or what the record refuses where it has none. */
export const partOr = <T, R>(parts: Parts<T>, key: string | undefined, unknown: () => R): T | R =>
  part(parts, key) ?? unknown();

/**
 * What an event before, or a rule, has put there. Throws where it is not: a log or a view without it is
 * broken, and who went on would tell something else.
 */
export function existing<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}`);
  return value;
}
/** A part that is known to be there. */
export const held = <T>(parts: Parts<T>, key: string): T => existing(part(parts, key), `part ${key}`);

/**
 * The part that an event changes. Until such ids were refused, events could be written that name one that
 * every object inherits where the record has no such part: it is nobody's, and what they change of it is not
 * kept.
 */
export const changed = <T>(parts: Parts<T>, key: string): T =>
  isInherited(key) ? (part(parts, key) ?? ({} as T)) : held(parts, key);

/** Gives the record this part, in the place of one that it has. */
export function put<T>(parts: Parts<T>, key: string, value: T): T {
  // An assignment would set what is inherited: an object's prototype, by `__proto__`.
  if (isInherited(key))
    Object.defineProperty(parts, key, { value, writable: true, enumerable: true, configurable: true });
  else (parts as Record<string, T>)[key] = value;
  return value;
}

/** Takes a part from the record. */
export function drop<T>(parts: Parts<T>, key: string): void {
  delete (parts as Record<string, T>)[key];
}
