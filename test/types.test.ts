/**
 * What must not compile. Each mistake stands under `@ts-expect-error`: where the compiler lets one through,
 * the directive is unused, and `npm run typecheck` fails. Nothing here runs.
 */
import t, { type Test } from 'tap';
import { z } from 'zod';
import { decides, kit } from '../src/domain/kernel/aggregate.js';
import { mayConsent, type Consenting } from '../src/domain/decision/positions.js';
import type { DecisionState } from '../src/domain/decision/state.js';
import { naming, namingEach } from '../src/domain/kernel/links.js';
import type { Presence } from '../src/domain/kernel/presence.js';
import { refuse } from '../src/domain/kernel/types.js';
import {
  type ByEvent,
  eventsOf,
  type HandlerTable,
  is,
  isShared,
  memberOf,
  onEvery,
  type Recorded,
  textOf,
} from '../src/domain/registry.js';
import { place } from '../src/domain/place/index.js';
import { pool } from '../src/domain/pool/index.js';
import type { Executor } from '../src/commands/executor.js';
import { list, record, type Query } from '../src/http/query/declare.js';
import { feed, type Feed } from '../src/http/query/feed.js';
import type { Source } from '../src/http/query/list.js';
import { along, whole } from '../src/http/questions/shared.js';
import { Problem } from '../src/http/server/problem.js';
import { walkOf } from '../src/projections/engine/walk.js';
import { step, type Reactor, type ReactorStep } from '../src/process-managers/runner.js';
import { eventsFor, load, spec } from './domain/spec.js';

interface DoorState {
  status: 'shut' | 'open' | 'sealed';
  colour: string;
  openedBy?: string;
  sealedOn?: string;
}
const present = { openedBy: ['open', 'sealed'], sealedOn: ['sealed'] } as const satisfies Presence<DoorState>;
const { event } = kit<DoorState>();
const events = {
  DoorOpened: event(z.strictObject({ by: z.string() }), {
    evolve: (s) => void (s.status = 'open'),
    describe: (d) => `opened by ${d.by}`,
  }),
  DoorPainted: event(z.strictObject({ colour: z.string() }), {
    evolve: (s, d) => void (s.colour = d.colour),
    describe: (d) => `painted ${d.colour}`,
  }),
};
const { command, emit } = decides<DoorState>()(events, present);
const common = {
  title: 'Open a door',
  segment: 'openings',
  givenBy: ['secretariat'] as const,
  example: { by: 'somebody' },
};
const Open = z.strictObject({ by: z.string() });
const locked = () => refuse('DOOR_LOCKED', 'Unlock it first.');

/** Never called. */
export function halves(state: DecisionState, { read: _, ...half }: Consenting): void {
  // @ts-expect-error a rule is asked with less than it looks at
  mayConsent(state, half);
}

