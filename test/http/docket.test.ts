/** The live stream of a department's docket: what it does, and what waits for it. */
import { test } from 'tap';
import { commandRoutes } from '../../src/http/commands.js';
import { openHarness } from './harness.js';
import { listen } from './live.js';

const noun = (name: string): string => commandRoutes.find((r) => r.name === name)!.entry.segment!;

test(
  'a docket’s stream has the offers made to its department, and none made to another',
  { timeout: 60_000 },
  async (t) => {
    const harness = await openHarness(t);
    await harness.app.listen({ port: 0, host: '127.0.0.1' });
    const lead = ['secretariat@place:suffolk', 'post.lead'] as const;
    const [pensions, health, justice] = [
      'department-for-work-and-pensions',
      'department-of-health',
      'ministry-of-justice',
    ];
    const docket = await listen(
      t,
      harness,
      `official@agency:${pensions}`,
      'post.official',
      `docket:${pensions}`,
    );
    const verifiers = await listen(
      t,
      harness,
      `official@agency:${health}`,
      'post.verifier',
      `docket:${health}`,
    );
    const all = await listen(t, harness, ...lead, 'programme');
    const offer = async (id: string, ownerAgencyId: string, verifierAgencyId: string) => {
      const terms = {
        accountable: { official: 'Deputy director' },
        measure: 'One form',
        evidenceExpected: 'The circular',
        dueOn: '2009-12-18',
        verifierAgencyId,
      };
      await harness.command(...lead, '/v1/commitments', {
        id,
        placeId: 'suffolk',
        title: 'Form',
        change: 'One form',
        ownerAgencyId,
        level: 'whitehall',
        ...terms,
      });
      await harness.command(...lead, `/v1/commitments/${id}/offer`, {});
    };
    await offer('to-another', justice, 'suffolk-county-council');
    await offer('to-it', pensions, health);
    await all.until((e) => e.type === 'CommitmentOffered' && e.data.record.id === 'to-it');
    await docket.until((e) => e.type === 'CommitmentOffered');
    const told = (stream: typeof all) =>
      stream.events.filter((e) => e.type === 'CommitmentOffered').map((e) => e.data.record.id);
    t.same(told(docket), ['to-it']);
    t.same(told(verifiers), [], 'who will verify it owes nothing yet');
    // What is claimed waits for its verifier, who is told of it from then on.
    const official = [`official@agency:${pensions}`, 'post.official'] as const;
    await harness.command(...official, `/v1/commitments/to-it/${noun('Accept')}`, { consent: true });
    await harness.command(...official, `/v1/commitments/to-it/${noun('ClaimComplete')}`, {
      evidence: [
        { type: 'document', description: 'Circular 12/2009', date: '2009-10-22', locator: 'Website' },
      ],
    });
    await verifiers.until((e) => e.type === 'CompletionClaimed');
    await harness.command(
      `official@agency:${health}`,
      'post.verifier',
      `/v1/commitments/to-it/${noun('ReturnClaim')}`,
      { reason: 'The circular has not been sent' },
    );
    await Promise.all(
      [docket, verifiers].map((stream) => stream.until((e) => e.type === 'CompletionReturned')),
    );
    t.same(
      verifiers.events.map((e) => e.type),
      ['CompletionClaimed', 'CompletionReturned'],
    );
    for (const live of [docket, verifiers, all]) live.close();
  },
);
