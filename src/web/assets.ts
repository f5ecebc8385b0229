/**
 * What pages load besides themselves: one stylesheet and an icon, under names that change with their
 * contents. A build compiles the stylesheet (scripts/copy-web.mjs); run from source it is compiled when it is
 * first needed, and kept.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../http/server/problem.js';

const home = fileURLToPath(new URL('./assets/', import.meta.url));
const packages = fileURLToPath(new URL('../../node_modules/', import.meta.url));

export interface Asset {
  /** Its address. */
  readonly url: string;
  readonly type: string;
  readonly content: Buffer;
}
export interface Assets {
  readonly css: Asset;
  readonly icon: Asset;
}

/** Of a hash, so much tells one version of a file from another. */
const hashChars = 16;
const hashOf = (...parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, hashChars);
};

function asset(name: string, ending: string, type: string, content: Buffer): Asset {
  return { url: `/assets/${name}-${hashOf(content)}.${ending}`, type, content };
}

/** The stylesheet as the build made it, or as it is compiled from source. */
async function stylesheet(): Promise<Buffer> {
  const built = join(home, 'app.css');
  if (existsSync(built)) return readFileSync(built);
  const sources = readdirSync(home).filter((name) => name.endsWith('.scss'));
  const source = hashOf(...sources.sort().map((name) => readFileSync(join(home, name))));
  const { version } = JSON.parse(readFileSync(join(packages, 'govuk-frontend/package.json'), 'utf8')) as {
    version: string;
  };
  const cache = join(packages, '.cache/total-place');
  const kept = join(cache, `app-${hashOf(source, version)}.css`);
  if (existsSync(kept)) return readFileSync(kept);
  const { compile } = await import('sass');
  const css = compile(join(home, 'app.scss'), {
    loadPaths: [packages],
    style: 'compressed',
    quietDeps: true,
  }).css;
  mkdirSync(cache, { recursive: true });
  // Put in its place at once: whoever reads it meanwhile finds all of it, or none.
  const half = `${kept}.${process.pid}`;
  writeFileSync(half, css);
  renameSync(half, kept);
  return Buffer.from(css);
}

let loaded: Promise<Assets> | undefined;
/** Read once for all who serve them in this process. */
export const loadAssets = (): Promise<Assets> =>
  (loaded ??= stylesheet().then((css) => ({
    css: asset('app', 'css', 'text/css; charset=utf-8', css),
    icon: asset('icon', 'svg', 'image/svg+xml', readFileSync(join(home, 'favicon.svg'))),
  })));

/** Serves them for good: what changes has another name. */
export function installAssets(app: FastifyInstance, assets: Assets): void {
  const byUrl = new Map(Object.values(assets).map((one: Asset) => [one.url, one]));
  app.get('/assets/:name', async (request, reply) => {
    const { name } = request.params as { readonly name: string };
    const found = byUrl.get(`/assets/${name}`);
    if (!found) throw new Problem(404, 'NOT_FOUND', 'There is no such file. Load the page again.');
    return reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type(found.type)
      .send(found.content);
  });
}
