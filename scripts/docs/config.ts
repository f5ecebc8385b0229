/** The configuration's documents, from its own schema. */
import { describeConfig } from '../../src/config.js';

export const envExample = (): string =>
  [
    '# Made by `npm run docs` from src/config.ts.',
    ...describeConfig().flatMap(({ name, fallback, meaning }) => [
      `# ${meaning}`,
      `${fallback === '' ? '# ' : ''}${name}=${fallback}`,
    ]),
    '',
  ].join('\n');

export const configurationPage = (): string =>
  [
    '# Configuration',
    '',
    'Read once from the environment and checked together; made by `npm run docs` from `src/config.ts`.',
    '',
    '| Variable | Default | Meaning |',
    '| --- | --- | --- |',
    ...describeConfig().map(
      (v) => `| \`${v.name}\` | ${v.fallback === '' ? '–' : `\`${v.fallback}\``} | ${v.meaning} |`,
    ),
    '',
  ].join('\n');
