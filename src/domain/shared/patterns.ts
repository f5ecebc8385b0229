/** What patterns are made of where a length in them has a name: ids first of all, wherever one stands. */

/** For a pattern: one of `first`, then of `rest`, `least` to `most` characters in all. */
export const characters = (first: string, rest: string, most: number, least = 1): string =>
  `${first}${rest}{${least - 1},${most - 1}}`;

/** Characters of an id at most: a record's, and an account's. */
const longestId = 100;
/** For a pattern: the id of a record. */
export const idForm = characters('[a-z0-9]', '[a-z0-9.-]', longestId);
/** For a pattern: the id of an account. */
export const accountForm = characters('[A-Za-z0-9_]', '[A-Za-z0-9._:|-]', longestId);

/** Characters of the id of a record's part at most. */
const longestPartId = 64;
/** For a pattern: the id of a part of a record. */
export const partForm = characters('[a-z0-9]', '[a-z0-9-]', longestPartId);
