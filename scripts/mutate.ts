/**
 * `npm run mutate [record]`: takes each refusal of the domain out in turn; ends with those that no spec would
 * miss, of that record alone where one is named. See CONTRIBUTING.md.
 */
import { aggregates } from '../src/domain/registry.js';
import { mutate } from './mutation/run.js';

const [record] = process.argv.slice(2);
const records: readonly string[] = aggregates.map((aggregate) => aggregate.name);
if (record !== undefined && !records.includes(record)) {
  console.error(`There is no record ${record}. Records: ${records.join(', ')}`);
  process.exit(2);
}
/** Commands go by the record (`pool.Pledge…`), lines that no spec reaches by its folder. */
const isAsked = (name: string): boolean =>
  record === undefined || name.startsWith(`${record}.`) || name.replaceAll('-', '').startsWith(`${record}/`);

const found = await mutate();
const declared = found.declared.filter(isAsked);
const lines = found.lines.filter(isAsked);
const survivors = found.survivors.filter(isAsked);
for (const name of survivors) console.error(`survived: ${name}`);
console.log(
  `${declared.length} declared refusals and ${lines.length} refusing lines of commands taken out, ` +
    `${survivors.length} survived.`,
);
process.exitCode = survivors.length === 0 ? 0 : 1;
