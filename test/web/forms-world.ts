/** The demo with its pages and forms, whose hidden fields are the service's own. */
import type { InjectOptions } from 'fastify';
import type { Test } from 'tap';
import { formField, writeFormToken } from '../../src/web/cross-site.js';
import { openHarness, type Harness } from '../http/harness.js';
import { keys, pagesOn, readerHeaders, sessionOf } from './world.js';
import type { DemoReader } from '../../src/demo/readers.js';

export const fieldFor = (
  reader: DemoReader,
  address: string,
  nonce?: string,
): [name: string, value: string] => [formField, writeFormToken(keys, sessionOf(reader).sid, address, nonce)];

export interface Sent {
  readonly status: number;
  readonly html: string;
  readonly location: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
}
export interface FormsWorld extends Harness {
  open(reader: DemoReader | undefined, address: string): Promise<Sent>;
  /** Sends inputs as a browser does. */
  post(
    reader: DemoReader | undefined,
    address: string,
    inputs: Iterable<readonly [string, string]>,
  ): Promise<Sent>;
}
export interface FormsOptions {
  /** Where it is false, a token of the API says what it may do, and a session's account what it may. */
  readonly grantsInLog?: boolean;
  /** Is shown every answer, with what was asked for. */
  readonly sees?: (address: string, sent: Sent) => void;
}
export async function openForms(
  t: Test,
  { grantsInLog = true, sees = () => undefined }: FormsOptions = {},
): Promise<FormsWorld> {
  const harness = await openHarness(t, { grantsInLog, pagesOn });
  const ask = async (address: string, asked: InjectOptions): Promise<Sent> => {
    const { statusCode, body, headers } = await harness.app.inject({ url: address, ...asked });
    const location = headers.location === undefined ? undefined : String(headers.location);
    const sent = { status: statusCode, html: body, location, headers };
    sees(address, sent);
    return sent;
  };
  return {
    ...harness,
    open: (reader, address) => ask(address, { headers: readerHeaders(reader) }),
    post: (reader, address, inputs) =>
      ask(address, {
        method: 'POST',
        headers: { ...readerHeaders(reader), 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams([...inputs].map(([k, v]): [string, string] => [k, v])).toString(),
      }),
  };
}

/** The inputs of a page's form, as a browser would send them back if nobody touched anything. */
export function inputsOf(html: string): [name: string, value: string][] {
  const found: [string, string][] = [];
  const text = (value: string): string =>
    value
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
  const attribute = (tag: string, name: string): string | undefined => {
    const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
    return value === undefined ? undefined : text(value);
  };
  const inputs = /<input\b[^>]*>|<textarea\b[^>]*>[^]*?<\/textarea>|<select\b[^>]*>[^]*?<\/select>/g;
  // The header has a form of its own, by which one signs out.
  const form = html.slice(Math.max(0, html.indexOf('<main')));
  for (const [whole] of form.matchAll(inputs)) {
    const [tag = ''] = /^<[^>]*>/.exec(whole) ?? [];
    const inner = whole.slice(tag.length).replace(/<\/(textarea|select)>$/, '');
    const name = attribute(tag, 'name');
    if (name === undefined) continue;
    const type = attribute(tag, 'type');
    if (tag.startsWith('<textarea')) found.push([name, text(inner.replace(/^\n/, ''))]);
    else if (tag.startsWith('<select')) {
      const chosen = /<option value="([^"]*)" selected/.exec(inner)?.[1] ?? '';
      found.push([name, text(chosen)]);
    } else if (type === 'radio' || type === 'checkbox') {
      if (/\schecked/.test(tag)) found.push([name, attribute(tag, 'value') ?? 'on']);
    } else found.push([name, attribute(tag, 'value') ?? '']);
  }
  return found;
}

/** What an administrator types to invite somebody to be Kent's secretariat. */
export const newLead = {
  account: 'new.lead',
  programmeId: 'total-place',
  'grant.role': 'secretariat',
  'grant.placeId': 'kent',
  'grant.until-day': '1',
  'grant.until-month': '5',
  'grant.until-year': '2010',
};
