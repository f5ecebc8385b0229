/**
 * Writes beside each image's tag in Dockerfile and docker-compose.yml the digest that its registry gives it
 * now, so that what is built and started is what was looked at: node scripts/pin-images.mjs
 * [--mirror https://host]. A registry that does not answer leaves its images as they are, says so, and the
 * exit code is 1. Run it again after a tag was changed: a digest that stands there is replaced.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { mirror: { type: 'string' }, root: { type: 'string' } } });
const root = values.root ?? fileURLToPath(new URL('../', import.meta.url));
const files = ['Dockerfile', 'docker-compose.yml'];
/** What stands after FROM or image:, also as the default of a variable: its name, its tag and its digest. */
const image = new RegExp(
  String.raw`^(\s*(?:FROM |image: (?:\$\{\w+:-)?))([a-z0-9][\w./-]*(?::\d+\/[\w./-]+)?):([\w.-]+)` +
    '(?:@sha256:[0-9a-f]{64})?',
  'gm',
);
const manifests = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** The registry of an image and its name there, as docker reads them. */
function placeOf(name) {
  const [first, ...rest] = name.split('/');
  if (rest.length > 0 && /[.:]|^localhost$/.test(first))
    return { registry: `https://${first}`, path: rest.join('/') };
  return {
    registry: values.mirror ?? 'https://registry-1.docker.io',
    path: rest.length > 0 ? name : `library/${name}`,
  };
}

/** Asks with the token that the registry says it wants (the distribution specification's Bearer scheme). */
async function ask(url, token) {
  const answer = await fetch(url, {
    method: 'HEAD',
    signal: AbortSignal.timeout(20_000),
    headers: { accept: manifests, ...(token ? { authorization: `Bearer ${token}` } : {}) },
  });
  const wants = answer.headers.get('www-authenticate') ?? '';
  if (answer.status !== 401 || token || !/^bearer /i.test(wants)) return answer;
  const { realm, ...query } = Object.fromEntries(
    [...wants.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  const given = await (
    await fetch(`${realm}?${new URLSearchParams(query)}`, { signal: AbortSignal.timeout(20_000) })
  ).json();
  return ask(url, given.token ?? given.access_token);
}

async function digestOf(name, tag) {
  const { registry, path } = placeOf(name);
  const answer = await ask(`${registry}/v2/${path}/manifests/${tag}`);
  const digest = answer.headers.get('docker-content-digest') ?? '';
  if (!answer.ok || !/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new Error(`${new URL(registry).host} answered ${answer.status}`);
  return digest;
}

const known = new Map();
for (const file of files) {
  const text = readFileSync(`${root}/${file}`, 'utf8');
  for (const [, , name, tag] of text.matchAll(image)) {
    const reference = `${name}:${tag}`;
    if (known.has(reference)) continue;
    try {
      known.set(reference, await digestOf(name, tag));
      console.log(`${reference}@${known.get(reference)}`);
    } catch (error) {
      known.set(reference, undefined);
      console.error(`${reference} stays as it is: ${error.cause?.code ?? error.message}`);
      process.exitCode = 1;
    }
  }
  const pinned = text.replace(image, (all, before, name, tag) => {
    const digest = known.get(`${name}:${tag}`);
    return digest ? `${before}${name}:${tag}@${digest}` : all;
  });
  if (pinned !== text) writeFileSync(`${root}/${file}`, pinned);
}
