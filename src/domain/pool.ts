import { aggregate } from './core.js';

declare module './core.js' {
  interface States {
    pool: { status: string };
  }
}
export const pool = aggregate<{ status: string }>({ name: 'pool', collection: 'pools', initial: () => ({ status: 'none' }), title: () => '', events: {}, commands: {} });
