/** What the demo's places are told is late or near: each by what it is called, and none like another. */
import { test } from 'tap';
import { decode } from '../../src/log/codec.js';
import { Property } from '../holds.js';
import { openHarness } from './harness.js';

const readers: readonly string[] = [
  'programme-office@programme:total-place',
  'auditor@programme:total-place',
  'secretariat@place:leicester-leicestershire',
  'secretariat@place:suffolk',
  'secretariat@place:kent',
  'official@agency:department-for-work-and-pensions',
];
/** Read as a word of a text, an id of this form is no English. */
const idForm = /[a-z0-9]+(?:-[a-z0-9]+)+/g;

test('each reason of a place, and each thing that waits, names what it is about', async (t) => {
  const harness = await openHarness(t);
  const ids = new Set(harness.service.log.readAll(0, 100_000).map((stored) => decode(stored).recordId));
  const apart = new Property('no two reasons of a place read the same');
  const named = new Property('no reason, and nothing that waits, is told by an id');
  for (const as of readers) {
    const get = async (url: string): Promise<any> => (await harness.inject(as, 'post.x', 'GET', url)).json;
    const told: string[] = [];
    for (const place of (await get('/v1/programmes/total-place/progress')).places) {
      const texts: string[] = place.reasons.map((reason: any) => reason.text);
      const twice = texts.filter((text, nth) => texts.indexOf(text) !== nth);
      apart.same(t, `${place.id} for ${as}`, twice, []);
      told.push(...texts, ...place.reasons.map((reason: any) => reason.deed));
    }
    told.push(...(await get('/v1/me/actions?limit=100')).items.map((action: any) => action.deed));
    told.push(...(await get('/v1/calendar?limit=100')).items.map((entry: any) => entry.title));
    const docket = await get('/v1/departments/department-for-work-and-pensions/docket');
    told.push(...docket.items.map((item: any) => item.deed));
    for (const text of told) {
      const bare = [...text.matchAll(idForm)].map(([word]) => word).filter((word) => ids.has(word));
      named.same(t, text, bare, []);
    }
  }
  apart.settle(t);
  named.settle(t);
});
