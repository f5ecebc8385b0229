/**
 * total-place log prepare | check: the log on EventStoreDB, made ready once and looked at whenever in doubt.
 */
import { Command } from 'commander';
import { checkLog, prepareLog } from '../log/eventstore/rights.js';
import { isEventStoreUrl } from '../log/eventstore/url.js';
import type { LogIdentity } from '../log/event-log.js';

function logUrl(env: NodeJS.ProcessEnv): string {
  const url = env.LOG_URL ?? '';
  if (!isEventStoreUrl(url))
    throw new Error(
      'LOG_URL must name an EventStoreDB: esdb://user:password@host:2113?namespace=total-place. The ' +
        'embedded log needs no preparing',
    );
  return url;
}

/** Says what it finds and does by `say`; the exit code by `process.exitCode`. */
export function logCommand(say: (line: string) => void = console.log): Command {
  const log = new Command('log').description('the log on EventStoreDB: make it ready, see that it is');
  log
    .command('prepare')
    .description(
      'make the log and set the rights, once; safe to repeat. LOG_URL says where, LOG_ADMIN_USER and ' +
        'LOG_ADMIN_PASSWORD as whom',
    )
    .option('--readers <group>', 'the group that may read', 'total-place')
    .option('--writers <group>', 'the group that may append', 'total-place')
    .option('--simulated-clock', 'a log for a demo')
    .action(async (options: { readers: string; writers: string; simulatedClock?: boolean }) => {
      const { LOG_ADMIN_USER: name = 'admin' } = process.env;
      // a compose file passes an unset one on as empty
      const password = process.env.LOG_ADMIN_PASSWORD || undefined;
      const { openAdmin } = await import('../log/eventstore/eventstore-log.js');
      const admin = await openAdmin(
        logUrl(process.env),
        password === undefined ? undefined : { name, password },
      );
      if (admin.secure && password === undefined) {
        admin.close();
        throw new Error(
          'LOG_ADMIN_PASSWORD must hold the password of an administrator of the server (LOG_ADMIN_USER, ' +
            'admin by default). The service itself never needs it',
        );
      }
      const clock: LogIdentity['clock'] = options.simulatedClock ? 'simulated' : 'machine';
      try {
        for (const line of await prepareLog(admin, clock, options)) say(line);
      } finally {
        admin.close();
      }
    });
  log
    .command('check')
    .description('say what is missing, with the account that LOG_URL names; nothing is changed')
    .action(async () => {
      const { openAdmin } = await import('../log/eventstore/eventstore-log.js');
      const service = await openAdmin(logUrl(process.env));
      try {
        const findings = await checkLog(service);
        for (const f of findings) say(`${f.ok ? 'yes' : 'NO '}  ${f.what}${f.remedy ? `: ${f.remedy}` : ''}`);
        process.exitCode = findings.every((f) => f.ok) ? 0 : 1;
      } finally {
        service.close();
      }
    });
  return log;
}
