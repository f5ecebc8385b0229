/**
 * The specs of the domain, in one process: what they need takes longer to load than most of them to run. Each
 * file runs by itself too.
 */
import { readdirSync } from 'node:fs';
import t from 'tap';

// All of them are one test to tap, which by default ends one after 30 seconds: how fast this machine is says
// nothing about them.
t.setTimeout(600_000);
const folder = new URL('domain/', import.meta.url);
for (const file of readdirSync(folder).sort())
  if (file.endsWith('.test.ts')) await import(new URL(file, folder).href);
