import { aggregate } from './core.js';

declare module './core.js' {
  interface States {
    barrier: { status: string };
  }
}
export const barrier = aggregate<{ status: string }>({ name: 'barrier', collection: 'barriers', initial: () => ({ status: 'none' }), title: () => '', events: {}, commands: {} });
