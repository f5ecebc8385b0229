/** How a write that met another one is tried again. */
import { pause } from '../log/waiting.js';

/** So often at most is a command decided, or a refusal written, before its author is told to come again. */
export const maxTries = 5;

/**
 * Waits, at random, up to 10 ms for each try so far: two nodes that met on a stream hardly meet there again.
 */
export const backOff = (tries: number): Promise<void> => pause(Math.random() * 10 * tries);
