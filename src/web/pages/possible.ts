/** What its reader may do with a record, or make in a list, each a link to its form; else why not. */
import type { RecordQuery } from '../../http/query/declare.js';
import { queries } from '../../http/questions/index.js';
import { pageAddress } from '../address.js';
import type { Visit } from '../visit.js';

interface Able {
  readonly text: string;
  readonly href: string;
  /** The grants in which it may be done, in words. */
  readonly as: readonly string[];
  /** Of a command about a part of the record: those it may be given for, each with its form begun so. */
  readonly parts: readonly { readonly text: string; readonly href: string }[];
}
interface Unable {
  readonly text: string;
  readonly why: string;
}
export interface PossibleModel {
  readonly able: readonly Able[];
  readonly unable: readonly Unable[];
}
/** As `GET …/commands` answers it, so far as a page shows it. */
interface Possible {
  readonly title: string;
  readonly path: string;
  readonly possible: 'yes' | 'no' | 'for';
  readonly part?: string;
  readonly parts?: readonly { readonly id: string | number; readonly title: string }[];
  readonly grants: readonly string[];
  readonly why?: { readonly detail: string };
}

/** The form of a command, begun for a part of its record. */
const begunFor = (address: string, member: string | undefined, id: string | number): string =>
  member === undefined ? address : `${address}?${new URLSearchParams({ [member]: String(id) }).toString()}`;

const question = (url: string): RecordQuery | undefined =>
  queries.find((one): one is RecordQuery => one.kind === 'record' && one.url === url);

/**
 * What may be done with a record of this collection, or made in it where no id is given; undefined where
 * nobody has signed in, or nothing can be done there at all.
 */
export async function possibleModel(
  collection: string,
  id: string | undefined,
  visit: Visit,
): Promise<PossibleModel | undefined> {
  const asked = question(`/v1/${collection}/${id === undefined ? '' : ':id/'}commands`);
  if (!asked || !visit.isSignedIn) return undefined;
  const { body } = await visit.record(asked, id ?? '', {});
  const items = body.items as readonly Possible[];
  const form = (path: string): string => pageAddress(id === undefined ? `${path}/new` : path);
  return {
    able: items
      .filter(({ possible }) => possible !== 'no')
      .map(({ title, path, grants, part, parts = [] }) => {
        const about = parts.map((one) => ({ text: one.title, href: begunFor(form(path), part, one.id) }));
        const [first, ...others] = about;
        return {
          text: title,
          href: first && others.length === 0 ? first.href : form(path),
          as: grants.map((grant) => visit.shower.grant(grant)),
          parts: about,
        };
      }),
    unable: items
      .filter(({ possible }) => possible === 'no')
      .map(({ title, why }) => ({ text: title, why: why?.detail ?? '' })),
  };
}
