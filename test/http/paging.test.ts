/** Page after page of a list, in every order it has: each row once, as in the whole list, whoever asks. */
import { test } from 'tap';
import { officeAccount, openHarness } from './harness.js';
import { Property } from '../holds.js';

test('the pages of a list are the list', { timeout: 240_000 }, async (t) => {
  const harness = await openHarness(t);
  const readers = ['auditor@programme:total-place', 'secretariat@place:suffolk', ''];
  const lists = ['/v1/barriers', '/v1/commitments', '/v1/decisions', '/v1/pools', '/v1/submissions'];
  const readable = new Property('a list is answered, and has rows to page');
  const inOrder = new Property('a list by id is in order');
  const same = new Property('the pages of a list are the list');
  const sorts = ['id', '-id', 'placeId', '-status'];
  for (const list of [
    ...lists,
    ...lists.map((l) => `${l}?placeId=suffolk`),
    '/v1/commitments?overdue=true',
    '/v1/barriers?locus=whitehall',
  ])
    for (const as of readers)
      for (const sort of sorts) {
        const url = `${list}${list.includes('?') ? '&' : '?'}sort=${sort}`;
        const whole = await harness.inject(as, officeAccount, 'GET', `${url}&limit=200`);
        const asked = `${url} for ${as || 'anybody'}`;
        readable.same(t, asked, whole.status, 200);
        const ids = whole.json.items.map((x: { id: string }) => x.id);
        if (as === readers[0] && lists.includes(list)) readable.holds(t, asked, ids.length > 1, ids);
        if (sort === 'id') inOrder.same(t, asked, ids, [...ids].sort());
        if (sort === '-id') inOrder.same(t, asked, ids, [...ids].sort().reverse());
        for (const limit of [1, 3]) {
          const paged: string[] = [];
          let next: string | null = `${url}&limit=${limit}`;
          while (next !== null) {
            const page: { json: any } = await harness.inject(as, officeAccount, 'GET', next);
            paged.push(...page.json.items.map((x: { id: string }) => x.id));
            if (page.json.items.length > limit || paged.length > ids.length) break;
            next = page.json.next;
          }
          same.same(t, `${asked}, ${limit} at a time`, paged, ids);
        }
      }
  for (const property of [readable, inOrder, same]) property.settle(t);
});
