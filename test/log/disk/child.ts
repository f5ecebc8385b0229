/** A log on a disk that may fail: appends, reads and says how it is, as its parent asks. */
import { SqliteLog } from '../../../src/log/sqlite/sqlite-log.js';
import { events } from '../conformance.js';

const told: string[] = [];
const log = new SqliteLog(process.argv[2]!, {
  clock: 'simulated',
  onError: (e) => told.push((e as Error).message),
});
process.on('message', (m: { append?: number; text?: string }) => {
  void (async () => {
    if (m.append === undefined)
      return process.send!({
        versions: await log.read('pool-a').then(
          (read) => read.map((e) => e.version),
          (error: Error) => error.name,
        ),
        status: log.status(),
        told: told.splice(0),
      });
    const answer = await log.append('pool-a', m.append, events('pool-a', m.append, 1, m.text ?? 'x')).then(
      ({ version }) => ({ version }),
      (error: Error) => ({
        error: error.name,
        actual: (error as { actual?: number }).actual,
        cause: String((error.cause as { code?: string } | undefined)?.code),
      }),
    );
    process.send!(answer);
  })();
});
