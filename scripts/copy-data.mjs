// The reference tables are read from beside the compiled sources.
import { cpSync } from 'node:fs';

const root = new URL('../', import.meta.url);
cpSync(new URL('data/reference/', root), new URL('dist/data/reference/', root), { recursive: true });
