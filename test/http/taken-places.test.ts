/**
 * Logs from the time before an id was refused: a second programme enrolled the first one's places, and went
 * on to rename, excuse, extend and withdraw them, and to begin and miss returns of them. Every reader of the
 * first is answered as if that had never been written.
 */
import { test } from 'tap';
import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../../src/domain/kernel/types.js';
import { encode } from '../../src/log/codec.js';
import { submissionTracker } from '../../src/projections/views/submission-tracker.js';
import { answersOf, changesIn } from './answers.js';
import { openHarness, type Harness } from './harness.js';
import { questions } from './questions.js';

const readers = [
  { as: 'treasury@programme:total-place', account: 'post.spending-team' },
  { as: 'secretariat@place:kent', account: 'post.lead.kent' },
  { as: 'seat-holder@place:kent+agency:kent-county-council', account: 'post.head.kent-county-council' },
  { as: 'auditor@programme:total-place', account: 'post.auditor' },
  { as: 'auditor@place:kent', account: 'post.auditor.kent' },
  { as: 'member@place:suffolk', account: 'post.member.suffolk' },
  { as: '', account: 'citizen' },
];
const world = {
  programme: ['total-place'],
  place: ['kent', 'suffolk'],
  agency: ['kent-county-council'],
  submission: ['total-place.1.kent', 'nh.1.kent', 'nh.2.kent'],
  collaborative: ['kent'],
};

const day = (d: string) => ({ from: d, to: d, precision: 'day', tbc: false });
const round = (roundNo: number) => ({
  roundNo,
  kind: 'interim',
  observation: { from: '2009-06-01', to: '2009-08-31' },
  window: { from: day('2009-09-01'), to: day('2009-09-18') },
});
const theirs = (placeId: string): NewEvent[] => [
  { type: 'PlaceEnrolled', data: { placeId, name: 'Taken', kind: 'parallel', region: 'Nowhere' } },
  { type: 'PlaceRenamed', data: { placeId, from: 'Taken', to: 'Taken over' } },
  { type: 'PlaceKindChanged', data: { placeId, from: 'parallel', to: 'pilot', reason: 'More' } },
  { type: 'AreaAdded', data: { placeId, code: 'E06000047', name: 'Elsewhere', from: '2009-06-01' } },
  { type: 'StepExcused', data: { placeId, stepId: 'interim', reason: 'Not theirs to excuse' } },
  {
    type: 'ExtensionGranted',
    data: {
      placeId,
      roundNo: 1,
      from: '2009-09-18',
      to: '2010-02-26',
      reason: 'Not theirs to extend',
      waiverId: 'none',
    },
  },
];
const start = (roundNo: number) => ({
  programmeId: 'nh',
  roundNo,
  roundKind: 'interim',
  placeId: 'kent',
  placeKind: 'pilot',
  templateVersion: 1,
  template: [],
});

/** As the old code wrote it: what it decided on is not looked at. */
async function write(harness: Harness, stream: string, ...events: NewEvent[]): Promise<void> {
  const { log, clock } = harness.service;
  const version = (await log.read(stream)).length;
  const actor = { account: 'post.programme-office.nh', role: 'programme-office' as const };
  const commandId = randomUUID();
  await log.append(
    stream,
    version,
    encode(stream, version, events, {
      recordedAt: clock.now(),
      actor,
      commandId,
      fingerprint: 'sha256:00',
      correlation: commandId,
    }),
  );
}

