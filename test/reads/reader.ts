/** Reads for tests of their log. */
import type { Read } from '../../src/reads/read.js';

export const at = '2009-10-22T09:00:00.000Z';
export const from = (account: string, path: string, more: Partial<Read> = {}): Read => ({
  at,
  account,
  grants: { tag: `tag-${account}`, names: ['auditor@programme:total-place'] },
  method: 'GET',
  path,
  query: '',
  status: 200,
  ...more,
});
