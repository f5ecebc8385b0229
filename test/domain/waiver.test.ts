import { test, type Test } from 'tap';
import { z } from 'zod';
import { aggregate, kit } from '../../src/domain/kernel/aggregate.js';
import { waiver } from '../../src/domain/waiver/index.js';
import { coverage, disclosure, eventsFor, spec } from './spec.js';

const happened = eventsFor(waiver);

// Other records as they stand, so that these specs show this aggregate's rules alone.
const standing = (name: 'programme' | 'place' | 'barrier') => {
  const { event } = kit<object>();
  return aggregate<object>()({
    name,
    collection: name,
    initial: () => ({}),
    title: () => name,
    commands: {},
    events: {
      Stood: event(z.any(), {
        evolve: (s, d) => void Object.assign(s, d),
        describe: () => 'stood',
        access: (d) => d.access ?? {},
      }),
    },
  });
};
const stood = (data: object) => ({ type: 'Stood' as const, data });
const world = (t: Test, status = 'enrolled') =>
  spec(t, waiver)
    .with(standing('programme'), 'tp', stood({ places: { durham: { status } } }))
    .with(standing('place'), 'durham', stood({ programmeId: 'tp' }))
    .with(standing('barrier'), 'ours', stood({ access: { tier: 'members', placeId: 'durham' } }))
    .with(
      standing('barrier'),
      'nh',
      stood({ access: { tier: 'programme', placeId: 'durham', programmeId: 'nh' } }),
    )
    .with(standing('barrier'), 'theirs', stood({ access: { tier: 'members', placeId: 'kent' } }))
    .as('secretariat', 'place:durham');
const asked = {
  rule: 'EXTENSION_TOO_LONG',
  placeId: 'durham',
  reason: 'The director is away',
  until: '2009-10-31',
};
const requested = (by = 'secretariat-1') => ({
  event: happened('WaiverRequested', { ...asked, programmeId: 'tp' }),
  by: { account: by, role: 'secretariat' as const },
});
const granted = happened('WaiverGranted', { rule: asked.rule, placeId: 'durham', until: asked.until });
const refused = happened('WaiverRefused', { reason: 'No' });
const revoked = happened('WaiverRevoked', { reason: 'Over' });
const programmeOffice = (t: Test, ...given: Parameters<ReturnType<typeof world>['given']>) =>
  world(t)
    .given(...given)
    .as('programme-office', 'programme:tp');

test('a waiver is asked for: one waivable rule, one place or record, twelve months at most', async (t) => {
  const ask = (more: object = {}, status?: string) =>
    world(t, status).when('RequestWaiver', { ...asked, ...more });
  const { state, access } = ask().then({ type: 'WaiverRequested', data: { programmeId: 'tp' } });
  t.match(state, {
    status: 'requested',
    rule: 'EXTENSION_TOO_LONG',
    placeId: 'durham',
    until: '2009-10-31',
    requestedBy: 'secretariat-1',
  });
  t.match(access, { tier: 'programme', placeId: 'durham', programmeId: 'tp' });
  for (const rule of ['RAG_CONTRADICTED', 'DUE_AFTER_PROGRAMME'])
    ask({ rule }).then({ type: 'WaiverRequested' });
  for (const rule of ['SOD_CONFLICT', 'RING_FENCE_BREACH', 'POOL_OVERDRAWN', 'ONLY_OWNER_CAN_ACCEPT'])
    ask({ rule }).refuses('RULE_NOT_WAIVABLE');
  ask({ record: 'barrier-ours' }).then({ type: 'WaiverRequested', data: { record: 'barrier-ours' } });
  // Open, of another programme: as unknown as one that does not exist.
  for (const record of ['barrier-theirs', 'barrier-never', 'barrier-nh'])
    ask({ record }).refuses('RECORD_UNKNOWN');
  ask({ until: '2010-09-01' }).then({ type: 'WaiverRequested' });
  ask({ until: '2010-09-02' }).refuses('WAIVER_TOO_LONG');
  ask({ until: '2009-08-31' }).refuses('UNTIL_IN_PAST');
  ask({ until: '2009-09-01' }).then({ type: 'WaiverRequested' });
  ask({}, 'withdrawn').refuses('PLACE_WITHDRAWN');
  world(t)
    .as('seat-holder', 'place:durham+agency:pct')
    .when('RequestWaiver', asked)
    .refuses('NOT_A_SEAT_HOLDER');
  world(t).as('programme-office', 'programme:tp').when('RequestWaiver', asked).refuses('NOT_ALLOWED');
});

test('the programme office decides on it, and never who asked', async (t) => {
  t.equal(
    programmeOffice(t, requested())
      .when('Grant', { reason: 'One section is missing' })
      .then({ type: 'WaiverGranted', data: { rule: asked.rule, until: asked.until } }).state.status,
    'granted',
  );
  t.equal(
    programmeOffice(t, requested()).when('Refuse', { reason: 'No' }).then({ type: 'WaiverRefused' }).state
      .status,
    'refused',
  );
  programmeOffice(t, requested('programme-office-1')).when('Grant').refuses('SECOND_PERSON_REQUIRED');
  programmeOffice(t, requested('programme-office-1'))
    .when('Refuse', { reason: 'No' })
    .refuses('SECOND_PERSON_REQUIRED');
  programmeOffice(t, requested()).at('2009-11-01').when('Grant').refuses('UNTIL_IN_PAST');
  for (const done of [[granted], [refused], [granted, revoked]]) {
    programmeOffice(t, requested(), ...done)
      .when('Grant')
      .refuses('WRONG_STATE');
    programmeOffice(t, requested(), ...done)
      .when('Refuse', { reason: 'No' })
      .refuses('WRONG_STATE');
  }
  world(t).given(requested()).when('Grant').refuses('NOT_ALLOWED');
  t.equal(
    programmeOffice(t, requested(), granted)
      .when('Revoke', { reason: 'Over' })
      .then({ type: 'WaiverRevoked' }).state.status,
    'revoked',
  );
  programmeOffice(t, requested()).when('Revoke', { reason: 'Over' }).refuses('WRONG_STATE');
});

test('the programme office opens it to everybody', async (t) => {
  disclosure(t, waiver, [requested()], {
    owner: ['programme-office', 'programme:tp'],
    not: ['secretariat', 'place:durham'],
  });
});

test('every command and refusal of a waiver has a spec', async (t) => coverage(t, waiver));