/** Never called. */
export function specs(test: Test): void {
  // As it should be.
  spec(test, pool).when('Pledge', { pledgeId: 'one', financialYear: '2009-10', pledgedPence: 100 });
  spec(test, pool).when('OpenPool');

  // @ts-expect-error a command that the record does not have
  spec(test, pool).when('Plegde', { pledgeId: 'one', financialYear: '2009-10', pledgedPence: 100 });

  // @ts-expect-error a command without what it is decided on
  spec(test, pool).when('Pledge');

  // @ts-expect-error a member too few
  spec(test, pool).when('Pledge', { pledgeId: 'one', financialYear: '2009-10' });

  spec(test, pool).when('Pledge', {
    pledgeId: 'one',
    financialYear: '2009-10',
    pledgedPence: 100,
    // @ts-expect-error a member that the command does not know
    colour: 'red',
  });

  // @ts-expect-error a text where the command takes a number
  spec(test, pool).when('Pledge', { pledgeId: 'one', financialYear: '2009-10', pledgedPence: '100' });

  // As it should be: what is given is whole, and what is expected is what the spec looks at.
  const pledged = {
    pledgeId: 'one',
    agencyId: 'pct',
    financialYear: '2009-10',
    consented: false,
    amountPence: 100,
  };
  const happened = eventsFor(pool);
  const opening = spec(test, pool).when('OpenPool');
  spec(test, pool).given(
    { type: 'PledgeMade', data: pledged },
    { event: happened('PledgeMade', pledged), at: '2009-09-01T09:00:00.000Z' },
  );
  opening.then({ type: 'PoolOpened' }, { type: 'PledgeMade', data: { pledgeId: 'one' } });
  load(pool, 'one', [happened('PledgeMade', pledged)]);

  // @ts-expect-error an event that the record does not have
  spec(test, pool).given({ type: 'PledgeMadee', data: pledged });

  // @ts-expect-error an event of another record
  spec(test, pool).given(eventsFor(place)('PlaceActivated'));

  // @ts-expect-error an event with a member too few
  spec(test, pool).given({ type: 'PoolOpened', data: {} });

  // @ts-expect-error an event with a member that it does not know
  spec(test, pool).given({ type: 'PoolOpened', data: { placeId: 'durham', colour: 'red' } });

  // @ts-expect-error an event of another record, in the stream of that which is read
  spec(test, pool).with(place, 'durham', happened('PledgeMade', pledged));

  // @ts-expect-error an event that the record does not have, folded
  load(pool, 'one', [{ type: 'PledgeMadee', data: pledged }]);

  // @ts-expect-error an event that the record does not have, made
  happened('PledgeMadee', pledged);

  // @ts-expect-error an event without its data, made
  happened('PledgeMade');

  // @ts-expect-error an event with a text where it holds a number, made
  happened('PledgeMade', { ...pledged, amountPence: '100' });

  // @ts-expect-error an event that the record does not have, expected
  opening.then({ type: 'PoolOpenedd' });

  // @ts-expect-error a member that the event does not have, expected
  opening.then({ type: 'PoolOpened', data: { colour: 'red' } });

  // @ts-expect-error a number where the event holds a text, expected
  opening.then({ type: 'PoolOpened', data: { placeId: 7 } });
}

/** What an event says of its own data. Never called. */
export function declarations(): void {
  const Sealed = z.strictObject({ decisionId: z.string().optional(), poolId: z.string(), seals: z.int() });
  const sealed = { evolve: () => {}, describe: () => 'sealed' };

  // As it should be.
  event(Sealed, {
    ...sealed,
    spends: 'decisionId',
    links: { poolId: naming('money', 'pool') },
    completes: ['deed'],
  });

  // @ts-expect-error a decision in a member that the event does not have
  event(Sealed, { ...sealed, spends: 'decision' });

  // @ts-expect-error a decision in a member that is no text
  event(Sealed, { ...sealed, spends: 'seals' });

  // @ts-expect-error a link by a member that the event does not have
  event(Sealed, { ...sealed, links: { pool: naming('money', 'pool') } });

  // @ts-expect-error a link to a kind of record that there is not
  event(Sealed, { ...sealed, links: { poolId: naming('money', 'pools') } });

  // @ts-expect-error a link by one member that is read as several
  event(Sealed, { ...sealed, links: { poolId: namingEach('money', 'pool') } });

  // @ts-expect-error a due item of a code that there is not
  event(Sealed, { ...sealed, completes: ['deeds'] });

  // @ts-expect-error a map that the state does not have
  event(Sealed, { ...sealed, touches: { doors: () => [] } });
}

