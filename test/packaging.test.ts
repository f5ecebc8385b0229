/** The container files, parsed: no engine is needed. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import t from 'tap';
import { parse } from 'yaml';

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const steps = read('Dockerfile')
  .split('\n')
  .filter((l) => l.trim() !== '' && !l.startsWith('#'));
const of = (word: string, from = steps): string[] =>
  from.filter((l) => l.startsWith(`${word} `)).map((l) => l.slice(word.length + 1).trim());
const last = steps.slice(steps.findLastIndex((l) => l.startsWith('FROM ')));

t.test('the image has two stages on Node 24 and runs as a numbered user that is not root', async (t) => {
  t.equal(of('FROM').length, 2);
  for (const from of of('FROM')) t.match(from, /^node:24[-.]/);
  t.match(of('USER', last).at(-1), /^[1-9]\d*(:[1-9]\d*)?$/);
  t.ok(last.some((l) => l.startsWith('COPY --from=build ')));
});

t.test('it starts node itself, on the built command line, and asks after its health', async (t) => {
  const command = JSON.parse(of('CMD', last).at(-1)!) as string[];
  const manifest = JSON.parse(read('package.json')) as {
    bin: Record<string, string>;
    scripts: Record<string, string>;
  };
  t.strictSame(command, ['node', manifest.bin['total-place'], 'serve']);
  t.equal(manifest.scripts.start, command.join(' '));
  t.match(of('HEALTHCHECK', last)[0], /CMD \["node", "-e", ".*\/health\/live/);
  t.notMatch(last.join('\n'), /\b(npm|npx|curl)\b/);
  t.match(of('ENV', last).join(' '), /HOST=0\.0\.0\.0/);
  t.strictSame(of('EXPOSE', last), ['3000']);
});

t.test('what every COPY takes from the context is there and not ignored', async (t) => {
  const ignored = new Set(read('.dockerignore').split('\n'));
  const names = of('COPY')
    .filter((l) => !l.startsWith('--from'))
    .flatMap((l) => l.split(/\s+/).slice(0, -1));
  t.ok(names.length > 0);
  for (const name of names) {
    t.notOk(ignored.has(name), name);
    t.ok(await import('node:fs').then((fs) => fs.existsSync(new URL(`../${name}`, import.meta.url))), name);
  }
  for (const name of ['node_modules', '.git', 'dist', '.env']) t.ok(ignored.has(name), name);
});

t.test('compose: the app alone, on the embedded log in a volume, with a health check', async (t) => {
  const { services, volumes } = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, any>;
    volumes: Record<string, unknown>;
  };
  const app = services.app;
  t.strictSame(
    Object.keys(services).filter((n) => !services[n].profiles),
    ['app'],
  );
  t.equal(app.environment.HOST, '0.0.0.0');
  t.match(app.ports[0], new RegExp(`:${app.environment.PORT}$`));
  const [volume, path] = app.volumes[0].split(':');
  t.ok(volume in volumes);
  t.equal(path, app.environment.DATA_DIR);
  t.match(app.healthcheck.test.join(' '), new RegExp(`^CMD node -e .*:${app.environment.PORT}/health/live`));
});

interface Service {
  readonly profiles?: string[];
  readonly image?: string;
  readonly environment?: Record<string, string>;
  readonly volumes?: string[];
  readonly restart?: string;
  readonly healthcheck?: { readonly test: string[] };
  readonly depends_on?: Record<string, { readonly condition: string }>;
  readonly networks?: string[] | Record<string, { readonly ipv4_address: string }>;
  readonly ports?: string[];
  readonly tmpfs?: string[];
  readonly command?: string[];
}
const composed = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  networks: Record<string, { internal?: boolean } | null>;
  configs: { proxy: { content: string } };
};
const named = (profile: string): [string, Service][] =>
  Object.entries(composed.services).filter(([, s]) => s.profiles?.includes(profile));

t.test(
  'compose, distributed: two equal app nodes behind a proxy, and one server that nobody reaches from outside',
  async (t) => {
    const services = Object.fromEntries(named('distributed'));
    t.strictSame(Object.keys(services).sort(), ['app-1', 'app-2', 'eventstore', 'prepare', 'proxy']);
    for (const name of ['app-1', 'app-2']) {
      const app = services[name]!;
      t.match(
        app.environment!.LOG_URL,
        /^\$\{LOG_URL:-esdb:\/\/eventstore:2113\?tls=false&namespace=total-place\}$/,
      );
      t.match(
        app.healthcheck!.test.join(' '),
        /\/health\/ready/,
        'the proxy waits until the views are built',
      );
      t.equal(app.restart, 'unless-stopped');
      t.equal(app.depends_on!.prepare!.condition, 'service_completed_successfully');
    }
    t.not(services['app-1']!.volumes![0], services['app-2']!.volumes![0], 'each has a view file of its own');
    t.match(composed.configs.proxy.content, /reverse_proxy app-1:3000 app-2:3000/);
    t.match(composed.configs.proxy.content, /health_uri \/health\/ready/);
    t.strictSame(services.eventstore!.networks, ['inside']);
    t.equal(services.eventstore!.restart, 'unless-stopped', 'a server may end with code 0');
    t.equal(composed.networks.inside!.internal, true);
    t.equal(services.eventstore!.ports, undefined);
    t.match(
      services.eventstore!.image,
      /^\$\{EVENTSTORE_IMAGE:-eventstore\/eventstore:24\.10/,
      'a variable, with a default that needs no licence key',
    );
    t.ok(services.eventstore!.healthcheck);
  },
);

t.test(
  'compose, cluster: three servers with TLS, certificates first, started again when they end',
  async (t) => {
    const services = Object.fromEntries(named('cluster'));
    t.strictSame(Object.keys(services).sort(), [
      'certificates',
      'eventstore-1',
      'eventstore-2',
      'eventstore-3',
    ]);
    t.equal(services.certificates!.restart, 'no');
    const nodes = [1, 2, 3].map((n) => services[`eventstore-${n}`]!);
    for (const [i, node] of nodes.entries()) {
      t.equal(node.restart, 'unless-stopped');
      t.equal(node.depends_on!.certificates!.condition, 'service_completed_successfully');
      t.ok(node.healthcheck);
      t.match(node.environment, {
        EVENTSTORE_CLUSTER_SIZE: '3',
        EVENTSTORE_RUN_PROJECTIONS: 'None',
        EVENTSTORE_CERTIFICATE_FILE: `/certs/node${i + 1}/node.crt`,
      });
      t.equal(node.environment!.EVENTSTORE_INSECURE, undefined);
      t.strictSame(
        node.environment!.EVENTSTORE_GOSSIP_SEED!.split(',').sort(),
        [1, 2, 3].filter((n) => n !== i + 1).map((n) => `eventstore-${n}:2113`),
        'it looks for the other two',
      );
      t.equal(
        (node.networks as Record<string, { ipv4_address: string }>).cluster!.ipv4_address,
        node.environment!.EVENTSTORE_REPLICATION_IP,
      );
    }
  },
);

t.test(
  'compose: "log prepare" reaches the secure cluster as its administrator; no app node can',
  async (t) => {
    const { prepare, ...others } = composed.services;
    t.strictSame(prepare!.command, ['node', 'dist/src/cli.js', 'log', 'prepare']);
    t.strictSame(prepare!.networks, ['inside', 'cluster']);
    t.strictSame(prepare!.volumes, ['authority:/certs/ca:ro']);
    t.equal(prepare!.environment!.LOG_ADMIN_PASSWORD, '${EVENTSTORE_ADMIN_PASSWORD:-}');
    for (const [name, service] of Object.entries(others))
      t.equal(service.environment?.LOG_ADMIN_PASSWORD, undefined, name);
  },
);

t.test(
  'compose: the key of the authority is seen by the one-shot alone, the key of a server by that server',
  async (t) => {
    const mounting = (volume: string): string[] =>
      Object.keys(composed.services).filter((n) =>
        composed.services[n]!.volumes?.some((v) => v.startsWith(`${volume}:`)),
      );
    t.strictSame(mounting('certificates'), ['certificates']);
    for (const n of [1, 2, 3]) t.strictSame(mounting(`key-${n}`).sort(), ['certificates', `eventstore-${n}`]);
    t.strictSame(mounting('authority').sort(), [
      'app-1',
      'app-2',
      'certificates',
      'eventstore-1',
      'eventstore-2',
      'eventstore-3',
      'prepare',
    ]);
    for (const name of mounting('authority').filter((n) => n !== 'certificates'))
      t.ok(composed.services[name]!.volumes!.includes('authority:/certs/ca:ro'), name);
    for (const n of [1, 2, 3])
      t.ok(composed.services[`eventstore-${n}`]!.volumes!.includes(`key-${n}:/certs/node${n}:ro`));
    const script = composed.services.certificates!.command!.join('\n').split('\n');
    t.strictSame(
      script.filter((l) => l.includes('/authority')).map((l) => l.trim()),
      ['cp ca/ca.crt /authority/ && chmod 755 /authority && chmod 644 /authority/ca.crt'],
      'nothing but the certificate of the authority goes where the apps look',
    );
  },
);

t.test('compose, test: one server in memory, on loopback, for npm run test:eventstore', async (t) => {
  t.strictSame(
    named('test').map(([name]) => name),
    ['eventstore-test'],
  );
  const server = composed.services['eventstore-test']!;
  t.strictSame(server.ports, ['127.0.0.1:2113:2113']);
  t.match(server.environment, {
    EVENTSTORE_INSECURE: 'true',
    EVENTSTORE_MEM_DB: 'true',
    EVENTSTORE_RUN_PROJECTIONS: 'None',
  });
  t.ok(server.tmpfs);
  t.equal(server.volumes, undefined, 'it leaves nothing');
  t.strictSame(server.healthcheck, composed.services.eventstore!.healthcheck);
  t.match(read('docs/how-to/test-on-eventstore.md'), /^docker compose --profile test up eventstore-test$/m);
});

t.test(
  'compose: every volume is declared, nothing listens beyond loopback, no secret has a default',
  async (t) => {
    for (const [name, service] of Object.entries(composed.services)) {
      for (const v of service.volumes ?? []) t.ok(v.split(':')[0]! in composed.volumes, `${name}: ${v}`);
      for (const p of service.ports ?? []) t.match(p, /^127\.0\.0\.1:/, `${name}: ${p}`);
      for (const [key, value] of Object.entries(service.environment ?? {})) {
        if (/PASSWORD|SECRET|^ADMIN$|^OPS$|TOKEN/.test(key))
          t.match(value, /^\$\{[A-Z_]+(:-|:\?[^}]*)\}$/, `${name}: ${key} has no default`);
        t.notMatch(value, /changeit|:\/\/[^@/]*:[^@/]*@/, `${name}: ${key}`);
      }
      if (service.restart !== 'no' && name !== 'prepare')
        t.ok(service.healthcheck, `${name} has a health check`);
    }
  },
);

/** Every image that is pulled, by file. */
const images = (text: string): string[] =>
  [...text.matchAll(/^\s*(?:FROM |image: (?:\$\{\w+:-)?)([\w./:@-]+)/gm)].map((m) => m[1]!);

t.test('images have exact tags', async (t) => {
  const all = [...images(read('Dockerfile')), ...images(read('docker-compose.yml'))];
  t.ok(all.length >= 5);
  for (const image of all) t.match(image, /^[\w./-]+:\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$/, image);
  const [build, run] = of('FROM').map((from) => from.split('-')[0]);
  t.equal(build, run, 'what was built on one Node runs on the same');
});

t.test('nothing is run at an installation but the one build that is needed', async (t) => {
  for (const file of ['Dockerfile', '.ci/run']) {
    const installs = read(file)
      .split('\n')
      .filter((l) => /npm (ci|install|prune)\b/.test(l) && !l.startsWith('#'));
    t.ok(installs.length > 0, file);
    for (const line of installs) t.match(line, /--ignore-scripts/, line);
    t.match(read(file), /npm rebuild better-sqlite3\b/);
  }
  t.match(read('.ci/run'), /npm sbom .*>\.ci\/out\/sbom\.cdx\.json/);
});

/**
 * A registry as the distribution specification has it: a token first, then the digest of a manifest; one
 * image is not there.
 */
async function registry(): Promise<{ url: string; asked: string[]; close: () => void }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://registry');
    if (pathname === '/token') return void response.end(JSON.stringify({ token: 'of-the-reader' }));
    if (request.headers.authorization !== 'Bearer of-the-reader')
      return void response
        .writeHead(401, {
          'www-authenticate': `Bearer realm="http://${request.headers.host}/token",service="registry",scope="repository:x:pull"`,
        })
        .end();
    asked.push(`${request.method} ${pathname}`);
    if (pathname.includes('caddy')) return void response.writeHead(404).end();
    response
      .writeHead(200, {
        'docker-content-digest': `sha256:${Buffer.from(pathname).toString('hex').padEnd(64, '0').slice(-64)}`,
      })
      .end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => (server.closeAllConnections(), server.close()),
  };
}

