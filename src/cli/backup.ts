/** total-place backup | restore: copies of the embedded log. */
import { Command } from 'commander';
import { logFile } from '../runtime/embedded.js';
import { isEventStoreUrl } from '../log/eventstore/url.js';
import { backUp, restore } from '../log/sqlite/backup.js';
import { SqliteLog } from '../log/sqlite/sqlite-log.js';
import { loadReference } from '../runtime/reference.js';
import { verify } from '../runtime/verify.js';

type Say = (line: string) => void;

function refuseShared(env: NodeJS.ProcessEnv): void {
  if (env.LOG_URL && isEventStoreUrl(env.LOG_URL))
    throw new Error(
      'LOG_URL names an EventStoreDB: its operator backs the server up. A copy of the log that needs no ' +
        'server is made by "total-place copy-log --from LOG_URL --to sqlite:<folder>"; a node’s views by ' +
        '"total-place views copy".',
    );
}

export const backupCommand = (say: Say = console.log, env: NodeJS.ProcessEnv = process.env): Command =>
  new Command('backup')
    .description(
      'a whole copy of the embedded log, made while the service runs; it stands under its name once it ' +
        'is whole',
    )
    .argument('<file>', 'file to write')
    .option('--data-dir <dir>', 'folder of the log', process.env.DATA_DIR ?? './var')
    .action(async (file: string, options: { dataDir: string }) => {
      refuseShared(env);
      const log = new SqliteLog(logFile(options.dataDir), { clock: 'machine', readOnly: true });
      try {
        const { bytes } = await backUp(log, file);
        say(`Copied to ${file} (${Math.ceil(bytes / 1024)} KiB).`);
      } finally {
        await log.close();
      }
    });

export const restoreCommand = (say: Say = console.log, env: NodeJS.ProcessEnv = process.env): Command =>
  new Command('restore')
    .description(
      'put a backup in the place of the embedded log; the service must be stopped. What it replaces is ' +
        'kept, and the backup is verified first',
    )
    .argument('<file>', 'the backup')
    .option('--data-dir <dir>', 'folder of the log', process.env.DATA_DIR ?? './var')
    .action(async (file: string, options: { dataDir: string }) => {
      refuseShared(env);
      const check = async (log: SqliteLog): Promise<string[]> =>
        (await verify(log, undefined, loadReference())).map((f) => f.text);
      const { position, at, before, kept } = await restore(file, logFile(options.dataDir), check);
      for (const name of kept) say(`Kept: ${name}`);
      if (kept.some((name) => name.includes('.db-wal')))
        say(
          'A service that was killed had left its journal (-wal) there: it belongs to the log that was ' +
            'replaced, and is kept with it.',
        );
      if (before !== undefined && before > position)
        say(
          `The log that was replaced ended at position ${before}: what was recorded between ${position} ` +
            `and ${before} is not in the backup, and is kept in the first of these files alone.`,
        );
      say(
        `Restored: the log ends at position ${position}, recorded ${at}. Start the service; it builds ` +
          'its views anew.',
      );
    });
