/**
 * The stand-in as a process: `tsx test/eventstore/stand-in/main.ts [--port 2113] [--nodes 3] [--file
 * log.jsonl] [--version 23.10]`. Prints one line, {"url"}, when it listens. With an IPC channel it takes {id,
 * method, args} and answers {id, result | error}; when the channel closes it ends.
 */
import { parseArgs } from 'node:util';
import { StandIn, type StandInOptions } from './index.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    nodes: { type: 'string', default: '1' },
    file: { type: 'string' },
    version: { type: 'string', default: '24.10' },
    'election-ms': { type: 'string', default: '300' },
    'stale-gossip-ms': { type: 'string', default: '0' },
  },
});
const standIn = await StandIn.start({
  port: Number(values.port),
  nodes: Number(values.nodes),
  version: values.version as StandInOptions['version'] & string,
  ...(values.file ? { file: values.file } : {}),
  electionMs: Number(values['election-ms']),
  staleGossipMs: Number(values['stale-gossip-ms']),
});
process.on('message', ({ id, method, args }: { id: number; method: keyof StandIn; args: never[] }) => {
  Promise.resolve((standIn[method] as (...a: never[]) => unknown)(...args)).then(
    (result) => process.send!({ id, result }),
    (error: unknown) => process.send!({ id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => void standIn.close().then(() => process.exit(0)));
console.log(JSON.stringify({ url: await standIn.url() }));
