/** How a write that met another one is tried again. */
import { pause } from '../log/waiting.js';

/** So often at most is a command decided, or a refusal written, before its author is told to come again. */
export const maxTries = 5;

/** Milliseconds that each try so far adds to the longest wait. */
const stepMs = 10;
/** Waits, at random: two nodes that met on a stream hardly meet there again. */
export const randomPause = (tries: number): Promise<void> => pause(Math.random() * stepMs * tries);
