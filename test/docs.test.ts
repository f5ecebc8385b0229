import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { aggregateNamed } from '../src/domain/registry.js';
import { apiLines } from '../scripts/docs/api.js';
import { columnName } from '../src/http/query/csv.js';
import { columnsLost, csvLists, csvPage } from '../scripts/docs/csv.js';
import { eventsPage } from '../scripts/docs/event.js';
import { openapi } from '../src/http/openapi.js';
import { dueItemsPage, permissionsPage } from '../scripts/docs/domain.js';
import { type DueCode, dueRoles } from '../src/domain/progress/due-codes.js';
import { everyCase, Property } from './holds.js';

const file = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

test('the documents made from the registry are what it says: run npm run docs', async (t) => {
  t.equal(file('docs/permissions.md'), permissionsPage());
  t.equal(file('docs/due-items.md'), dueItemsPage());
  t.equal(file('docs/events.md'), eventsPage());
  t.equal(
    file('docs/api.txt'),
    `${apiLines(openapi('0')).join('\n')}\n`,
    'what the API takes and answers: a line that goes or changes breaks somebody’s program',
  );
});

test('no column of a CSV goes or moves unless its version is raised', async (t) => {
  const page = file('docs/csv.md');
  t.same(columnsLost(page, csvPage()), [], 'raise columnsVersion of the list, or give the column back');
  t.equal(page, csvPage(), 'run npm run docs');
  const lists = csvLists();
  t.ok(lists.length >= 15 && lists.some((l) => l.url === '/v1/timeline'), `${lists.length} lists`);
  const pool = lists.find((l) => l.url === '/v1/pools')!;
  const changed = (columns: readonly any[], version = 1): string[] =>
    columnsLost(page, csvPage(lists.map((l) => (l === pool ? { ...l, csv: { columns, version } } : l))));
  const { columns } = pool.csv;
  const promised = pool.csv.version ?? 1;
  t.match(changed(columns.slice(1), promised), [/^\/v1\/pools: id went; raise/], 'one gone');
  t.match(changed(['key', ...columns.slice(1)], promised), [/id went/], 'one renamed');
  t.match(
    changed([columns[1], columns[0], ...columns.slice(2)], promised),
    [/columns moved/],
    'two the other way round',
  );
  t.same(changed(['id', 'new', ...columns.slice(1)], promised), [], 'one more');
  t.same(changed(columns.slice(1), promised + 1), [], 'with the version raised');
  t.match(changed(columns, promised - 1), [/was published already/], 'an earlier version');
  const { paths } = openapi('0');
  everyCase(t, 'OpenAPI names the columns of a list, and their version', (look) => {
    for (const { url, csv } of lists) {
      const { description } = (paths[url.replace(':id', '{id}').replace(/\?.*/, '')] as any).get
        .responses[200].content['text/csv'].schema;
      const names = new RegExp(
        `Columns, version ${csv.version ?? 1}: ${csv.columns.map(columnName).join(', ')}(\\.|$)`,
      );
      look(`${url}: ${description}`, names.test(description), true);
    }
  });
});

test('every operation says that it may be asked too often, and that the service may be away', async (t) => {
  everyCase(t, 'an operation has an answer of 401, 429 and 503', (look) => {
    for (const [path, operations] of Object.entries<Record<string, any>>(openapi('0').paths))
      for (const [method, { responses, security }] of Object.entries(operations))
        look(
          `${method} ${path}`,
          // Where no token is asked for, none is missing.
          [...(security?.length === 0 ? [] : [401]), 429, 503].filter((status) => !responses[status]),
          [],
        );
  });
});

test('what is due waits for those who may give the command that ends it', async (t) => {
  /**
   * The commands by which a party does what it owes; those of other roles (a withdrawal by the pledger) are
   * not its deed.
   */
  const deeds: Record<DueCode, readonly string[]> = {
    step: [
      'place.ActivatePlace',
      'submission.Submit',
      'submission.SignOff',
      'pool.OpenPool',
      'commitment.Accept',
    ],
    'sign-off': ['submission.SignOff'],
    're-sign': ['submission.SendForSignOff'],
    triage: ['barrier.Triage'],
    ownership: ['barrier.AcceptOwnership'],
    answer: ['barrier.Respond'],
    rung: ['barrier.Direct', 'barrier.Respond'],
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
    orphan: ['commitment.Reassign', 'pool.ReleasePledge', 'collaborative.AppointChair'],
    approval: ['account.ApproveGrant', 'account.RefuseGrant', 'account.ApproveRebinding'],
  };
  /**
   * Roles that may give the command and are not waited for, because it is another's duty, or told them by an
   * item of its own.
   */
  const others: Partial<Record<DueCode, Record<string, string>>> = {
    step: {
      'programme-office': 'activates a parallel place that has no collaborative; the place owes the step',
      'seat-holder': 'is asked by the offer of the commitment',
      official: 'is asked by the offer of the commitment',
    },
    report: {
      secretariat: 'may write it down for an owner at its table, who owes it',
      member: 'as the secretariat, in a parallel place',
    },
    orphan: {
      'seat-holder': 'may hand its own promise over; that it has an owner again is the table’s to see to',
      official: 'as a seat-holder',
    },
  };
  const known = new Property('a deed is a command');
  const waits = new Property('what is due waits for those who may end it, but those named above');
  for (const [code, commands] of Object.entries(deeds)) {
    const may = new Set<string>();
    for (const command of commands) {
      const [aggregate = '', name = ''] = command.split('.');
      const entry = aggregateNamed(aggregate).commands[name];
      known.holds(t, command, entry !== undefined);
      for (const role of entry?.givenBy ?? []) if (role !== 'system') may.add(role);
    }
    const besides = Object.keys(others[code as DueCode] ?? {});
    waits.same(t, code, [...dueRoles[code as DueCode], ...besides].sort(), [...may].sort());
  }
  known.settle(t);
  waits.settle(t);
});
