/**
 * One key and one request: the promise is one record's, for creations of every kind, by whoever gives the id,
 * and after a restart.
 */
import { test } from 'tap';
import { seed } from '../../src/demo/seed/index.js';
import { build } from '../../src/app.js';
import { openDemo } from '../../src/demo/demo.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { commandRoutes } from '../../src/http/commands.js';
import { localIssuer } from '../../src/demo/issuer.js';
import { decode } from '../../src/log/codec.js';
import { loadReference } from '../../src/runtime/reference.js';
import { copySeeded } from '../seeded.js';
import { isProblem, office, officeAccount, type Answer } from './harness.js';

const place = 'durham';
const lead = [`secretariat@place:${place}`, 'post.lead'] as const;
const partners = ['durham-county-council', 'county-durham-pct'];

interface Creation {
  readonly as: readonly [as: string, account: string];
  readonly body: Record<string, unknown>;
  /** The same with another text: where a record has its id from the body, that part of it is left. */
  readonly other: Record<string, unknown>;
}
/**
 * By command: what creates one, without an id of the client's. A programme's id is its office's to have, not
 * to choose.
 */
const creations: Readonly<Record<string, Creation>> = {
  RegisterAgency: {
    as: [office, officeAccount],
    body: {
      name: 'Someshire',
      sector: 'other',
      type: 'body',
      identifiers: [{ scheme: 'programme', code: 'SOME-1', from: '2009-06-01' }],
      startOn: '2009-06-01',
    },
    other: { name: 'Othershire' },
  },
  RegisterPerson: {
    as: [office, officeAccount],
    body: { programmeId: 'total-place', account: 'post.somebody', name: 'Some Body' },
    other: { name: 'Any Body' },
  },
  EstablishCollaborative: {
    as: ['secretariat@place:newshire', 'post.lead'],
    body: { placeId: 'newshire', rule: { kind: 'consent' }, quorum: { n: 1, d: 2 } },
    other: { quorum: { n: 2, d: 3 } },
  },
  RecordBarrier: {
    as: lead,
    body: {
      placeId: place,
      kind: 'guidance',
      statement: 'Three assessments',
      effectOnResidents: 'Told three times',
    },
    other: { statement: 'Another' },
  },
  RegisterStream: {
    as: ['official@agency:department-for-work-and-pensions', 'post.official'],
    body: {
      name: 'New Deal',
      years: { from: '2009-10', to: '2010-11' },
      ringFenced: true,
      purposes: { cofog: ['07'], text: 'Work' },
      conditions: 'For work only',
    },
    other: { name: 'Newer Deal' },
  },
  ProposePool: {
    as: lead,
    body: {
      name: 'Talking',
      placeId: place,
      legalBasis: 'aligned',
      partners,
      hostAgencyId: partners[0],
      managerAgencyId: partners[0],
      purposes: { cofog: ['07'], text: 'Therapies' },
      years: ['2009-10'],
      noticeMonths: 6,
    },
    other: { name: 'Walking' },
  },
  StartSubmission: {
    as: lead,
    body: { programmeId: 'total-place', roundNo: 3, placeId: place },
    other: { backdatedBecause: 'It was begun on paper' },
  },
  DraftCommitment: {
    as: lead,
    body: {
      placeId: place,
      title: 'One assessment',
      change: 'Once',
      ownerAgencyId: partners[0],
      level: 'place',
      measure: 'Families',
      evidenceExpected: 'Records',
      startOn: '2009-10-26',
      dueOn: '2010-01-29',
    },
    other: { title: 'Two assessments' },
  },
  DraftDecision: {
    as: lead,
    body: { placeId: place, question: 'Shall it be pooled?', text: 'It is pooled.', forum: 'collaborative' },
    other: { text: 'It is not.' },
  },
  Invite: {
    as: ['access-administrator@programme:total-place', 'demo.access-administrator'],
    body: { account: 'newcomer', programmeId: 'total-place', invitation: '0'.repeat(64) },
    other: { invitation: '1'.repeat(64) },
  },
  RequestWaiver: {
    as: lead,
    body: { rule: 'EXTENSION_TOO_LONG', placeId: place, reason: 'Away', until: '2009-11-30' },
    other: { reason: 'Ill' },
  },
};

