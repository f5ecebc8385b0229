// The tables are read from beside the compiled sources: `copy-data.mjs [folder]`, by default dist.
import { cpSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const to = process.argv[2] ?? 'dist';
for (const tables of ['data/reference/', 'data/seed/'])
  cpSync(new URL(tables, root), new URL(`${to}/${tables}`, root), { recursive: true });
