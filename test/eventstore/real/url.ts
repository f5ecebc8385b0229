/**
 * The server that EVENTSTORE_URL names, each run in a namespace of its own: nothing is assumed of what else
 * it holds.
 */
export const serverUrl = process.env.EVENTSTORE_URL;

let n = 0;
/** LOG_URL of a new namespace on that server. */
export function freshLogUrl(): string {
  const [address = '', query = ''] = serverUrl!.split('?');
  const options = new URLSearchParams(query);
  options.set('namespace', `test-${Date.now().toString(36)}-${process.pid}-${n++}`);
  return `${address}?${options}`;
}
export const skipped =
  'set EVENTSTORE_URL to a server, such as esdb://127.0.0.1:2113?tls=false: npm run test:eventstore';
