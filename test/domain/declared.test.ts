/**
 * What follows from an event is said where it is declared, and guessed from no member's name: which decision
 * it spends, which waiver it uses, which records it names. So an event with a member that names something
 * says what, or the member stands in the list below.
 */
import { test } from 'tap';
import { aggregates } from '../../src/domain/registry.js';
import type { EventEntry } from '../../src/domain/kernel/types.js';
import { Property } from '../holds.js';

/**
 * Members that lineage does not follow: bodies, places and people, parts of the record itself, and what
 * machinery counts by.
 */
const notFollowed: ReadonlySet<string> = new Set([
  ...[
    'agencyId',
    'fromAgencyId',
    'chairAgencyId',
    'ownerAgencyId',
    'verifierAgencyId',
    'accountableBodyId',
    'departmentId',
    'placeId',
    'placeIds',
    'programmeId',
    'accountId',
  ],
  ...[
    'allocationId',
    'askId',
    'deputySeatId',
    'grantId',
    'milestoneId',
    'parentThemeId',
    'pledgeId',
    'pledgeIds',
    'policyThemeId',
    'policyThemeIds',
    'queryId',
    'relaxationId',
    'restrictionId',
  ],
  ...['seatId', 'sectionId', 'stepId', 'themeId', 'toPledgeId', 'logId', 'lessonIds'],
  // Of an account, each with its scope.
  'grants',
  // What had changed since a return was sent is told with the sign-off that is void, not followed from it.
  'changed',
  // An answer that is prepared is told by no event: nobody follows from it what is not given.
  'answer',
]);

interface Schema {
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  readonly options?: readonly Schema[];
  unwrap?(): Schema;
}
/** What a schema is of, however often it says that it may be absent or has a default. */
const bare = (schema: Schema): Schema => (schema.unwrap && !schema.element ? bare(schema.unwrap()) : schema);
/** The members of an event's data, of whichever of its forms. */
function membersOf(entry: EventEntry): [name: string, schema: Schema][] {
  const whole = bare(entry.data as object as Schema);
  return (whole.options ?? [whole]).flatMap(({ shape }) => Object.entries(shape ?? {}));
}
/** True of a record by kind and id, or of something that is said of one by its stream, or of several. */
function isRecord(schema: Schema): boolean {
  const { shape = {}, element } = bare(schema);
  if (element) return isRecord(element);
  return (
    ('id' in shape && ('kind' in shape || 'aggregate' in shape)) ||
    'record' in shape ||
    Object.keys(shape).some((name) => isId(name) && !notFollowed.has(name))
  );
}
const isId = (name: string): boolean => /Ids?$/.test(name);

const events = aggregates.flatMap((a) =>
  Object.entries(a.events).map(([type, entry]) => ({
    name: `${a.name}.${type}`,
    aggregate: a.name,
    entry: entry as EventEntry,
  })),
);
/** Names of members that some event of this record says name others. */
const linked = (aggregate: string): Set<string> =>
  new Set(events.flatMap((e) => (e.aggregate === aggregate ? Object.keys(e.entry.links ?? {}) : [])));

test('an event with a member that names something says what', async (t) => {
  const says = new Property('an event says what its members name');
  const acts = new Property('an event with a decision or waiver acts by it');
  for (const { name, aggregate, entry } of events) {
    const said = new Set([...Object.keys(entry.links ?? {}), entry.spends, entry.waivedBy]);
    const names = membersOf(entry).filter(
      ([member, schema]) =>
        isId(member) || isRecord(schema) || (linked(aggregate).has(member) && member !== 'from'),
    );
    const silent = names
      .filter(([member]) => !said.has(member) && !notFollowed.has(member))
      .map(([member]) => member);
    says.same(t, name, silent, []);
    for (const [member, what] of [
      ['decisionId', entry.spends],
      ['waiverId', entry.waivedBy],
    ] as const)
      if (membersOf(entry).some(([m]) => m === member)) acts.same(t, name, what, member);
  }
  says.settle(t);
  acts.settle(t);
});

test('what is declared is a member of the event', async (t) => {
  const there = new Property('what an event declares of a member is of one that it has');
  for (const { name, entry } of events) {
    const members = membersOf(entry).map(([member]) => member);
    for (const member of [...Object.keys(entry.links ?? {}), entry.spends ?? [], entry.waivedBy ?? []].flat())
      there.holds(t, `${name}.${member}`, members.includes(member), members);
  }
  there.settle(t);
  t.ok(
    events.some(({ entry }) => entry.links) &&
      events.some(({ entry }) => entry.spends) &&
      events.some(({ entry }) => entry.waivedBy),
    'there are such',
  );
});
