// The reference tables are read from beside the compiled sources: `copy-data.mjs [folder]`, by default dist.
import { cpSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const to = process.argv[2] ?? 'dist';
cpSync(new URL('data/reference/', root), new URL(`${to}/data/reference/`, root), { recursive: true });
