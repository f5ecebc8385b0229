import { readFileSync } from 'node:fs';
import { test } from 'tap';
import type { DueCode } from '../src/domain/core.js';
import { aggregateNamed } from '../src/domain/index.js';
import { dueRoles } from '../src/domain/progress.js';
import { eventsPage } from '../src/event-docs.js';
import { openapi } from '../src/http/openapi.js';
import { dueItemsPage, permissionsPage } from '../src/domain-docs.js';

const file = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

test('the documents made from the registry are what it says: run npm run docs', async (t) => {
  t.equal(file('docs/permissions.md'), permissionsPage());
  t.equal(file('docs/due-items.md'), dueItemsPage());
  t.equal(file('docs/events.md'), eventsPage());
  const { version } = JSON.parse(file('package.json'));
  t.strictSame(JSON.parse(file('docs/openapi.json')), JSON.parse(JSON.stringify(openapi(version))));
});

test('what is due waits for those who may give the command that ends it', async (t) => {
  /** The commands by which a party does what it owes; those of other roles (a withdrawal by the pledger) are not its deed. */
  const deeds: Record<DueCode, readonly string[]> = {
    step: ['place.ActivatePlace', 'submission.Submit', 'submission.SignOff', 'pool.OpenPool'],
    'sign-off': ['submission.SignOff'],
    're-sign': ['submission.SendForSignOff'],
    triage: ['barrier.Triage'],
    ownership: ['barrier.AcceptOwnership'],
    answer: ['barrier.Respond'],
    evidence: ['barrier.SupplyEvidence'],
    deed: ['barrier.ClaimRemoved'],
    confirmation: ['barrier.ConfirmRemoved'],
    pledge: ['pool.ConfirmPledge'],
    champion: ['place.AssignChampion'],
    offer: ['commitment.Accept'],
    delivery: ['commitment.ClaimComplete'],
    report: ['commitment.Report'],
    verification: ['commitment.Verify'],
    position: ['decision.TakePosition'],
    consent: ['decision.RecordExternalConsent'],
    outcome: ['decision.RecordOutcome'],
    review: ['decision.RecordReview'],
    orphan: ['commitment.Reassign', 'collaborative.AppointChair'],
  };
  for (const [code, commands] of Object.entries(deeds)) {
    const may = new Set(
      commands.flatMap((c) => {
        const [aggregate, name] = c.split('.');
        const entry = aggregateNamed(aggregate!).commands[name!];
        t.ok(entry, `${c} is a command`);
        return entry?.by ?? [];
      }),
    );
    t.same(
      [...dueRoles[code as DueCode]].filter((role) => !may.has(role)),
      [],
      `${code}: it waits for nobody who may not do it`,
    );
  }
});
