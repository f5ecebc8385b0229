/** total-place clock accept: its operator says that the machine's clock is right, though it looks wrong. */
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { acceptForStart } from '../runtime/clock-acceptance.js';
import { logFile } from '../runtime/embedded.js';
import { operatorOf } from '../runtime/node/ask.js';
import { viewFile } from '../runtime/node/view-file.js';

export function clockCommand(
  say: (line: string) => void = console.log,
  env: NodeJS.ProcessEnv = process.env,
): Command {
  const clock = new Command('clock').description(
    'the machine’s clock, by which days close and commands are recorded',
  );
  clock
    .command('accept')
    .description(
      'say that the clock is right: a running service that doubts it goes on, and one that is stopped ' +
        'starts without doubt, within a day and once',
    )
    .option(
      '--service <url>',
      'http(s)://host:port of the running service: its operator’s address, or its own; OPERATOR_TOKEN ' +
        'stands in the environment where it asks for one',
    )
    .option('--data-dir <dir>', 'folder of the service that is stopped', process.env.DATA_DIR ?? './var')
    .action(async (options: { service?: string; dataDir: string }) => {
      if (options.service) {
        const { clock: now } = await operatorOf(options.service, env.OPERATOR_TOKEN)<{ clock: string }>(
          '/operator/clock',
          { method: 'POST', body: JSON.stringify({ accept: true }) },
        );
        return say(`Accepted: it is ${now}. Days that are over are closed within a minute.`);
      }
      if (![logFile, viewFile].some((file) => existsSync(file(options.dataDir))))
        throw new Error(
          `${options.dataDir} is no data directory of a service. Name its folder with --data-dir, or a ` +
            'running service with --service',
        );
      const now = new Date().toISOString();
      acceptForStart(options.dataDir, now);
      say(
        `Accepted: it is ${now}. The service in ${options.dataDir} starts without doubt of that, once ` +
          'and until the same time tomorrow.',
      );
    });
  return clock;
}
