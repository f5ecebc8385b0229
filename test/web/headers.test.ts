/** What pages say to browsers and to whoever stands between: policy, caching, and nothing of the request's host. */
import t from 'tap';
import { pagePolicy } from '../../src/web/html.js';
import { everybody, openWeb } from './world.js';

const office = everybody.find((reader) => reader?.variable === 'PROGRAMME_OFFICE')!;

t.test('a page is nobody’s to keep, to frame or to script', async (t) => {
  const world = await openWeb(t);
  for (const url of ['/', '/pools', '/pools/durham-warm-homes', '/nowhere', '/api', '/cookies']) {
    const { headers } = await world.get(office, url);
    t.match(
      headers,
      {
        'cache-control': 'no-store',
        'content-security-policy': pagePolicy,
        'content-type': 'text/html; charset=utf-8',
        'strict-transport-security': /max-age=\d+/,
        'x-content-type-options': 'nosniff',
        vary: /Cookie/i,
      },
      url,
    );
  }
  t.notMatch(pagePolicy, /unsafe|\*|https?:|data:|script-src/, 'no script and nothing from elsewhere');
  for (const rule of [
    "default-src 'none'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ])
    t.ok(pagePolicy.includes(rule), rule);
});

t.test('no page says what its request called the host', async (t) => {
  const world = await openWeb(t);
  for (const url of ['/', '/pools?columns=all', '/nowhere', '/me/actions']) {
    const { html, headers } = await world.get(undefined, url, {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
    });
    t.notMatch(html, /evil\.example/, url);
    t.notMatch(String(headers.location ?? ''), /evil|^https?:|^\/\//, url);
  }
});

t.test('whoever has not signed in is led to sign in, and back to where they were', async (t) => {
  const world = await openWeb(t);
  for (const [url, back] of [
    ['/me/actions?sort=-dueOn', '%2Fme%2Factions%3Fsort%3D-dueOn'],
    ['/account', '%2Faccount'],
    ['/access', '%2Faccess'],
  ] as const)
    t.match(await world.get(undefined, url), {
      status: 303,
      headers: { location: `/sign-in?return=${back}` },
    });
});

t.test('another method than a page takes is told so', async (t) => {
  const world = await openWeb(t);
  const answer = await world.app.inject({ method: 'DELETE', url: '/pools' });
  t.match(answer, { statusCode: 405, headers: { allow: 'GET', 'content-type': /^text\/html/ } });
  const head = await world.app.inject({ method: 'HEAD', url: '/pools' });
  t.match(head, { statusCode: 200, body: '' });
});
