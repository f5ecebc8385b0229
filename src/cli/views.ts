/** total-place views copy | compare: a new node starts from another one's views instead of the log's beginning. */
import { Command } from 'commander';
import { copyViews } from '../node/copy.js';

export function viewsCommand(say: (line: string) => void = console.log): Command {
  const views = new Command('views').description('the view file of a node on a shared log');
  views
    .command('copy')
    .description('make this node’s view file from another one’s, also while that one runs; the node then catches up from there')
    .requiredOption('--from <file>', 'the other node’s views.db, or the folder that holds it: reached over a mount, or copied by you')
    .option('--data-dir <dir>', 'folder of the new node; it must hold no view file yet', './var')
    .action(async (o: { from: string; dataDir: string }) => {
      const { log, position } = await copyViews(o.from, o.dataDir);
      say(`Copied: the views of the log ${log} up to position ${position}. Start the node; it catches up from there.`);
    });
  return views;
}
