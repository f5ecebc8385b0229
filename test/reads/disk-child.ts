/** A log of reads on a disk that may fail: notes, writes and says how it is, as its parent asks. */
import { ReadsLog } from '../../src/reads/reads-log.js';
import { from } from './reader.js';

const told: string[] = [];
const [, , dataDir = '', most = '20000'] = process.argv;
const log = new ReadsLog({
  dataDir,
  clock: { now: () => '2009-10-22T09:00:00.000Z' },
  most: Number(most),
  onError: (error) => told.push((error as Error).message),
});
process.on('message', ({ note = [] }: { note?: string[] }) => {
  for (const path of note) log.note(from('reader', path));
  const written = log.flush();
  process.send?.({ written, status: log.status, told: told.splice(0) });
});
