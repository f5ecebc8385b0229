// Templates, the icon and the compiled stylesheet stand beside the compiled sources: `copy-web.mjs [folder]`,
// by default dist.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile } from 'sass';

const root = new URL('../', import.meta.url);
const web = new URL(`${process.argv[2] ?? 'dist'}/src/web/`, root);
cpSync(new URL('src/web/templates/', root), new URL('templates/', web), { recursive: true });
mkdirSync(new URL('assets/', web), { recursive: true });
cpSync(new URL('src/web/assets/favicon.svg', root), new URL('assets/favicon.svg', web));
const { css } = compile(fileURLToPath(new URL('src/web/assets/app.scss', root)), {
  loadPaths: [fileURLToPath(new URL('node_modules/', root))],
  style: 'compressed',
  quietDeps: true,
});
writeFileSync(new URL('assets/app.css', web), css);
