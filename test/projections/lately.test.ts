/**
 * What readers share of the tables is what the tables say, after every event and after one that was rolled
 * back.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { encode } from '../../src/log/codec.js';
import Database from '../../src/log/sqlite/driver.js';
import type { LoggedEvent } from '../../src/log/event-log.js';
import { access } from '../../src/projections/views/access.js';
import { due } from '../../src/projections/views/due.js';
import { Engine } from '../../src/projections/engine/engine.js';
import { lately } from '../../src/projections/engine/read-cache.js';
import { placeProgress } from '../../src/projections/place-progress/place-progress.js';
import { historyOf } from '../process-managers/proof.js';
import { proposed } from '../process-managers/scenes/barriers.js';
import { scenes } from '../process-managers/scenes/index.js';
import { office, openPlaces, world } from '../commands/world.js';
import { reference } from '../domain/spec.js';

/** What no scene does to a place. */
const moves: (typeof scenes)[number] = {
  title: 'places are renamed, get a champion, and leave',
  reactor: 'place-opener',
  async history(node) {
    await world(node.log, node.executor);
    await proposed(node);
    const next = async (stream = 'programme-tp') => ({
      expectedVersion: (await node.log.read(stream)).length,
    });
    await node.must(
      office,
      'programme',
      'tp',
      'EnrolPlace',
      { placeId: 'kent', name: 'Kent', kind: 'pilot', region: 'South East' },
      await next(),
    );
    // A record of a place may stand in a log before the place does.
    const data = {
      programmeId: 'tp',
      placeId: 'kent',
      kind: 'guidance',
      statement: 'Three forms',
      effectOnResidents: 'They wait',
      triageDueOn: '2009-07-31',
    };
    const by = {
      recordedAt: node.clock.now(),
      actor: { account: 'sec', role: 'secretariat' as const },
      commandId: 'early',
      fingerprint: '',
      correlation: '',
    };
    await node.log.append(
      'barrier-early',
      0,
      encode('barrier-early', 0, [{ type: 'BarrierRecorded', data }], by),
    );
    await openPlaces(node.log, node.executor);
    await node.must(
      office,
      'programme',
      'tp',
      'RenamePlace',
      { placeId: 'durham', name: 'County Durham' },
      await next(),
    );
    await node.must(
      office,
      'place',
      'durham',
      'AssignChampion',
      { account: 'champion.dh', departmentId: 'dwp', from: '2009-06-01' },
      await next('place-durham'),
    );
    await node.must(
      office,
      'programme',
      'tp',
      'WithdrawPlace',
      { placeId: 'durham', reason: 'It merged with its neighbour' },
      await next(),
    );
  },
  writes: [],
};

function open(events: readonly LoggedEvent[]) {
  const db = new Database(':memory:');
  const engine = new Engine(db, [access, placeProgress], reference, {
    readAll: () => [],
    head: () => events.at(-1)!.position,
  });
  while (engine.step());
  const table = (short: string) =>
    db
      .prepare<[string], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE ?")
      .pluck()
      .get(`${short}%`)!;
  const kept = ['access_records', 'place_progress_items', 'place_progress_places'].map((short) =>
    lately(db, table(short), { max: 1 }),
  );
  const [streams, ties] = [new Set<string>(), new Set<string>()];
  const parties = db
    .prepare<[], string>(`SELECT DISTINCT party FROM ${table('place_progress_waiting')}`)
    .pluck();
  const ask = () => {
    const [a, d, p] = [engine.queries(access), engine.queries(due), engine.queries(placeProgress)];
    const waits = parties.all().map((party) => [party, d.waitingFor(party)]);
    for (const [party] of waits)
      for (const { tie } of d.walk(party as string)({ descending: false, limit: 1000 })) ties.add(tie);
    const places = [...streams].filter((s) => s.startsWith('place-')).map((s) => s.slice(6));
    return JSON.stringify({
      rows: [...streams].map((s) => a.ofStream(s) ?? s),
      programmes: places.map((id) => [id, a.programmeOf(id) ?? null, p.nameOf(id) ?? null]),
      items: [...ties].map((tie) => d.at(tie)),
      waits,
      enrolled: p.enrolled(),
    });
  };
  const anew = () => {
    for (const of of kept) of.clear();
    return ask();
  };
  return { db, engine, streams, ties, ask, anew };
}

test('what is kept is what the tables say', { timeout: 280_000 }, async (t) => {
  for (const [i, scene] of [...scenes, moves].entries()) {
    const dir = join(t.testdir(), String(i));
    mkdirSync(dir, { recursive: true });
    const events = await historyOf(dir, scene);
    const opened = open(events);
    for (const e of events) opened.streams.add(e.stream);
    const wrong: string[] = [];
    const look = (when: string, e: LoggedEvent): void => {
      if (opened.ask() !== opened.anew()) wrong.push(`${when} ${e.type}`);
    };
    opened.anew();
    for (const e of events) {
      const before = [...opened.ties];
      opened.db.exec('BEGIN');
      opened.engine.apply([e]);
      opened.ask();
      opened.db.exec('ROLLBACK');
      opened.engine.rolledBack();
      opened.ties.clear();
      for (const tie of before) opened.ties.add(tie);
      look('rolled back:', e);
      opened.db.transaction(() => opened.engine.apply([e]))();
      look('after', e);
    }
    t.same([...new Set(wrong)], [], scene.title);
    opened.db.close();
  }
});
