/** total-place views copy: a new node starts from another one's views instead of the log's beginning. */
import { Command } from 'commander';
import { isEventStoreUrl } from '../log/eventstore/url.js';
import { copyViews, fetchViews, type CopiedViews } from '../runtime/node/copy.js';
import { openForReading } from '../runtime/open.js';

/**
 * A copy made from another log than this node's, or from a later state of it, would be refused at the start:
 * better now.
 */
async function fits(copy: CopiedViews, logUrl: string): Promise<void> {
  const log = await openForReading(logUrl);
  try {
    const { logId } = log.identity;
    if (logId !== copy.log)
      throw new Error(
        `The copy was made from the log ${copy.log}, and LOG_URL leads to the log ${logId}. Nothing was ` +
          'kept: name a node on this log, or mend LOG_URL.',
      );
    const head = await log.head();
    if (head < copy.position)
      throw new Error(
        `The copy stands at position ${copy.position}, and the log that LOG_URL names ends at ${head}: ` +
          'it is an older copy of that log. Nothing was kept.',
      );
  } finally {
    await log.close();
  }
}

export function viewsCommand(
  say: (line: string) => void = console.log,
  env: NodeJS.ProcessEnv = process.env,
): Command {
  const views = new Command('views').description('the view file of a node on a shared log');
  views
    .command('copy')
    .description(
      'make this node’s view file from another one’s, also while that one runs; the node then catches ' +
        'up from there. Where LOG_URL is set, the copy must be of that log',
    )
    .requiredOption(
      '--from <node>',
      'http(s)://host:port of a running node, whose OPERATOR_TOKEN stands in the environment; or its ' +
        'views.db, or the folder that holds it',
    )
    .option(
      '--data-dir <dir>',
      'folder of the new node; it must hold no view file yet',
      process.env.DATA_DIR ?? './var',
    )
    .action(async (options: { from: string; dataDir: string }) => {
      const { LOG_URL: url, OPERATOR_TOKEN: token } = env;
      const check = url && isEventStoreUrl(url) ? (copy: CopiedViews) => fits(copy, url) : undefined;
      const remote = /^https?:\/\//i.test(options.from);
      if (remote && !token)
        throw new Error(
          'OPERATOR_TOKEN must stand in the environment, as that node has it: its views hold what every ' +
            'reader may see together.',
        );
      const { log, position } =
        remote && token
          ? await fetchViews(options.from, token, options.dataDir, check)
          : await copyViews(options.from, options.dataDir, check);
      say(
        `Copied: the views of the log ${log} up to position ${position}. Start the node; it catches up ` +
          'from there.',
      );
    });
  return views;
}
