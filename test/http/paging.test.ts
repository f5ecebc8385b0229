/** Page after page of a list, in every order it has: each row once, as in the whole list, whoever asks. */
import { test } from 'tap';
import { officeAccount, openHarness } from './harness.js';

test('the pages of a list are the list', { timeout: 240_000 }, async (t) => {
  const h = await openHarness(t);
  const readers = ['auditor@programme:total-place', 'secretariat@place:suffolk', ''];
  const lists = ['/v1/barriers', '/v1/commitments', '/v1/decisions', '/v1/pools', '/v1/submissions'];
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
        const whole = await h.inject(as, officeAccount, 'GET', `${url}&limit=200`);
        t.equal(whole.status, 200, url);
        const ids = whole.json.items.map((x: { id: string }) => x.id);
        if (as === readers[0] && lists.includes(list)) t.ok(ids.length > 1, `${url} has rows to page`);
        if (sort === 'id') t.strictSame(ids, [...ids].sort(), `${url} is in order`);
        if (sort === '-id') t.strictSame(ids, [...ids].sort().reverse(), `${url} is in order`);
        for (const limit of [1, 3]) {
          const paged: string[] = [];
          let next: string | null = `${url}&limit=${limit}`;
          while (next !== null) {
            const page: { json: any } = await h.inject(as, officeAccount, 'GET', next);
            paged.push(...page.json.items.map((x: { id: string }) => x.id));
            if (page.json.items.length > limit || paged.length > ids.length) break;
            next = page.json.next;
          }
          t.strictSame(paged, ids, `${url}, ${limit} at a time, for ${as || 'anybody'}`);
        }
      }
});
