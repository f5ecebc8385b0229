/** total-place demo: the seed programme, on the embedded log or on one that several nodes share. */
import { writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { build } from '../app.js';
import { openDemo, openSharedDemo } from '../demo/demo.js';
import { Journals } from '../runtime/disk.js';
import { createVerifier } from '../http/server/auth.js';
import { identityOf, localIssuer } from '../demo/issuer.js';
import { accountsOn } from '../runtime/accounts.js';
import { openSharedLog } from '../runtime/open.js';
import { buildOperator } from '../http/server/operator-app.js';
import { loadReference } from '../runtime/reference.js';
import { sessionSecrets } from '../runtime/session-keys.js';
import { doorOn } from './door.js';
import { closeTogether, listenTogether } from './serve.js';
import { posts, readers, shellFile } from '../demo/readers.js';
import { teller } from './present-error.js';

function port(text: string): number {
  const n = Number(text);
  if (!/^\d+$/.test(text) || n > 65_535)
    throw new InvalidArgumentError('Enter a whole number from 0 to 65535.');
  return n;
}
/** A clock that went backwards would be no clock. */
function speed(text: string): number {
  const n = Number(text);
  if (text.trim() === '' || !(n >= 0 && n <= 1_000_000))
    throw new InvalidArgumentError('Enter a number from 0 to 1000000.');
  return n;
}

interface Options {
  port: number;
  operatorPort?: number;
  dataDir: string;
  speed: number;
  log?: string;
  join?: boolean;
  issuerKey?: string;
  sessionKeys?: string;
  json?: boolean;
}

export const demoCommand = (version: string): Command =>
  new Command('demo')
    .description('the programme of 2009-10 on 22 October 2009, seeded and ticking')
    .option('--port <n>', 'port; 0 for any free one', port, 3000)
    .option(
      '--operator-port <n>',
      'a port of the operator’s own, for metrics, health and rebuild; 0 for any free one',
      port,
    )
    .option('--data-dir <dir>', 'where the demo lives', './var/demo')
    .option('--speed <n>', 'log seconds a second; 3600 shows the Budget come in days', speed, 1)
    .option(
      '--log <url>',
      'an EventStoreDB to hold the log: esdb://host:2113?tls=false&namespace=demo; without it the log ' +
        'is in the data directory; it needs --session-keys',
    )
    .option('--join', 'another node seeds the log and sets the clock; this one adopts it')
    .option(
      '--issuer-key <file>',
      'the key that signs the demo’s tokens, made where it is not: nodes that share it take each ' +
        'other’s tokens',
    )
    .option(
      '--session-keys <file>',
      'the secret by which it is known who is signed in (openssl rand -hex 32 makes one): nodes that share ' +
        'it know whoever signed in at another; without --log it is made in the data directory',
    )
    .option('--json', 'one line when ready: {"url", "tokens"}, and "operator" where it has an address')
    .action(async (given: Options) => {
      // Whoever started it with a channel is gone: nothing is left behind.
      process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
      if (given.join && !given.log) throw new Error('--join needs --log: nodes of one demo share a log');
      // Before anything is opened, so that what is missing is said at once.
      const secrets = sessionSecrets({
        file: given.sessionKeys,
        setting: '--session-keys',
        dataDir: given.dataDir,
        shared: given.log !== undefined,
      });
      const { seed } = await import('../demo/seed/index.js');
      const bar =
        given.json || given.join
          ? undefined
          : new SingleBar({
              format: 'Seeding 2009 {bar} {value}/{total}',
              noTTYOutput: true,
              notTTYSchedule: 2000,
            });
      const options = {
        dataDir: given.dataDir,
        ref: loadReference(),
        seed,
        speed: given.speed,
        // One that was seeded before makes no progress.
        onProgress: (n: number) => (bar?.isActive ? bar.update(n) : bar?.start(seed.length, n)),
        onError: teller(),
      };
      const open = async () =>
        given.log
          ? openSharedDemo({
              ...options,
              log: await openSharedLog(given.log, {
                dataDir: given.dataDir,
                clockKind: 'simulated',
                create: true,
              }),
              join: given.join ?? false,
            })
          : openDemo(options);
      // Drawn on, the bar would keep alive a process that has nothing more to do.
      const service = await open().finally(() => bar?.stop());
      new Journals(given.dataDir, console.error).watch();
      const issuer = await localIssuer(given.issuerKey);
      const accounts = accountsOn(service);
      // A port that is drawn is known when it listens: then nothing is linked from outside.
      const publicAddress = given.port === 0 ? undefined : `http://127.0.0.1:${given.port}`;
      const entry = { origin: publicAddress ?? 'http://127.0.0.1', issuers: [], secrets };
      const app = await build({
        service,
        version,
        publicAddress,
        verify: createVerifier(issuer.verifier),
        accounts,
        pages: { door: doorOn(service, accounts, entry, { posts, identityOf }) },
      });
      const own = given.operatorPort === undefined ? undefined : buildOperator(app);
      closeTogether(app, service, own);
      const host = '127.0.0.1';
      const [url, operator] = await listenTogether(
        `--port ${given.port}${own ? ` or --operator-port ${given.operatorPort}` : ''}`,
        service,
        [app, { port: given.port, host }],
        own && given.operatorPort !== undefined ? [own, { port: given.operatorPort, host }] : undefined,
      );
      const tokens: Record<string, string> = {};
      // They say only who somebody is: what they may do stands in the log.
      for (const r of readers) tokens[r.grant] = await issuer.token(r.account, []);
      const file = join(given.dataDir, 'demo.env');
      writeFileSync(file, shellFile(url, tokens, operator), { mode: 0o600 });
      if (given.json) return void console.log(JSON.stringify({ url, operator, tokens }));
      console.log(`\nTotal Place is at ${url}, on ${service.clock.now()} by its own clock.`);
      console.log(`Open ${url}/ in a browser first.\n`);
      if (operator) console.log(`OPERATOR, an address that asks for no token\n  ${operator}`);
      for (const r of readers) console.log(`${r.variable} ${r.grant}\n  ${tokens[r.grant]}`);
      console.log(`\nThe same is in ${file}. In another shell:\n\n  . ${shellPath(file)}`);
      const say = (variable: string, path: string): void =>
        console.log(`  curl -s -H "Authorization: Bearer $${variable}" "$URL${path}"`);
      say('TREASURY', '/v1/programmes/total-place/progress?since=2009-10-01');
      say('SECRETARIAT', '/v1/places/durham/progress');
      say('AUDITOR', '/v1/timeline?placeId=durham&limit=20');
    });

const shellPath = (file: string): string => (isAbsolute(file) || file.startsWith('./') ? file : `./${file}`);
