// `npm run demo`: the demo as the command line gives it; with `--log stand-in`, two nodes of it on a log that
// is not embedded: the protocol stand-in of the tests, in a process of its own. Each of the three may be
// killed: it is started again, the stand-in with the same log, and the others go on meanwhile.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kept } from './kept.mjs';

const root = new URL('../', import.meta.url).pathname;
const args = process.argv.slice(2);
const take = (name, fallback) => {
  const i = args.indexOf(name);
  return i < 0 ? fallback : args.splice(i, 2)[1];
};
/** Whatever ends when this ends. */
const children = [];
const end = (code) => {
  for (const end of children.splice(0).reverse()) end();
  process.exitCode = code;
};
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(0));
// npm may be ended without a word to what it started; the demo would go on holding its folder.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && end(0), 1000).unref();

if (args[args.indexOf('--log') + 1] !== 'stand-in' || !args.includes('--log')) {
  const child = spawn(process.execPath, ['--import=tsx', join(root, 'src/cli.ts'), 'demo', ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  children.push(() => child.kill('SIGTERM'));
  child.once('exit', (code) => (process.exitCode = code ?? 1));
} else {
  take('--log');
  const dir = take('--data-dir', './var/demo-nodes');
  const port = Number(take('--port', '3000'));
  const operatorPort = take('--operator-port');
  // Both know by it who is signed in: a browser takes its cookie from one port of a machine to the other.
  const sessionKeys = take('--session-keys', join(dir, 'session-keys'));
  const json = args.includes('--json');
  const rest = args.filter((a) => a !== '--json');
  mkdirSync(dir, { recursive: true });
  if (!existsSync(sessionKeys))
    writeFileSync(sessionKeys, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  const portOf = (url) => String(Number(new URL(url).port));
  const say = (news) => console.log(json ? JSON.stringify(news) : `${Object.values(news).join(' ')}`);
  const gaveUp = (error) => {
    console.error(error.message);
    end(1);
  };
  const keep = (name, argsOf) => {
    const kept = new Kept(name, { cwd: root, args: argsOf, say, gaveUp });
    children.push(() => kept.end());
    return kept;
  };
  try {
    const standIn = keep('stand-in', (was) => [
      'test/eventstore/stand-in/main.ts',
      '--file',
      join(dir, 'stand-in.jsonl'),
      ...(was ? ['--port', portOf(was.url)] : []),
    ]);
    const log = `${(await standIn.first).url}&namespace=demo`;
    const node = (n) =>
      keep(`node-${n}`, (was) => {
        // Started again it is where it was.
        const at = (first, url) => (url ? portOf(url) : String(Number(first) === 0 ? 0 : Number(first) + n));
        // The first one sets the clock once; started again it goes by what stands.
        const join_ = n > 0 || was ? ['--join'] : [];
        const operator =
          operatorPort === undefined ? [] : ['--operator-port', at(operatorPort, was?.operator)];
        const own = [
          '--port',
          at(port, was?.url),
          ...operator,
          '--data-dir',
          join(dir, `node-${n}`),
          '--issuer-key',
          join(dir, 'issuer.jwk'),
          '--session-keys',
          sessionKeys,
        ];
        return ['src/cli.ts', 'demo', '--json', ...own, ...join_, '--log', log, ...rest];
      });
    if (!json)
      console.log(
        'A stand-in holds the log; the first node seeds it, the second joins its clock. This takes a minute.',
      );
    const nodes = [node(0), node(1)];
    const [first, second] = await Promise.all(nodes.map((n) => n.first));
    const operators = operatorPort === undefined ? undefined : [first.operator, second.operator];
    const processes = Object.fromEntries([standIn, ...nodes].map((k) => [k.name, k.pid]));
    if (json)
      console.log(
        JSON.stringify({ urls: [first.url, second.url], operators, log, processes, tokens: first.tokens }),
      );
    else {
      console.log(
        `\nTwo nodes on one log (${log}): ${first.url} and ${second.url}. Tokens are taken by both.`,
      );
      if (operators)
        console.log(`The operator’s addresses, which ask for no token: ${operators.join(' and ')}.`);
      console.log(
        `Kill what you like, it is started again: ${Object.entries(processes)
          .map(([name, pid]) => `${name} is ${pid}`)
          .join(', ')}.\n`,
      );
      for (const [name, token] of Object.entries(first.tokens)) console.log(`${name}\n  ${token}`);
    }
  } catch {
    // Said when it was given up.
  }
}
