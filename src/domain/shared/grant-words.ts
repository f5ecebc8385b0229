/** A grant as people say it: `secretariat of Kent`, `chair of Durham for Durham County Council`. */
import type { Grant, Part } from './access.js';

/**
 * In lower case, as it stands in a sentence. `nameOf`: what a part of its scope is called; undefined where
 * its reader may not know.
 */
export function grantWords(grant: Grant, nameOf: (part: Part, id: string) => string | undefined): string {
  const named = (['programme', 'place', 'agency'] as const).flatMap((part) => {
    const id = grant[part];
    return id === undefined ? [] : [nameOf(part, id) ?? id];
  });
  return [
    grant.role.replaceAll('-', ' '),
    ...named.map((name, at) => `${at === 0 ? 'of' : 'for'} ${name}`),
  ].join(' ');
}