/** Never called. */
export function mistakes(): void {
  // As it should be.
  command(Open, {
    ...common,
    allowedIn: ['shut'],
    refuses: { DOOR_LOCKED: 'state' },
    decide: (s, d) => (s.colour === '' ? locked() : [emit('DoorOpened', d)]),
  });

  // As it should be: what is there in every status of `allowedIn` is read without a question, and a command
  // of none sees what it always saw.
  command(Open, {
    ...common,
    allowedIn: ['open', 'sealed'],
    refuses: {},
    decide: (s) => [emit('DoorPainted', { colour: s.openedBy })],
  });
  command(Open, {
    ...common,
    refuses: {},
    decide: (s) => [emit('DoorPainted', { colour: s.openedBy ?? s.colour })],
  });

  command(Open, {
    ...common,
    allowedIn: ['open', 'sealed'],
    refuses: {},
    // @ts-expect-error a member that is not there in every status of the command
    decide: (s) => [emit('DoorPainted', { colour: s.sealedOn })],
  });

  // @ts-expect-error a member that is not there in every status, of a command that is possible in all
  command(Open, { ...common, refuses: {}, decide: (s) => [emit('DoorPainted', { colour: s.openedBy })] });

  command(Open, {
    ...common,
    allowedIn: ['open', 'sealed'],
    refuses: {},
    // @ts-expect-error a status in which the command is not possible
    decide: (s) => (s.status === 'shut' ? [] : [emit('DoorOpened', { by: 'somebody' })]),
  });

  // As it should be: what the scope of every role names that gives a command, its actor acts for.
  command(Open, {
    ...common,
    givenBy: ['seat-holder', 'official'],
    refuses: {},
    decide: (_s, _d, context) => [emit('DoorOpened', { by: context.actor.agency })],
  });

  command(Open, {
    ...common,
    givenBy: ['seat-holder', 'secretariat'],
    refuses: {},
    // @ts-expect-error an agency that not every role acts for
    decide: (_s, _d, context) => [emit('DoorOpened', { by: context.actor.agency })],
  });

  // @ts-expect-error a member that the record does not have, in its table
  ({ openedFor: ['open'] }) satisfies Presence<DoorState>;

  // @ts-expect-error a status that the record does not have, in its table
  ({ openedBy: ['opne'] }) satisfies Presence<DoorState>;

  // @ts-expect-error a status that the record does not have
  command(Open, { ...common, allowedIn: ['opne'], refuses: {}, decide: () => [] });

  // @ts-expect-error an event that nobody declared
  command(Open, { ...common, refuses: {}, decide: () => [{ type: 'DoorClosed', data: {} }] });

  // @ts-expect-error an event of this name with other data
  command(Open, { ...common, refuses: {}, decide: () => [{ type: 'DoorOpened', data: { colour: 'red' } }] });

  // @ts-expect-error a refusal that nobody declared
  command(Open, { ...common, refuses: { DOOR_STUCK: 'state' }, decide: () => locked() });

  // @ts-expect-error a refusal that nobody declared, where another state is more telling
  command(Open, { ...common, refuses: {}, otherwiseRefuse: () => locked(), decide: () => [] });

  // As it should be: what somebody did on the record keeps them from it.
  const apart = { code: 'OPENED_BY_YOU', after: ['DoorOpened'], detail: 'Somebody else paints it.' } as const;
  command(Open, { ...common, refuses: {}, apart, decide: () => [] });

  // @ts-expect-error an event that the record does not have, among those that keep somebody from it
  command(Open, { ...common, refuses: {}, apart: { ...apart, after: ['DoorClosed'] }, decide: () => [] });

  // @ts-expect-error a member that the command's data does not have
  command(Open, { ...common, refuses: {}, decide: (_s, d) => [emit('DoorPainted', { colour: d.colour })] });

  // @ts-expect-error an example that is no data of the command
  command(Open, { ...common, example: { by: 7 }, refuses: {}, decide: () => [] });

  // @ts-expect-error an event of the table with a member too few
  emit('DoorPainted', {});

  // @ts-expect-error an event that is not in the table
  emit('DoorPianted', { colour: 'red' });

  // As it should be.
  eventsOf('pool', 'PledgeMade', 'RecordDisclosed');

  // @ts-expect-error an event that the record does not have, in a list of them
  eventsOf('pool', 'PledgeMadee');

  // @ts-expect-error an event of another record
  eventsOf('pool', 'BarrierRecorded');

  // @ts-expect-error an event that the record does not have, in a table of them
  ({ pool: { PledgeMadee: true } }) satisfies ByEvent<boolean>;
}

/** What follows from events. Never called. */
export function misheardByManagers(executor: Executor): readonly Reactor['on'][] {
  // As it should be: asked at once, or after another record was looked at.
  const withdraw = (id: string): ReactorStep[] => [
    step('one', 'pool', id, 'WithdrawPledge', { pledgeId: 'one', reason: 'Its agency left' }),
  ];
  const fine: Reactor['on'] = {
    pool: {
      PledgeMade: (e) => withdraw(e.data.pledgeId),
      PoolOpened: async (e) =>
        (await executor.load('pool', e.recordId)).state.status === 'open' ? [] : withdraw('one'),
    },
  };

  return [
    fine,
    onEvery(
      ['pool', 'commitment'],
      (entry) => entry.material !== undefined,
      (e) => withdraw(e.recordId),
    ),

    // @ts-expect-error a command that the record does not have
    { pool: { PledgeMade: (e) => [step('one', 'pool', e.recordId, 'AcceptOwnership', {})] } },

    // @ts-expect-error a command without what it decides on
    { pool: { PledgeMade: (e) => [step('one', 'pool', e.recordId, 'WithdrawPledge', {})] } },

    {
      pool: {
        // @ts-expect-error a step that nobody looked at
        PledgeMade: (e) => [
          { name: 'one', aggregate: 'pool', id: e.recordId, command: 'WithdrawPledge', data: {} },
        ],
      },
    },

    // @ts-expect-error an event that no record has
    { pool: { PledgeMadee: () => [] } },

    // @ts-expect-error an event of another record
    { place: { PledgeMade: () => [] } },

    // @ts-expect-error an event without its record
    { PledgeMade: () => [] },

    // @ts-expect-error a member that the event does not have
    { pool: { PledgeMade: (e) => withdraw(e.data.ownerAgency) } },

    // @ts-expect-error nothing that follows
    { pool: { PledgeMade: () => {} } },

    // @ts-expect-error a record that there is not
    onEvery(['pools'], Boolean, () => []),
  ];
}

