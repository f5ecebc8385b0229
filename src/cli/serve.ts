/** total-place serve: configured by the environment. */
import closeWithGrace from 'close-with-grace';
import { Command } from 'commander';
import type { FastifyInstance } from 'fastify';
import { build } from '../app.js';
import { takeAcceptance } from '../runtime/clock-acceptance.js';
import { ClockInDoubt, WatchedClock } from '../commands/clock-watch.js';
import { CommandQueue } from '../commands/queue.js';
import { readConfig } from '../config.js';
import { refuseShared } from '../runtime/data-dir.js';
import { Journals } from '../runtime/disk.js';
import { backlog } from '../http/server/connections.js';
import { createVerifier } from '../http/server/auth.js';
import { openAny } from '../runtime/open.js';
import { accountsOn } from '../runtime/accounts.js';
import { settleGrants } from '../runtime/settle-grants.js';
import { buildOperator } from '../http/server/operator-app.js';
import { loadReference } from '../runtime/reference.js';
import type { Service } from '../runtime/service.js';
import { doorOn, entryOf, issuersOf } from './door.js';
import { teller } from './present-error.js';
import { makeLogger } from '../http/server/logger.js';

/**
 * On a signal, or a fatal error, which is told with its cause: what is being answered is answered, what has
 * not ended after three seconds is destroyed, and the log is closed whatever else failed. Exits 0 after a
 * signal, 1 after an error.
 */
export function closeTogether(app: FastifyInstance, service: Service, operator?: FastifyInstance): void {
  closeWithGrace({ delay: 20_000 }, async ({ err }) => {
    if (err) console.error('Fatal, closing:', err);
    try {
      await Promise.all([app.close(), operator?.close()]);
    } finally {
      await service.close();
    }
  });
}

interface Address {
  readonly port: number;
  readonly host: string;
}
/**
 * Gives the addresses, the main one first. Where one of them cannot be listened on it is said by what they
 * are `named`, everything is closed and the process ends: half of it listening would look alive to whoever
 * starts it again.
 */
export async function listenTogether(
  named: string,
  service: Service,
  [app, at]: readonly [FastifyInstance, Address],
  own?: readonly [FastifyInstance, Address],
): Promise<[string, string | undefined]> {
  try {
    const operator = await own?.[0].listen(own[1]);
    return [await app.listen({ ...at, backlog }), operator];
  } catch (error) {
    console.error(`${named} cannot be listened on: ${(error as Error).message}`);
    await Promise.allSettled([app.close(), own?.[0].close()]);
    await service.close();
    process.exit(1);
  }
}

export const serveCommand = (version: string): Command =>
  new Command('serve')
    .description('serve the API on the log that LOG_URL names; configured by the environment')
    .action(async () => {
      const config = readConfig(process.env);
      const { issuers, verifiers } = issuersOf(config);
      refuseShared(config.DATA_DIR);
      const entry = entryOf(config, issuers);
      const tell = teller();
      let log: { error(text: string): void } = console;
      const clock = new WatchedClock({ tell: (text) => log.error(text) });
      const service = await openAny({
        logUrl: config.LOG_URL,
        dataDir: config.DATA_DIR,
        clockKind: 'machine',
        clock,
        ref: loadReference(config.AREAS_FILE),
        readsKeptDays: config.READS_KEPT_DAYS,
        // The clock has told its doubt itself.
        onError: (error) => error instanceof ClockInDoubt || tell(error),
      });
      const acceptedAt = takeAcceptance(config.DATA_DIR);
      const lookAtClock = async (): Promise<void> => {
        await service.built();
        clock.compare(service.newestAt(), acceptedAt);
      };
      try {
        await settleGrants(service, config.GRANTS, lookAtClock);
      } catch (error) {
        await service.close();
        throw error;
      }
      const accounts = accountsOn(service);
      const door = entry && accounts.grantsInLog() ? doorOn(service, accounts, entry) : undefined;
      const logger = makeLogger(config.LOG_LEVEL);
      const app = await build({
        service,
        version,
        logger,
        accounts,
        publicAddress: door && config.PUBLIC_ADDRESS,
        ratePerMinute: config.RATE_PER_MINUTE,
        accountRatePerMinute: config.ACCOUNT_RATE_PER_MINUTE,
        atOnce: {
          exports: { account: config.ACCOUNT_EXPORTS, all: config.EXPORTS },
          streams: { account: config.ACCOUNT_LIVE_STREAMS, all: config.LIVE_STREAMS },
        },
        trustProxy: config.TRUST_PROXY ?? false,
        bodyLimit: config.BODY_LIMIT,
        queue: new CommandQueue({ longestMs: config.COMMAND_WAIT_MS }),
        connections: { keepAliveMs: config.KEEP_ALIVE_SECONDS * 1000 },
        operatorToken: config.OPERATOR_TOKEN,
        staleReads: config.READS_WHILE_LOG_AWAY === 'yes',
        verify: createVerifier(...verifiers),
        ...(door ? { pages: { door } } : {}),
      });
      log = app.log;
      new Journals(config.DATA_DIR, (text) => app.log.warn(text)).watch();
      for (const { issuer, kind } of verifiers)
        if (kind && 'claim' in kind)
          app.log.warn(`Access tokens of ${issuer} are told by their claim ${kind.claim}, not by their type`);
      if (entry && !door)
        app.log.warn('No pages: in this log tokens say who may do what, and nobody signs in');
      const { OPERATOR_PORT: port, OPERATOR_ADDRESS: host } = config;
      const operator = port === undefined ? undefined : buildOperator(app, logger);
      closeTogether(app, service, operator);
      // Whoever still catches up says so by its readiness.
      await listenTogether(
        `PORT ${config.PORT}${port === undefined ? '' : ` or OPERATOR_PORT ${port}`}`,
        service,
        [app, { port: config.PORT, host: config.HOST }],
        operator && port !== undefined ? [operator, { port, host }] : undefined,
      );
      await lookAtClock();
      await service.keepTime();
    });
