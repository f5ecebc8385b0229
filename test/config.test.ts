import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { configurationPage, envExample } from '../src/config-docs.js';
import { readConfig } from '../src/config.js';

test('every mistake is named at once, with what would be right', async (t) => {
  const wrong = { PORT: 'http', LOG_LEVEL: 'loud', LOG_URL: 'postgres://x', AUTH_ALGORITHMS: 'none', BODY_LIMIT: '12' };
  t.throws(() => readConfig(wrong), {
    message: /PORT must be a port from 0 to 65535; it is "http"[\s\S]*LOG_URL must be sqlite:[\s\S]*LOG_LEVEL must be fatal[\s\S]*AUTH_ALGORITHMS must be a list[\s\S]*BODY_LIMIT must be/,
  });
});

test('an empty environment is a whole configuration, frozen', async (t) => {
  const config = readConfig({ PORT: '' });
  t.match(config, { PORT: 3000, HOST: '127.0.0.1', DATA_DIR: './var' });
  t.ok(Object.isFrozen(config));
});

test('the documents are what the schema says: run npm run docs', async (t) => {
  const file = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
  t.equal(file('.env.example'), envExample());
  t.equal(file('docs/configuration.md'), configurationPage());
});
