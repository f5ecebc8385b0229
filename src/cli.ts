#!/usr/bin/env node
/** total-place serve | demo | rebuild | verify | export | backup */
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import closeWithGrace from 'close-with-grace';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import type { FastifyInstance } from 'fastify';
import { build } from './app.js';
import { machineClock } from './commands/clocks.js';
import { logCommand } from './cli-log.js';
import { readConfig } from './config.js';
import { openDemo } from './demo.js';
import { createVerifier } from './http/auth.js';
import { localIssuer } from './issuer.js';
import { SqliteLog } from './log/sqlite-log.js';
import { loadReference } from './reference.js';
import { logFile, openEngine, openService, type Service } from './service.js';
import { verifyLog } from './verify.js';

const version = '0.1.0';
const program = new Command('total-place').description('One record of who promised what, who agreed, and whether it happened').version(version);

function closeTogether(app: FastifyInstance, service: Service): void {
  closeWithGrace({ delay: 10_000 }, async () => {
    await app.close();
    await service.close();
  });
}
const kindOf = (dataDir: string): 'machine' | 'simulated' => {
  const log = new SqliteLog(logFile(dataDir), { clock: 'machine', readOnly: true });
  const { clock } = log.identity;
  void log.close();
  return clock;
};

program
  .command('serve')
  .description('serve the API on the embedded log; configured by the environment')
  .action(async () => {
    const config = readConfig(process.env);
    if (!config.AUTH_ISSUER || !config.AUTH_JWKS_URL) throw new Error('AUTH_ISSUER and AUTH_JWKS_URL say whose tokens to accept. To look around without them: total-place demo');
    const ref = loadReference(config.AREAS_FILE);
    const service = openService({ dataDir: config.DATA_DIR, clockKind: 'machine', clock: machineClock, ref, onError: (error) => console.error(error) });
    const app = await build({
      service,
      version,
      logger: { level: config.LOG_LEVEL },
      ratePerMinute: config.RATE_PER_MINUTE,
      bodyLimit: config.BODY_LIMIT,
      verify: createVerifier({ issuer: config.AUTH_ISSUER, audience: config.AUTH_AUDIENCE, algorithms: config.AUTH_ALGORITHMS, keys: new URL(config.AUTH_JWKS_URL) }),
    });
    closeTogether(app, service);
    await service.engine.catchUp();
    await service.keepTime();
    await app.listen({ port: config.PORT, host: config.HOST });
  });

const demoRoles = [
  'programme-office@programme:total-place',
  'treasury@programme:total-place',
  'auditor@programme:total-place',
  'access-administrator@programme:total-place',
  'secretariat@place:durham',
  'chair@place:durham+agency:durham-county-council',
  'seat-holder@place:durham+agency:county-durham-pct',
  'contributor@place:durham+agency:county-durham-pct',
  'finance-officer@agency:durham-county-council',
  'champion@place:kent',
  'official@agency:department-of-health',
  'member@place:suffolk',
  'public@',
];
/** Demo tokens belong to the account that holds the post in the seed, where one does. */
const demoAccount: Record<string, string> = {
  'chair@place:durham+agency:durham-county-council': 'post.chief-executive.durham-county-council',
  'seat-holder@place:durham+agency:county-durham-pct': 'post.chief-executive.county-durham-pct',
};

