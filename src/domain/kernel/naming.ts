/**
 * Names in sentences. An event holds ids; what they are called is another record's to say, may change, and
 * may be closed to a reader. So a sentence marks the id (`nameOf.agency(id)`) and is stored with its marks;
 * who shows it resolves them (`withNames`).
 */
const kinds = ['agency', 'place', 'person', 'record', 'grant', 'command'] as const;
/**
 * A `person` by account, a `record` by its stream, a `grant` as it is written, a `command` by its record's
 * kind and its own name (`pool.PledgeMoney`), the others by their id.
 */
export type Nameable = (typeof kinds)[number];

// Unicode's isolates: made to set a name apart from the text around it, and typed by nobody.
const [open, close] = ['\u2068', '\u2069'];
const marks = new RegExp(`${open}(${kinds.join('|')}):([^${open}${close}]*)${close}`, 'g');
const mark =
  (kind: Nameable) =>
  (id: string): string =>
    `${open}${kind}:${id}${close}`;

/** Marks an id in a sentence, to be read as the name of what it stands for. */
export const nameOf = {
  agency: mark('agency'),
  place: mark('place'),
  person: mark('person'),
  record: mark('record'),
  grant: mark('grant'),
  command: mark('command'),
};

/** The sentence with the ids that its marks have: where nobody can say names. */
export const withIds = (text: string): string => withNames(text, (_, id) => id);

/** The ids that the marks of a sentence have. */
export const idsMarked = (text: string): string[] => [...text.matchAll(marks)].map(([, , id = '']) => id);

/** The sentence with each mark resolved. */
export const withNames = (text: string, name: (kind: Nameable, id: string) => string): string =>
  text.replace(marks, (_, kind: Nameable, id: string) => name(kind, id));
