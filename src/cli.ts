#!/usr/bin/env node
/**
 * total-place serve | demo | copy-log | seal | views | log | rebuild | verify | export | backup | restore |
 * clock | account | import
 */
import { Command } from 'commander';
import { accountCommand } from './cli/account.js';
import { backupCommand, restoreCommand } from './cli/backup.js';
import { clockCommand } from './cli/clock.js';
import { demoCommand } from './cli/demo.js';
import { logCommand } from './cli/log.js';
import { importCommand } from './cli/import.js';
import { copyCommand, sealCommand } from './cli/migrate.js';
import { serveCommand } from './cli/serve.js';
import { errorSentences } from './cli/present-error.js';
import { exportCommand, rebuildCommand, verifyCommand } from './cli/upkeep.js';
import { viewsCommand } from './cli/views.js';

const version = '0.1.0';
const program = new Command('total-place')
  .description('One record of who promised what, who agreed, and whether it happened')
  .version(version);

// What it writes holds every tier: it is for its own user alone.
process.umask(0o077);
// Whoever reads the output may have seen enough (`export | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

program.addCommand(serveCommand(version));
program.addCommand(demoCommand(version));
program.addCommand(copyCommand());
program.addCommand(sealCommand());
program.addCommand(viewsCommand());
for (const command of [rebuildCommand(), verifyCommand(), exportCommand(), backupCommand(), restoreCommand()])
  program.addCommand(command);
program.addCommand(logCommand());
program.addCommand(clockCommand());
program.addCommand(accountCommand());
program.addCommand(importCommand());

program.parseAsync().catch((error: unknown) => {
  console.error(errorSentences(error));
  process.exitCode = 1;
});
