/** What stands beside what a file says. */
import { isDeepStrictEqual } from 'node:util';
import type { Standing } from './step.js';

/** Of a value in a sentence, in characters. */
const longestShown = 80;
const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
};

/** `wanted` beside a record, or a part of one: members that the file does not have are no matter. */
export function beside(standing: object | undefined, wanted: Readonly<Record<string, unknown>>): Standing {
  if (standing === undefined) return 'new';
  const found = standing as Readonly<Record<string, unknown>>;
  const others = Object.entries(wanted)
    .filter(([member, value]) => !isDeepStrictEqual(found[member], value))
    .map(([member, value]) => `${member} is ${shown(found[member])} in the record, and ${shown(value)} here`);
  return others.length === 0 ? 'same' : others;
}
