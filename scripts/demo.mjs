// `npm run demo`: the demo as the command line gives it; with `--log stand-in`, two nodes of it on a log that is not embedded: the
// protocol stand-in of the tests, in a process of its own.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = new URL('../', import.meta.url).pathname;
const args = process.argv.slice(2);
const take = (name, fallback) => {
  const i = args.indexOf(name);
  return i < 0 ? fallback : args.splice(i, 2)[1];
};
const run = (file, rest, stdio = 'inherit') => spawn(process.execPath, ['--import=tsx', join(root, file), ...rest], { cwd: root, stdio });
const children = [];
const end = (code) => {
  for (const c of children.splice(0).reverse()) c.kill('SIGTERM');
  process.exitCode = code;
};
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(0));
// npm may be ended without a word to what it started; the demo would go on holding its folder.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && end(0), 1000).unref();

if (args[args.indexOf('--log') + 1] !== 'stand-in' || !args.includes('--log')) {
  const child = run('src/cli.ts', ['demo', ...args]);
  children.push(child);
  child.once('exit', (code) => (process.exitCode = code ?? 1));
} else {
  take('--log');
  const dir = take('--data-dir', './var/demo-nodes');
  const port = Number(take('--port', '3000'));
  const json = args.includes('--json');
  mkdirSync(dir, { recursive: true });
  const standIn = run('test/eventstore/stand-in/main.ts', ['--file', join(dir, 'stand-in.jsonl')], ['ignore', 'pipe', 'inherit']);
  children.push(standIn);
  const line = (child) =>
    new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
      const lines = createInterface({ input: child.stdout });
      lines.on('line', (text) => (text.startsWith('{') ? resolve(JSON.parse(text)) : console.log(text)));
    });
  try {
    const { url } = await line(standIn);
    const log = `${url}&namespace=demo`;
    const node = (n) => {
      const own = ['--port', String(port === 0 ? 0 : port + n), '--data-dir', join(dir, `node-${n}`), '--issuer-key', join(dir, 'issuer.jwk')];
      const child = run('src/cli.ts', ['demo', '--json', ...own, ...(n > 0 ? ['--join'] : []), '--log', log, ...args.filter((a) => a !== '--json')], ['ignore', 'pipe', 'inherit']);
      children.push(child);
      child.once('exit', (code) => end(code ?? 1));
      return line(child);
    };
    if (!json) console.log('A stand-in holds the log; the first node seeds it, the second joins its clock. This takes a minute.');
    const [first, second] = await Promise.all([node(0), node(1)]);
    if (json) console.log(JSON.stringify({ urls: [first.url, second.url], log, tokens: first.tokens }));
    else {
      console.log(`\nTwo nodes on one log (${log}): ${first.url} and ${second.url}. Tokens are taken by both.\n`);
      for (const [name, token] of Object.entries(first.tokens)) console.log(`${name}\n  ${token}`);
    }
  } catch (error) {
    console.error(error.message);
    end(1);
  }
}
