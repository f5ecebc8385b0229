/** The container files, parsed: no engine is needed. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const steps = read('Dockerfile')
  .split('\n')
  .filter((l) => l.trim() !== '' && !l.startsWith('#'));
const of = (word: string, from = steps): string[] => from.filter((l) => l.startsWith(`${word} `)).map((l) => l.slice(word.length + 1).trim());
const last = steps.slice(steps.findLastIndex((l) => l.startsWith('FROM ')));

t.test('the image has two stages on Node 24 and runs as a numbered user that is not root', async (t) => {
  t.equal(of('FROM').length, 2);
  for (const from of of('FROM')) t.match(from, /^node:24[-.]/);
  t.match(of('USER', last).at(-1), /^[1-9]\d*(:[1-9]\d*)?$/);
  t.ok(last.some((l) => l.startsWith('COPY --from=build ')));
});

t.test('it starts node itself, on the built command line, and asks after its health', async (t) => {
  const command = JSON.parse(of('CMD', last).at(-1)!) as string[];
  const manifest = JSON.parse(read('package.json')) as { bin: Record<string, string>; scripts: Record<string, string> };
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
  const { services, volumes } = parse(read('docker-compose.yml')) as { services: Record<string, any>; volumes: Record<string, unknown> };
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
