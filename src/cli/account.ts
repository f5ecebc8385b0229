/**
 * total-place account bootstrap | adopt: who may do what, before anybody can be asked or where tokens said
 * it.
 */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { adoptAccounts, readGrantsFile } from '../runtime/adopt-accounts.js';
import { appointAdministrator } from '../runtime/first-administrators.js';
import { takeAcceptance } from '../runtime/clock-acceptance.js';
import { openAny } from '../runtime/open.js';
import { loadReference } from '../runtime/reference.js';
import type { Service } from '../runtime/service.js';
import { WatchedClock } from '../commands/clock-watch.js';
import { teller } from './present-error.js';

type Say = (line: string) => void;
const dataDir = [
  '--data-dir <dir>',
  'folder of the log, or of the node’s views where LOG_URL names an EventStoreDB',
] as const;

/** Opens the log that LOG_URL names, with its views, and closes it again. */
async function withService<T>(
  dir: string,
  env: NodeJS.ProcessEnv,
  work: (service: Service) => Promise<T>,
): Promise<T> {
  const tell = teller();
  const clock = new WatchedClock({ tell: (text) => console.error(text) });
  const service = await openAny({
    logUrl: env.LOG_URL || 'sqlite:',
    dataDir: dir,
    clockKind: 'machine',
    clock,
    ref: loadReference(),
    onError: tell,
  });
  try {
    await service.built();
    const head = await service.log.head();
    while (!(await service.waitForPosition(head)));
    clock.compare(service.newestAt(), takeAcceptance(dir));
    return await work(service);
  } finally {
    await service.close();
  }
}

/** `<issuer>#<subject>`, at the last `#`: an issuer's address has none. */
function identityOf(text: string): { issuer: string; subject: string } {
  const at = text.indexOf('#');
  const [issuer, subject] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || subject === '')
    throw new Error(
      `${text} is no <issuer>#<subject>: write the issuer exactly as tokens state it, then #, then whom it ` +
        `says ` +
        'the administrator is',
    );
  return { issuer, subject };
}

export function accountCommand(say: Say = console.log, env: NodeJS.ProcessEnv = process.env): Command {
  const account = new Command('account').description(
    'who may do what: first administrators, and taking over',
  );
  account
    .command('bootstrap')
    .description(
      'appoint a first access administrator on an empty log; given twice, so that one can ask and the ' +
        'other approve',
    )
    .requiredOption('--programme <id>', 'the programme that they administer')
    .requiredOption('--administrator <issuer#subject>', 'whom their issuer says they are')
    .option(...dataDir, env.DATA_DIR ?? './var')
    .action(async (options: { programme: string; administrator: string; dataDir: string }) => {
      const identity = identityOf(options.administrator);
      const done = await withService(options.dataDir, env, (service) =>
        appointAdministrator(service, options.programme, identity),
      );
      say(
        `${done.account} is an access administrator of ${options.programme} until ${done.until}. ` +
          (done.missing > 0
            ? 'Name the second one in the same way: nobody approves what they asked for themselves.'
            : 'Both are there: they invite all others.'),
      );
    });
  account
    .command('adopt')
    .description(
      'take over accounts and grants from a list, so that from then on the log says who may do what, and ' +
        'tokens ' +
        'only who somebody is',
    )
    .argument('<file>', 'YAML: programme, and accounts with issuer, subject and grants')
    .option('--check', 'say what would be taken over, and change nothing')
    .option(...dataDir, env.DATA_DIR ?? './var')
    .action(async (file: string, options: { check?: boolean; dataDir: string }) => {
      const list = readGrantsFile(readFileSync(file, 'utf8'));
      const grants = list.accounts.reduce((n, a) => n + a.grants.length, 0);
      if (options.check)
        return say(
          `${list.accounts.length} accounts with ${grants} grants can be taken over. Nothing was changed.`,
        );
      const taken = await withService(options.dataDir, env, (service) => adoptAccounts(service, list));
      say(
        `${taken} accounts with ${grants} grants were taken over. From now on the log says who may do ` +
          `what: start ` +
          'the service with GRANTS=log, or without it.',
      );
    });
  return account;
}