test('one key is one record’s promise', async (t) => {
  const dataDir = t.testdir();
  await copySeeded(dataDir);
  const issuer = await localIssuer();
  async function open() {
    const service = await openDemo({
      dataDir,
      ref: loadReference(),
      seed,
      speed: 0,
      onError: (e) => t.fail(String(e)),
    });
    const app = await build({ service, verify: createVerifier(issuer.verifier), version: '0.0.0-test' });
    return {
      service,
      async post(
        [as, account]: readonly [string, string],
        url: string,
        key: string,
        body: object,
      ): Promise<Answer> {
        const headers = {
          authorization: `Bearer ${await issuer.token(account, [as])}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        };
        const answer = await app.inject({ method: 'POST', url, headers, payload: JSON.stringify(body) });
        await service.reactors.idle();
        return {
          status: answer.statusCode,
          headers: answer.headers,
          raw: answer.body,
          json: JSON.parse(answer.body),
        };
      },
      async close() {
        await app.close();
        await service.close();
      },
    };
  }
  const routes = commandRoutes.filter((r) => r.entry.creates && r.name !== 'DefineProgramme');
  t.same(
    routes.map((r) => r.name).sort(),
    Object.keys(creations).sort(),
    'a creation of every kind of record is tried',
  );
  const first = new Map<string, Answer>();

  let harness = await open();
  const programme = '/v1/programmes/total-place';
  const must = async (url: string, body: object): Promise<void> =>
    t.equal(
      (await harness.post([office, officeAccount], url, `must-${url}`, body)).status,
      200,
      url,
    ) as unknown as void;
  await must(`${programme}/places`, {
    placeId: 'newshire',
    name: 'Newshire',
    kind: 'parallel',
    region: 'East of England',
  });
  for (const { name, url, ownId } of routes) {
    const { as, body, other } = creations[name]!;
    const made = await harness.post(as, url, 'one-key', body);
    t.equal(made.status, 201, `${name}: ${made.raw}`);
    t.equal(made.headers.location, `${url}/${made.json.id}`);
    first.set(name, made);
    if (ownId) t.match(made.json.id, /^[0-9a-f]{8}-[0-9a-f]{4}-5/, `${name}: its id follows from the key`);
    const head = await harness.service.log.head();
    const again = await harness.post(as, url, 'one-key', body);
    t.equal(again.headers['idempotent-replayed'], 'true', `${name}: a replay`);
    t.same(
      [again.status, again.json, again.headers.location],
      [201, made.json, made.headers.location],
      `${name}: with the first answer`,
    );
    isProblem(
      t,
      await harness.post(as, url, 'one-key', { ...body, ...other }),
      422,
      'IDEMPOTENCY_MISMATCH',
      `${name}: with another body`,
    );
    t.same(
      harness.service.log.readAll(head, 100).map((e) => decode(e).type),
      ['CommandRefused'],
      `${name}: and nothing else was recorded`,
    );
  }

  // With another id it is another record's promise: each holds by itself.
  const barrier = (id: string, statement: string) =>
    harness.post(lead, '/v1/barriers', 'one-key', { id, ...creations.RecordBarrier!.body, statement });
  const statements = { 'idem-a': 'one', 'idem-b': 'another' };
  const given = new Map<string, Answer>();
  for (const [id, statement] of Object.entries(statements)) {
    const made = await barrier(id, statement);
    t.match([made.status, made.json.id, made.headers['idempotent-replayed']], [201, id, undefined], id);
    given.set(id, made);
  }
  isProblem(
    t,
    await barrier('idem-a', 'another'),
    422,
    'IDEMPOTENCY_MISMATCH',
    'the first with the words of the second',
  );
  t.not(first.get('RecordBarrier')!.json.id, 'idem-a', 'and the one without an id is a third');

  await harness.close();
  harness = await open();
  const head = await harness.service.log.head();
  for (const { name, url } of routes) {
    const { as, body, other } = creations[name]!;
    const again = await harness.post(as, url, 'one-key', body);
    const made = first.get(name)!;
    t.same(
      [again.status, again.json, again.headers.location, again.headers['idempotent-replayed']],
      [201, made.json, made.headers.location, 'true'],
      `${name}: after a restart`,
    );
    isProblem(
      t,
      await harness.post(as, url, 'one-key', { ...body, ...other }),
      422,
      'IDEMPOTENCY_MISMATCH',
      `${name}: and for another body`,
    );
  }
  for (const [id, statement] of Object.entries(statements)) {
    const again = await barrier(id, statement);
    t.same(
      [again.json, again.headers['idempotent-replayed']],
      [given.get(id)!.json, 'true'],
      `${id}: after a restart`,
    );
  }
  t.same(
    [...new Set(harness.service.log.readAll(head, 1000).map((e) => decode(e).type))],
    ['CommandRefused'],
    'nothing was recorded twice',
  );

  // Another person's key is another key.
  const theirs = await harness.post(
    [lead[0], 'post.other'],
    '/v1/barriers',
    'one-key',
    creations.RecordBarrier!.body,
  );
  t.not(theirs.json.id, first.get('RecordBarrier')!.json.id);
  await harness.close();
});

test('the API’s description says how far the promise reaches', async (t) => {
  const { openapi } = await import('../../src/http/openapi.js');
  const { paths, components } = openapi('0.0.0-test');
  for (const { url, entry, ownId, name } of commandRoutes) {
    const refs = (paths[url.replace(':id', '{id}')]!.post!.parameters as object[]).map((p) =>
      '$ref' in p
        ? components.parameters[String(p.$ref).split('/').at(-1)!]!
        : (p as Record<string, unknown>),
    );
    const description = String(refs.find((p) => p.name === 'Idempotency-Key')!.description);
    t.match(description, entry.creates ? /promise is one record’s/ : /promise is this record’s/, name);
    t.equal(
      description.includes('the same key gives the same id'),
      ownId,
      `${name}: where the id follows from the key`,
    );
  }
});
