/** Where somebody goes after signing in: to a page of this service, whatever they were sent with. */
import { test } from 'tap';
import { returnAddress } from '../../src/web/return-address.js';
import { Property } from '../holds.js';

test('a page of this service is gone back to', async (t) => {
  for (const address of [
    '/',
    '/pools',
    '/pools/youth/pledges',
    '/places/south-tyneside?format=csv&limit=5',
    '/barriers/b1?department=dwp&sort=-due&q=a%20b%26c',
    '/pledges/2009-10.1~x:y@z+w',
    '/?seen=1',
  ])
    t.equal(returnAddress(address), address);
});

test('anything else leads to the first page', async (t) => {
  const kept = new Property('nobody is led elsewhere');
  const canary = 'evil.example';
  for (const given of [
    `//${canary}`,
    `///${canary}`,
    `/\\${canary}`,
    `\\\\${canary}`,
    `/\\/${canary}`,
    `https://${canary}`,
    `https:${canary}`,
    `//user@${canary}/pools`,
    canary,
    `/%2f${canary}`,
    `/%2F%2F${canary}`,
    `/%5c${canary}`,
    `%2f%2f${canary}`,
    `/pools//${canary}`,
    `/pools/..//${canary}`,
    `/../${canary}`,
    '/.well-known/x',
    '/./x',
    '/pools/',
    `/\t/${canary}`,
    `/\n/${canary}`,
    `\n//${canary}`,
    ` //${canary}`,
    `/ /${canary}`,
    `/\u0000//${canary}`,
    `/\u2028//${canary}`,
    `/\uff0f${canary}`,
    `/pools?x=<script>`,
    '/pools?to=//x',
    `/pools#//${canary}`,
    'javascript:alert(1)',
    'data:text/html,x',
    '/v1/pools',
    '/v1',
    '/sign-in',
    '/sign-in/county?again=yes',
    '/sign-out',
    '/invitation/secret',
    '/health/ready',
    '/metrics',
    `/${'x'.repeat(1_000)}`,
    '',
    undefined,
    null,
    7,
    ['/pools'],
    ['/pools', `//${canary}`],
    { toString: () => `//${canary}` },
  ])
    kept.same(t, JSON.stringify(given) ?? 'undefined', returnAddress(given), '/');
  kept.settle(t);
  const host = new Property('and where it is taken, the browser stays here');
  for (const address of ['/pools', '/a@b.example', '/a:80', '/x?y=https%3A%2F%2Fevil.example'])
    host.same(t, address, new URL(returnAddress(address), 'https://here.example').host, 'here.example');
  host.settle(t);
});