test(
  'what another programme wrote of a place changes nothing that its own programme’s readers are answered',
  { timeout: 600_000 },
  async (t) => {
    const harness = await openHarness(t);
    // Pages of the whole timeline hold what the other programme says of itself; those of a record or place do
    // not.
    const all = questions(world).filter(
      (url) => !url.startsWith('/v1/events') && !/[?&](type|format|asAt)=/.test(url),
    );
    // Nobody reacts any more: as after a start with what the old reactors had done.
    await harness.service.reactors.stop();
    await write(harness, 'programme-nh', {
      type: 'ProgrammeDefined',
      data: {
        name: 'New Homes',
        kind: 'regional',
        ragScale: 'three',
        period: 'quarter',
        startOn: '2009-06-01',
        endOn: '2010-03-31',
      },
    });
    const before = await answersOf(harness, readers, all, 'nh');
    // A question that nobody may ask as it is put is not asked again.
    for (const [question, { status }] of before as Map<string, { status: number }>)
      if (status === 400) before.delete(question);
    const urls = [
      ...new Set([...before.keys()].map((question) => question.slice(question.indexOf(' /') + 1))),
    ];

    await write(
      harness,
      'programme-nh',
      { type: 'RoundPlanned', data: round(1) },
      { type: 'RoundPlanned', data: round(2) },
      ...theirs('kent'),
      ...theirs('suffolk'),
    );
    await write(harness, 'submission-nh.1.kent', {
      type: 'SubmissionMissed',
      data: { ...start(1), missing: ['pools'] },
    });
    const pins = {
      placeId: 'kent',
      roundKind: 'interim',
      roundNo: 2,
      accountableBodyId: 'kent-county-council',
      pins: [],
    };
    await write(
      harness,
      'submission-nh.2.kent',
      { type: 'SubmissionStarted', data: start(2) },
      { type: 'SubmissionSentForSignOff', data: pins },
    );
    await write(
      harness,
      'programme-nh',
      { type: 'PlaceWithdrawn', data: { placeId: 'kent', reason: 'Gone' } },
      {
        type: 'RoundClosed',
        data: { roundNo: 1, kind: 'interim', submitted: [], late: [], missing: ['kent'] },
      },
    );

    const told = async (what: string) => {
      // An agency's officers read the programme tier of every programme: of the other one's records that they
      // are there.
      const changes = changesIn(before, await answersOf(harness, readers, urls, 'nh')).filter(
        (change) => !/^seat-holder\S+ \S+nh\.1\.kent/.test(change),
      );
      t.strictSame(changes, [], what);
    };
    await told('as the events came');
    for (const view of harness.service.engine.status()) harness.service.engine.rebuild(view.name);
    await harness.service.engine.catchUp();
    await told('and after every view was built anew');

    const newHomes = async (url: string) =>
      (await harness.inject('programme-office@programme:nh', 'office.nh', 'GET', url)).json;
    t.strictSame((await newHomes('/v1/programmes/nh')).places, {}, 'the other programme shows none of them');
    t.strictSame((await newHomes('/v1/programmes/nh/progress')).places, []);
    t.strictSame((await newHomes('/v1/places?programmeId=nh')).items, []);
    t.strictSame(
      (await newHomes('/v1/timeline?placeId=kent&limit=200')).items.filter((e: { record: { id: string } }) =>
        e.record.id.startsWith('nh'),
      ),
      [],
    );
    t.notOk(
      (await newHomes('/v1/calendar?programmeId=nh')).items.some(
        (e: { placeId: string | null }) => e.placeId,
      ),
      'nor a date of theirs',
    );
    t.strictSame(
      harness.service.engine
        .queries(submissionTracker)
        .list({ placeId: 'kent' })
        .filter((s) => s.programmeId === 'nh'),
      [],
    );
  },
);

test('a name from before names were a programme’s holds until the programme gives its own', async (t) => {
  const harness = await openHarness(t, { seed: [] });
  const [office, account] = ['programme-office@programme:total-place', 'post.programme-office'] as const;
  const definition = {
    id: 'total-place',
    name: 'Total Place',
    kind: 'national',
    ragScale: 'three',
    period: 'quarter',
    startOn: '2009-06-01',
    endOn: '2010-03-31',
  };
  await harness.command(office, account, '/v1/programmes', definition);
  await write(harness, `person-${account}`, {
    type: 'PersonRegistered',
    data: { accountId: account, name: 'Anna Gill', officeHolder: true },
  });
  const called = async () =>
    (await harness.inject(office, account, 'GET', '/v1/timeline?record=programme-total-place')).json.items[0]
      .actor.name;
  t.equal(await called(), 'Anna Gill');
  t.equal(
    (await harness.inject('public@', 'citizen', 'GET', `/v1/people/${account}`)).json.name,
    'Anna Gill',
    'and its page is where it was',
  );
  await harness.command(office, account, '/v1/people', {
    programmeId: 'total-place',
    account,
    name: 'Anna Hill',
    officeHolder: true,
  });
  t.equal(await called(), 'Anna Hill');
});
