/** Addresses with what is asked in them. */

/** What is asked of a page: each once, as it was typed. */
export type Query = Readonly<Record<string, string>>;

const split = (url: string): [path: string, asked: URLSearchParams] => {
  const [path = '', asked = ''] = url.split('?');
  return [path, new URLSearchParams(asked)];
};
const joined = (path: string, asked: URLSearchParams): string =>
  asked.size === 0 ? path : `${path}?${asked.toString()}`;

/** The address with these changed; what is undefined goes. */
export function withAsked(url: string, changes: Readonly<Record<string, string | undefined>>): string {
  const [path, asked] = split(url);
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) asked.delete(name);
    else asked.set(name, value);
  return joined(path, asked);
}
/** The address without what a form left empty; undefined where it left nothing so. */
export function withoutEmpty(url: string): string | undefined {
  const [path, asked] = split(url);
  const empty = [...asked].filter(([, value]) => value === '').map(([name]) => name);
  if (empty.length === 0) return undefined;
  for (const name of empty) if (asked.getAll(name).every((value) => value === '')) asked.delete(name);
  const cleaned = joined(path, asked);
  return cleaned === url ? undefined : cleaned;
}

/** The page of an address of the API. */
export const pageAddress = (address: string): string => address.replace(/^\/v1(?=\/)/, '');
