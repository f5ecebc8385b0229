import { aggregate } from './core.js';

declare module './core.js' {
  interface States {
    submission: { status: string };
  }
}
export const submission = aggregate<{ status: string }>({ name: 'submission', collection: 'submissions', initial: () => ({ status: 'none' }), title: () => '', events: {}, commands: {} });
