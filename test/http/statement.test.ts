/**
 * What is signed: whoever signs a return reads the statement that the service makes of it, and signs that
 * one.
 */
import { createHash } from 'node:crypto';
import { test } from 'tap';
import { isProblem, office, officeAccount, openHarness } from './harness.js';

test('the statement is given to those who may read the making of a return, and no other hash is signed', async (t) => {
  const harness = await openHarness(t);
  const id = 'total-place.1.durham';
  const url = `/v1/submissions/${id}`;
  const { accountableBodyId: body } = (
    await harness.inject(office, officeAccount, 'GET', '/v1/places/durham')
  ).json;
  const officer = [`finance-officer@agency:${body}`, 'officer-1'] as const;
  const lead = ['secretariat@place:durham', 'post.programme-lead.durham'] as const;
  const read = async (by: readonly [string, string], query = '') =>
    (await harness.inject(...by, 'GET', `${url}${query}`)).json;

  const before = await read(officer);
  t.match(
    before,
    {
      status: 'submitted',
      submittedVersion: 1,
      statement: { text: /^I sign version 1 of the interim findings of round 1 of durham/ },
    },
    'what was signed in the seed is still there',
  );
  await harness.command(office, officeAccount, `${url}/change-requests`, {
    sections: ['narrative'],
    reason: 'Say more',
    dueOn: '2009-11-20',
  });
  t.notOk((await read(officer)).statement, 'nothing waits for a signature');
  await harness.command(...lead, `${url}/answers`, {
    sectionId: 'narrative',
    content: { text: 'Told anew.' },
    expectedVersion: (await read(lead)).version,
  });
  await harness.command(...lead, `${url}/section-completions`, { sectionId: 'narrative' });
  await harness.command(...lead, `${url}/sign-off-requests`, {
    included: [{ aggregate: 'pool', id: 'durham-warm-homes' }],
  });

  const { statement, version, included } = await read(officer);
  t.equal(statement.hash, createHash('sha256').update(statement.text, 'utf8').digest('hex'));
  t.match(
    statement.text,
    new RegExp(`^I sign version 2 .*, as a finance officer of ${body}, its accountable body\\.`),
  );
  t.match(statement.text, `version ${version} of its record`);
  t.match(statement.text, `- pool durham-warm-homes, version ${included[0].version} of its record`);
  for (const by of [
    [office, officeAccount],
    ['treasury@programme:total-place', 'treasury-1'],
    ['champion@place:durham', 'champion-1'],
  ] as const)
    t.notOk('statement' in (await read(by)), `${by[0]} reads what was submitted, not its making`);

  const sign = (statementHash: string) =>
    harness.inject(...officer, 'POST', `${url}/sign-off`, { statementHash });
  for (const other of ['a'.repeat(64), before.statement.hash]) {
    const refused = await sign(other);
    isProblem(t, refused, 422, 'STATEMENT_DIFFERS', 'another hash');
    t.match(refused.json, {
      detail: /Read the return’s statement again/,
      errors: [{ path: '/statementHash' }],
    });
  }
  t.equal((await sign(statement.hash)).status, 200);
  await harness.command(...lead, `${url}/submission`, {});
  t.same((await read(officer)).statement, statement, 'submitted, the statement is what was signed');
  const [stored] = (await harness.service.log.read(`submission-${id}`)).slice(-1);
  t.match(stored!.body, statement.hash, 'and the submitted findings name it');
});
