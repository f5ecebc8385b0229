import { test } from 'tap';
import { days, refusals } from '../../src/domain/system/index.js';
import { coverage, eventsFor, spec } from './spec.js';

const closed = (date: string) => eventsFor(days)('DayClosed', { date });
const close = (date: string) => ({ date });

test('a day is closed once, after its end in London', async (t) => {
  const daysAt = (now: string) => spec(t, days).id('tp').given(closed('2009-10-20')).as('system').at(now);
  daysAt('2009-10-21T23:00:00.000Z').when('CloseDay', close('2009-10-21')).then(closed('2009-10-21'));
  daysAt('2009-10-21T22:59:59.999Z').when('CloseDay', close('2009-10-21')).refuses('DAY_NOT_OVER');
  daysAt('2009-10-22').when('CloseDay', close('2009-10-20')).nothing();
  daysAt('2009-10-22').when('CloseDay', close('2009-10-19')).nothing();
  spec(t, days)
    .as('secretariat', 'place:durham')
    .when('CloseDay', close('2009-08-01'))
    .refuses('NOT_ALLOWED');
});

test('a refusal is kept as what it was, for auditors alone', async (t) => {
  const refused = {
    code: 'SOD_CONFLICT',
    command: 'ConfirmPledge',
    target: 'pool-durham',
    placeId: 'durham',
    programmeId: 'tp',
    versionSeen: 4,
    payload: 'sha256:00',
  };
  const after = (unrecorded?: number) => ({
    ...refused,
    ...(unrecorded === undefined ? {} : { unrecorded }),
  });
  const { describe: says, data, access } = refusals.events.CommandRefused;
  t.strictSame(access!(refused, {} as never), { tier: 'auditors', placeId: 'durham', programmeId: 'tp' });
  for (const n of [undefined, 1, 40]) t.strictSame(data.parse(after(n)), after(n));
  t.match(
    [undefined, 1, 40].map((n) => says(after(n), {} as never)),
    [
      /: SOD_CONFLICT$/,
      /; before it 1 command was turned away undecided$/,
      /; before it 40 commands were turned away undecided$/,
    ],
  );
  t.notOk(data.safeParse(after(0)).success, 'none is not told of');
});

test('every command and refusal has been shown', async (t) => {
  coverage(t, days);
});
