import type { Giver } from '../../../src/demo/seed/types.js';

const administrator = (account: string): Giver => ({
  as: 'access-administrator@programme:total-place',
  account,
});
/** What one of them asks for another approves. */
export const administrators = [
  administrator('total-place.administrator-1'),
  administrator('total-place.administrator-2'),
] as const;