t.test(
  'pin-images writes the digests that a registry gives, and leaves alone what it does not',
  async (t) => {
    const root = t.testdir({
      Dockerfile: read('Dockerfile'),
      'docker-compose.yml': read('docker-compose.yml'),
    });
    const now = (name: string): string => readFileSync(`${root}/${name}`, 'utf8');
    const run = (mirror: string) =>
      promisify(execFile)(process.execPath, ['scripts/pin-images.mjs', '--root', root, '--mirror', mirror], {
        cwd: new URL('../', import.meta.url),
      }).then(
        () => ({ code: 0, stderr: '' }),
        (error: { code: number; stderr: string }) => error,
      );
    const packages = await registry();
    t.teardown(packages.close);
    const first = await run(packages.url);
    t.equal(first.code, 1, 'one was not there');
    t.match(first.stderr, /^caddy:[\w.-]+ stays as it is: 127\.0\.0\.1:\d+ answered 404$/m);
    const tags = packages.asked.filter((line) => line.includes('/library/node/'));
    t.same(tags, [...new Set(tags)], 'each is asked for once');
    for (const image of [...images(now('Dockerfile')), ...images(now('docker-compose.yml'))])
      t.match(image, image.startsWith('caddy') ? /^caddy:[\w.-]+$/ : /@sha256:[0-9a-f]{64}$/, image);
    t.equal(
      now('Dockerfile').replace(/@sha256:[0-9a-f]{64}/g, ''),
      read('Dockerfile').replace(/@sha256:[0-9a-f]{64}/g, ''),
      'nothing else is changed',
    );
    t.match(
      now('docker-compose.yml'),
      /\$\{EVENTSTORE_IMAGE:-eventstore\/eventstore:[\w.-]+@sha256:[0-9a-f]{64}\}/,
      'also where it is a default',
    );
    const pinned = now('Dockerfile');
    await run(packages.url);
    t.equal(now('Dockerfile'), pinned, 'run again it changes nothing');
    packages.close();
    t.match(await run(packages.url), { code: 1, stderr: /stays as it is: ECONNREFUSED/ });
    t.equal(now('Dockerfile'), pinned, 'a registry that is away takes no digest back');
  },
);
