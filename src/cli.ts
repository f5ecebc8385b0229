#!/usr/bin/env node
/** total-place serve | demo | copy-log | seal | views | log | rebuild | verify | export | backup */
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { Command } from 'commander';
import { demoCommand } from './cli/demo.js';
import { logCommand } from './cli/log.js';
import { copyCommand, sealCommand } from './cli/move.js';
import { serveCommand } from './cli/serve.js';
import { viewsCommand } from './cli/views.js';
import { SqliteLog } from './log/sqlite-log.js';
import { loadReference } from './reference.js';
import { logFile, openEngine } from './service.js';
import { verifyLog } from './verify.js';

const version = '0.1.0';
const program = new Command('total-place').description('One record of who promised what, who agreed, and whether it happened').version(version);

// What it writes holds every tier: it is for its own user alone.
process.umask(0o077);
// Whoever reads the output may have seen enough (`export | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const kindOf = (dataDir: string): 'machine' | 'simulated' => {
  const log = new SqliteLog(logFile(dataDir), { clock: 'machine', readOnly: true });
  const { clock } = log.identity;
  void log.close();
  return clock;
};

program.addCommand(serveCommand(version));
program.addCommand(demoCommand(version));
program.addCommand(copyCommand());
program.addCommand(sealCommand());
program.addCommand(viewsCommand());

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
    console.log(problems.length === 0 ? 'The log is whole, and its views equal a rebuild.' : `${problems.length} problems.`);
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