/** What is done about events, in views and reactors. Never called. */
export function misheard(event: Recorded): readonly HandlerTable[] {
  // As it should be.
  if (is(event, 'pool', 'PledgeMade', 'PledgeReduced')) void event.data.pledgeId.length;

  // @ts-expect-error an event that no record has
  is(event, 'pool', 'PledgeMadee');

  // @ts-expect-error an event of another record
  is(event, 'place', 'PledgeMade');

  // @ts-expect-error an event that not every record has
  isShared(event, 'PledgeMade');

  // @ts-expect-error a member that the event does not have, in whichever record
  if (isShared(event, 'StepRefused')) void event.data.reason;

  // @ts-expect-error a member that one of the events does not have
  if (is(event, 'pool', 'PledgeMade', 'PledgeReduced')) void event.data.fundingStreamId;

  // @ts-expect-error a member, where nobody asked which event it is
  void event.data.pledgeId;

  // @ts-expect-error a member that no event of the record has
  memberOf(event, 'pool', 'ownerAgencyId');

  // @ts-expect-error a member that no event has
  textOf(event, 'ownerAgency');

  return [
    // As it should be.
    {
      pool: { PledgeMade: ({ data }) => void data.agencyId },
      place: { StepRefused: ({ data }) => void data.code },
    },

    // @ts-expect-error an event that no record has
    { pool: { PledgeMadee: () => {} } },

    // @ts-expect-error an event of another record
    { place: { PledgeMade: () => {} } },

    // @ts-expect-error a record that there is not
    { pools: { PledgeMade: () => {} } },

    // @ts-expect-error a member that the event does not have
    { pool: { PledgeMade: ({ data }) => void data.ownerAgency } },

    // @ts-expect-error a member that is of another type
    { pool: { PledgeMade: ({ data }) => void data.amountPence.toUpperCase() } },

    // @ts-expect-error a member that may be absent
    { pool: { PledgeMade: ({ data }) => void data.fundingStreamId.length } },
  ];
}

const Row = z.strictObject({ id: z.string(), pence: z.int().nullable(), parties: z.array(z.string()) });
const asked = { title: '', url: '/v1/things', row: Row, sorts: ['id', 'pence'] } as const;
const body = z.strictObject({ id: z.string(), on: z.iso.date() });

const Rows = z.strictObject({ items: z.array(Row) });
const feeding = {
  title: '',
  url: '/v1/feed',
  parameters: z.strictObject({}),
  answers: {},
  body: Rows,
} as const;

async function* nonsense() {
  yield [{ nonsense: 1 }];
}
/** What a feed declares and answers. Never called. */
export function misfed(): readonly Feed[] {
  return [
    // As it should be.
    feed({
      ...feeding,
      csv: { columns: ['id', ['parties', (row) => row.parties.length]] },
      run: () => ({ type: 'application/json', body: { items: [] } }),
    }),

    feed({
      ...feeding,
      // @ts-expect-error a column that is no plain value of its rows
      csv: { columns: ['parties'] },
      run: () => ({ type: 'application/json', body: { items: [] } }),
    }),

    // @ts-expect-error rows of another shape
    feed({ ...feeding, whole: nonsense, run: () => ({ type: 'application/json', body: { items: [] } }) }),

    // @ts-expect-error an answer of another shape
    feed({ ...feeding, run: () => ({ type: 'application/json', body: { rows: [] } }) }),
  ];
}