program
  .command('demo')
  .description('the programme of 2009-10 on 22 October 2009, seeded and ticking')
  .option('--port <n>', 'port; 0 for any free one', '3000')
  .option('--data-dir <dir>', 'where the demo lives', './var/demo')
  .option('--speed <n>', 'log seconds a second; 3600 shows the Budget come in days', '1')
  .option('--json', 'one line when ready: {"url", "tokens"}')
  .action(async (o: { port: string; dataDir: string; speed: string; json?: boolean }) => {
    const { seed } = await import('../data/seed/index.js');
    const bar = o.json ? undefined : new SingleBar({ format: 'Seeding 2009 {bar} {value}/{total}', noTTYOutput: true, notTTYSchedule: 2000 });
    bar?.start(seed.length, 0);
    const service = await openDemo({ dataDir: o.dataDir, ref: loadReference(), seed, speed: Number(o.speed), onProgress: (n) => bar?.update(n), onError: (error) => console.error(error) });
    bar?.stop();
    const issuer = await localIssuer();
    const app = await build({ service, version, verify: createVerifier(issuer.verifier) });
    closeTogether(app, service);
    const url = await app.listen({ port: Number(o.port), host: '127.0.0.1' });
    const tokens: Record<string, string> = {};
    for (const name of demoRoles) tokens[name] = await issuer.token(demoAccount[name] ?? `demo.${name.split('@')[0]}`, name === 'public@' ? [] : [name]);
    if (o.json) return void console.log(JSON.stringify({ url, tokens }));
    console.log(`\nTotal Place is at ${url}, on ${service.clock.now()} by its own clock.\n`);
    for (const [name, token] of Object.entries(tokens)) console.log(`${name}\n  ${token}`);
    const say = (role: string, path: string): void => console.log(`\n  curl -s -H 'Authorization: Bearer ${tokens[role]}' '${url}${path}'`);
    console.log('\nWorth trying:');
    say('treasury@programme:total-place', '/v1/programmes/total-place/progress?since=2009-10-01');
    say('secretariat@place:durham', '/v1/places/durham/progress');
    say('auditor@programme:total-place', '/v1/timeline?place=durham&limit=20');
  });

program
  .command('rebuild')
  .description('build views anew from the log; the service must be stopped')
  .argument('[views...]', 'which; all by default')
  .option('--data-dir <dir>', 'folder of the log', './var')
  .action(async (names: string[], o: { dataDir: string }) => {
    const log = new SqliteLog(logFile(o.dataDir), { clock: kindOf(o.dataDir) });
    const engine = openEngine(log, loadReference());
    for (const name of names.length > 0 ? names : engine.status().map((v) => v.name)) engine.rebuild(name);
    await engine.catchUp();
    for (const v of engine.status()) console.log(`${v.name}: ${v.state} at ${v.position}${v.error ? ` (${v.error})` : ''}`);
    await log.close();
  });

program
  .command('verify')
  .description('check the log (order, versions, canonical text) and that live views equal a rebuild')
  .option('--data-dir <dir>', 'folder of the log', './var')
  .action(async (o: { dataDir: string }) => {
    const problems = await verifyLog(logFile(o.dataDir), loadReference());
    for (const p of problems) console.error(p);
    console.log(problems.length === 0 ? 'The log is whole.' : `${problems.length} problems.`);
    process.exitCode = problems.length === 0 ? 0 : 1;
  });

program
  .command('export')
  .description('every event as stored, one JSON line each, with its SHA-256; may run beside the service')
  .option('--data-dir <dir>', 'folder of the log', './var')
  .option('--out <file>', 'file to write; standard output by default')
  .action(async (o: { dataDir: string; out?: string }) => {
    const log = new SqliteLog(logFile(o.dataDir), { clock: 'machine', readOnly: true });
    const out = o.out ? createWriteStream(o.out) : process.stdout;
    for (let after = 0, batch = log.readAll(0, 1000); batch.length > 0; batch = log.readAll(after, 1000)) {
      for (const e of batch) {
        const line = `${JSON.stringify({ position: e.position, sha256: createHash('sha256').update(e.body).digest('hex'), event: e.body })}\n`;
        if (!out.write(line)) await once(out, 'drain');
      }
      after = batch.at(-1)!.position;
    }
    if (o.out) out.end();
    await log.close();
  });

program
  .command('backup')
  .description('a whole copy of the log, made while the service runs')
  .argument('<file>', 'file to write')
  .option('--data-dir <dir>', 'folder of the log', './var')
  .action(async (file: string, o: { dataDir: string }) => {
    if (existsSync(file)) throw new Error(`${file} exists. Name a new file`);
    const log = new SqliteLog(logFile(o.dataDir), { clock: 'machine', readOnly: true });
    await log.db.backup(file);
    await log.close();
    console.log(`Copied to ${file}.`);
  });

program.addCommand(logCommand());

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
