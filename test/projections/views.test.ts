/** Every view of the service, on the histories of the reactors' scenes. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { closeDays } from '../../src/process-managers/clock.js';
import { contentHash } from '../../src/domain/kernel/hash.js';
import type { NewEvent } from '../../src/domain/kernel/types.js';
import { encode } from '../../src/log/codec.js';
import { views } from '../../src/projections/index.js';
import { historyOf } from '../process-managers/proof.js';
import { department, proposed } from '../process-managers/scenes/barriers.js';
import { scenes } from '../process-managers/scenes/index.js';
import { planRound, sent } from '../process-managers/scenes/submissions.js';
import { seatHolder, office, pledge, secretariat, world } from '../commands/world.js';
import { viewSpec, type History } from './view-spec.js';

/** What no reactor waits for, and a view keeps. */
const more: typeof scenes = [
  { title: 'a return waits to be signed', reactor: 'sign-off-voider', history: sent, writes: [] },
  {
    title: 'steps are required, one place has more time',
    reactor: 'clock',
    work: (node) => closeDays(node.executor, node.clock, ['tp']),
    async history(node) {
      await world(node.log, node.executor);
      await planRound(node);
      const steps = [{ stepId: 'interim', name: 'Interim findings', due: { roundNo: 1 } }];
      const next = async () => ({ expectedVersion: (await node.log.read('programme-tp')).length });
      await node.must(office, 'programme', 'tp', 'RequireSteps', { placeKind: 'pilot', steps }, await next());
      await node.must(
        office,
        'programme',
        'tp',
        'ExtendRoundForPlace',
        { roundNo: 1, placeId: 'durham', to: '2009-09-30', reason: 'Away' },
        await next(),
      );
      await node.must(office, 'programme', 'tp', 'ExcuseStep', {
        placeId: 'durham',
        stepId: 'interim',
        reason: 'By a council order',
      });
    },
    writes: [],
  },
  {
    title: 'another programme began a return of the place, before that was refused',
    reactor: 'place-opener',
    async history(node) {
      await world(node.log, node.executor);
      const write = (stream: string, ...events: NewEvent[]) =>
        node.log.append(
          stream,
          0,
          encode(stream, 0, events, {
            recordedAt: node.clock.now(),
            actor: { account: 'office.nh', role: 'programme-office' },
            commandId: stream,
            fingerprint: '',
            correlation: '',
          }),
        );
      const enrolled = { placeId: 'durham', name: 'Taken', kind: 'parallel', region: 'Nowhere' };
      const definition = {
        name: 'New Homes',
        kind: 'regional',
        ragScale: 'three',
        period: 'quarter',
        startOn: '2009-06-01',
        endOn: '2010-03-31',
      };
      await write(
        'programme-nh',
        { type: 'ProgrammeDefined', data: definition },
        { type: 'PlaceEnrolled', data: enrolled },
        { type: 'PlaceWithdrawn', data: { placeId: 'durham', reason: 'r' } },
      );
      const begun = {
        programmeId: 'nh',
        roundNo: 1,
        roundKind: 'interim',
        placeId: 'durham',
        placeKind: 'parallel',
        templateVersion: 1,
        template: [],
      };
      await write(
        'submission-nh.1.durham',
        { type: 'SubmissionStarted', data: begun },
        { type: 'SubmissionMissed', data: { ...begun, missing: [] } },
      );
    },
    writes: [],
  },
  {
    title: 'a theme is confirmed, and waits for a promise',
    reactor: 'place-opener',
    async history(node) {
      await world(node.log, node.executor);
      const version = async (stream: string) => ({ expectedVersion: (await node.log.read(stream)).length });
      await node.must(
        secretariat,
        'collaborative',
        'durham',
        'AppointChair',
        { seatId: 'council' },
        await version('collaborative-durham'),
      );
      await node.must(secretariat, 'place', 'durham', 'ProposeTheme', {
        themeId: 'drugs',
        title: 'Drugs and alcohol',
        policyThemeIds: [],
      });
      await node.must(
        { as: 'chair@place:durham+agency:council', account: 'seat-holder.council' },
        'place',
        'durham',
        'ConfirmTheme',
        { themeId: 'drugs' },
      );
    },
    writes: [],
  },
  {
    title: 'a pledge comes from a funding stream',
    reactor: 'place-opener',
    async history(node) {
      await world(node.log, node.executor);
      await proposed(node);
      await node.must(department, 'fundingstream', 'new-deal', 'RegisterStream', {
        name: 'New Deal',
        years: { from: '2009-10', to: '2010-11' },
        ringFenced: true,
        purposes: { cofog: ['07'], text: 'Work' },
        conditions: 'For work only',
      });
      await node.must(seatHolder('pct'), 'pool', 'treatment', 'Pledge', {
        ...pledge(1),
        fundingStreamId: 'new-deal',
      });
    },
    writes: [],
  },
  {
    title: 'accounts with grants are taken over, invited, and signed in to',
    reactor: 'place-opener',
    async history(node) {
      await world(node.log, node.executor);
      const hash = 'b'.repeat(64);
      const until = '2009-10-31';
      const give = async (aggregate: string, id: string, command: string, data: object) => {
        const commandId = `${id}.${command}`;
        const actor = { account: 'system:door', role: 'system' } as const;
        const outcome = await node.executor.execute({ aggregate, id, command, data, commandId, actor });
        if (outcome.kind === 'refused') throw new Error(outcome.refusal.detail);
      };
      const adopted = (account: string, subject: string, grants: object[]) => ({
        account,
        programmeId: 'tp',
        issuer: 'https://login.example.gov.uk',
        subject,
        binding: contentHash(subject),
        grants: grants.map((grant, n) => ({ grantId: `grant-${n}`, ...grant, until })),
      });
      const administrator = { role: 'access-administrator', programmeId: 'tp' };
      await give('account', 'ruth', 'Adopt', adopted('ruth', 'ruth', [administrator]));
      await give('account', 'anna', 'Adopt', adopted('anna', 'anna', []));
      await give('log', 'grants', 'AdoptGrants', {});
      await node.must(
        { as: 'access-administrator@programme:tp', account: 'ruth' },
        'account',
        'omar',
        'Invite',
        {
          account: 'omar',
          programmeId: 'tp',
          invitation: hash,
        },
      );
      await give('session', 'anna', 'StartSession', {
        accountId: 'anna',
        sid: '0123456789abcdef',
        kind: 'token',
        until: '2009-10-01T17:00:00.000Z',
        secret: hash,
        grants: ['secretariat@place:durham'],
      });
      await give('session', 'anna', 'EndSession', { sid: '0123456789abcdef' });
    },
    writes: [],
  },
  {
    title: 'a command is refused',
    reactor: 'place-opener',
    async history(node) {
      await world(node.log, node.executor);
      const theme = () => node.must(secretariat, 'place', 'durham', 'ConfirmTheme', { themeId: 'unknown' });
      await theme().then(
        () => Promise.reject(new Error('it was to be refused')),
        () => {},
      );
    },
    writes: [],
  },
];

test('every view, however its events come', { timeout: 280_000 }, async (t) => {
  const histories: History[] = [];
  for (const [i, scene] of [...scenes, ...more].entries()) {
    const dir = join(t.testdir(), String(i));
    mkdirSync(dir, { recursive: true });
    histories.push({ title: `${scene.reactor}: ${scene.title}`, events: await historyOf(dir, scene) });
  }
  for (const view of views) t.test(view.name, async (t) => viewSpec(t, view, histories));
});
