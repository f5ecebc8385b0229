/** What pages call what they may be asked, and what is wrong with that. */
import { datesTold } from '../../http/words/format.js';
import { labelOf } from '../../http/words/members.js';

const labels: Readonly<Record<string, string>> = {
  from: 'From',
  to: 'To',
  as: 'In which of your grants',
  audience: 'As it is told to',
  record: 'Record',
  ownerAgencyId: 'Whose it is',
  since: 'Changes since',
  asAt: 'As it stood on',
  type: 'What happened',
  code: 'Code',
  rule: 'Rule',
  account: 'Account',
  depth: 'Links away, at most',
  q: 'Name',
  without: 'Leave out',
};

/** What its field is called. */
export const labelOfParameter = (name: string): string =>
  Object.hasOwn(labels, name) ? `${labels[name]}` : labelOf(name);

/** Names as programs write them (`placeId`), and the one that a sentence begins with (`to must …`). */
const written = /\b[a-z]+(?:[A-Z][a-z]+)+\b|^[a-z]+(?= must )/g;
/** A message in which these parameters are called as their fields are, with days as people write them. */
export const toldToPeople = (message: string, names: readonly string[]): string =>
  datesTold(message).replace(written, (word) =>
    names.includes(word) ? `“${labelOfParameter(word)}”` : word,
  );
