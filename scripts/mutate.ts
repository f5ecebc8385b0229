/**
 * `npm run mutate`: takes each refusal of the domain out in turn; ends with those that no spec would miss.
 * See CONTRIBUTING.md.
 */
import { mutate } from './mutation/run.js';

const { declared, lines, survivors } = await mutate();
for (const name of survivors) console.error(`survived: ${name}`);
console.log(
  `${declared.length} declared refusals and ${lines.length} refusing lines of commands taken out, ` +
    `${survivors.length} survived.`,
);
process.exitCode = survivors.length === 0 ? 0 : 1;
