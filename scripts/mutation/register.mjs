/** Loaded before a mutation run's specs: the switches of `hooks.mjs`, all of them on. */
import { register } from 'node:module';

globalThis.passes = () => true;
register('./hooks.mjs', import.meta.url);
