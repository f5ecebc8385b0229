/**
 * The list of returns: a place's members know what is being made of its return, the programme only what it
 * was sent. Each reader's list, in any order and by any filter, stands by the status that this reader is
 * shown, and holds nothing that is not theirs.
 */
import { test } from 'tap';
import { office, officeAccount, openHarness } from './harness.js';
import { Property } from '../holds.js';

type Who = readonly [as: string, account: string];
const lead = (place: string): Who => [`secretariat@place:${place}`, `post.lead.${place}`];
const treasury: Who = ['treasury@programme:total-place', 'treasury'];
interface Shown {
  readonly id: string;
  readonly placeId: string;
  readonly roundNo: number;
  readonly status: string;
}

test('returns are listed by the status that their reader is shown', { timeout: 120_000 }, async (t) => {
  const harness = await openHarness(t);
  const id = (place: string, roundNo = 1): string => `total-place.${roundNo}.${place}`;
  const seeded = (await harness.inject(office, officeAccount, 'GET', '/v1/submissions?limit=200')).json
    .items as Shown[];

  // Being mended: their members see that they are ready again, everybody else that changes were asked for.
  for (const place of ['durham', 'kent', 'suffolk', 'croydon']) {
    const url = `/v1/submissions/${id(place)}`;
    const { sections } = (await harness.inject(...lead(place), 'GET', url)).json;
    const { sectionId, content } = sections[0];
    await harness.command(office, officeAccount, `${url}/change-requests`, {
      sections: [sectionId],
      reason: 'More',
      dueOn: '2009-11-20',
    });
    if (place === 'croydon') continue;
    const { version: expectedVersion } = (await harness.inject(...lead(place), 'GET', url)).json;
    await harness.command(...lead(place), `${url}/answers`, {
      sectionId,
      content: { ...content, text: 'Told anew.' },
      expectedVersion,
    });
    await harness.command(...lead(place), `${url}/section-completions`, { sectionId });
  }
  for (const place of ['birmingham', 'lewisham'])
    await harness.command(office, officeAccount, `/v1/submissions/${id(place)}/acceptance`, {});
  // Begun, and not sent: nobody else knows of them.
  for (const placeId of ['durham', 'kent'])
    await harness.command(...lead(placeId), '/v1/submissions', {
      programmeId: 'total-place',
      roundNo: 3,
      placeId,
    });

  const outside = new Map([
    ...seeded.map((s) => [s.id, s.status] as const),
    ...['durham', 'kent', 'suffolk', 'croydon'].map((place) => [id(place), 'changes-requested'] as const),
    ...['birmingham', 'lewisham'].map((place) => [id(place), 'accepted'] as const),
  ]);
  const inside = new Map([
    ...outside,
    ...['durham', 'kent', 'suffolk'].map((place) => [id(place), 'ready'] as const),
    ...['durham', 'kent'].map((place) => [id(place, 3), 'in-progress'] as const),
  ]);

  const shown = new Property('each reader is shown the returns that are theirs to see, filtered and sorted');
  for (const [reader, members] of [
    [treasury, []],
    [lead('suffolk'), ['suffolk']],
    [
      ['secretariat@place:durham secretariat@place:kent', 'post.both'],
      ['durham', 'kent'],
    ],
  ] as readonly (readonly [Who, readonly string[]])[]) {
    const whole: Shown[] = [...inside.keys()].flatMap((key) => {
      const [, roundNo, placeId] = key.split('.') as [string, string, string];
      const status = (members.includes(placeId) ? inside : outside).get(key);
      return status ? [{ id: key, placeId, roundNo: Number(roundNo), status }] : [];
    });
    const statuses = ['ready', 'changes-requested', 'in-progress', 'accepted', 'submitted'];
    const filters = [
      {},
      { roundNo: 3 },
      { placeId: 'durham' },
      { placeId: 'suffolk' },
      ...statuses.map((status) => ({ status })),
      { placeId: 'kent', status: 'changes-requested' },
    ];
    for (const sort of ['id', 'placeId', 'roundNo', 'status'] as const)
      for (const filter of filters) {
        const less = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
        const wanted = whole
          .filter((s) => Object.entries(filter).every(([k, v]) => s[k as keyof Shown] === v))
          .sort((a, b) => less(a[sort], b[sort]) || less(a.id, b.id));
        for (const way of ['', '-']) {
          const found: Shown[] = [];
          const asked = new URLSearchParams({ sort: `${way}${sort}`, limit: '4', ...filter } as Record<
            string,
            string
          >);
          for (let next: string | null = `/v1/submissions?${asked.toString()}`; next !== null;) {
            const page: { json: any } = await harness.inject(...reader, 'GET', next);
            found.push(
              ...page.json.items.map(({ id, placeId, roundNo, status }: Shown) => ({
                id,
                placeId,
                roundNo,
                status,
              })),
            );
            next = page.json.next;
          }
          shown.same(t, `${asked.toString()} for ${reader[0]}`, found, way ? wanted.reverse() : wanted);
        }
      }
  }
  shown.settle(t);
  t.strictSame(harness.errors, []);
});

test('whether a return was begun is not told by which audience may be asked for', async (t) => {
  const harness = await openHarness(t);
  const begun = { programmeId: 'total-place', placeId: 'durham', roundNo: 3 };
  await harness.command(...lead('durham'), '/v1/submissions', begun);
  const asked = async (placeId: string, audience: string) => {
    const url = `/v1/submissions?placeId=${placeId}&roundNo=3&audience=${audience}`;
    const { status, json } = await harness.inject('public@', 'nobody', 'GET', url);
    return { status, items: json.items };
  };
  for (const audience of ['members', 'programme', 'public'])
    for (const sort of ['', '&status=in-progress', '&sort=status'])
      t.strictSame(
        await asked('durham', `${audience}${sort}`),
        await asked('kent', `${audience}${sort}`),
        `${audience}${sort}`,
      );
});