/** What a query declares and answers. Never called. */
export function misanswered(rows: Source<z.infer<typeof Row>>[]): readonly Query[] {
  return [
    // As it should be.
    list({
      ...asked,
      columns: ['id', 'pence', 'failed', ['parties', (row) => row.parties.length]],
      query: z.object({ placeId: z.string() }),
      sources: (query, _, key) => (query.placeId === key ? [] : rows),
    }),
    record({
      title: '',
      url: '/v1/things/:id',
      body,
      answer: (query) => ({ position: 1, body: () => ({ id: query.id, on: '2009-10-22' }) }),
    }),

    record({
      title: '',
      url: '/v1/things/:id',
      body: Rows,
      csv: { columns: ['id', 'pence'], rows: 'items' },
      answer: () => ({ position: 1, body: { items: [] } }),
    }),

    record({
      title: '',
      url: '/v1/things/:id',
      body: Rows,
      // @ts-expect-error a column that is no plain value of the rows within an answer
      csv: { columns: ['parties'], rows: 'items' },
      answer: () => ({ position: 1, body: { items: [] } }),
    }),

    record({
      title: '',
      url: '/v1/things/:id',
      body: Rows,
      // @ts-expect-error rows that the answer does not have
      csv: { columns: ['id'], rows: 'places' },
      answer: () => ({ position: 1, body: { items: [] } }),
    }),

    // @ts-expect-error a column that is no member of the row
    list({ ...asked, columns: ['id', 'pounds'], sources: () => rows }),

    // @ts-expect-error a column that is no plain value
    list({ ...asked, columns: ['id', 'parties'], sources: () => rows }),

    // @ts-expect-error a member that a row does not have
    list({ ...asked, columns: [['pounds', (row) => row.pounds]], sources: () => rows }),

    list({
      ...asked,
      columns: ['id'],
      // @ts-expect-error rows of another shape
      sources: () => along(walkOf([]), () => ({ id: 'a', pence: '1', parties: [] })),
    }),

    // @ts-expect-error a sort key that is no member of the row
    list({ ...asked, sorts: ['id', 'pounds'], columns: ['id'], sources: () => rows }),

    // @ts-expect-error a sort key with a sign: each is offered both ways
    list({ ...asked, sorts: ['-pence', 'id'], columns: ['id'], sources: () => rows }),

    // As it should be: the other way round where no order is asked for.
    list({ ...asked, first: '-pence', columns: ['id'], sources: () => rows }),

    // @ts-expect-error a first order that is not offered
    list({ ...asked, first: '-parties', columns: ['id'], sources: () => rows }),

    // @ts-expect-error a key that the rows to be sorted do not have
    list({ ...asked, columns: ['id'], sources: () => whole('pounds', [{ id: 'a', pence: 1, parties: [] }]) }),

    // @ts-expect-error an order that is not offered
    list({ ...asked, columns: ['id'], sources: (_query, _r, key) => (key === 'name' ? [] : rows) }),

    list({
      ...asked,
      columns: ['id'],
      query: z.object({ placeId: z.string() }),
      // @ts-expect-error a parameter that is not taken
      sources: (query) => (query.place ? [] : rows),
    }),

    record({
      title: '',
      url: '/v1/things/:id',
      body,
      // @ts-expect-error a member that is missing
      answer: (query) => ({ position: 1, body: { id: query.id } }),
    }),

    record({
      title: '',
      url: '/v1/things/:id',
      body,
      // @ts-expect-error a member of another type
      answer: (query) => ({ position: 1, body: { id: query.id, on: 20091022 } }),
    }),

    record({
      title: '',
      url: '/v1/things',
      body,
      // @ts-expect-error an id, where there is none in the address
      answer: (query) => ({ position: 1, body: { id: query.id, on: '2009-10-22' } }),
    }),

    record({
      title: '',
      url: '/v1/things/:id',
      // @ts-expect-error a kind of record that there is not
      of: 'pools',
      body,
      answer: (query) => ({ position: 1, body: { id: query.id, on: '2009-10-22' } }),
    }),
  ];
}

export function problems(): Problem[] {
  return [
    new Problem(404, 'NOT_FOUND', 'There is nothing.'),

    // @ts-expect-error a code that the API's description does not list
    new Problem(404, 'NOT_FUOND', 'There is nothing.'),
  ];
}

t.pass('the compiler has looked at it');
