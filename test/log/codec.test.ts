import assert from 'node:assert/strict';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { test } from 'tap';
import { canonical } from '../../src/log/canonical.js';
import { decode, encode, type EnvelopeContext } from '../../src/log/codec.js';

test('canonical text is the library’s, for any JSON', async (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      assert.equal(canonical(value), canonicalize(value));
    }),
    { numRuns: 500 },
  );
  for (const value of [
    { b: 1, a: { 10: 1, 9: 2, é: 3, '\ufffe': 4, '😀': 5 } },
    [undefined, null],
    { x: undefined, y: '\u2028"\\\u0007' },
    -0,
    1e21,
    1e-7,
    0.1,
  ])
    t.equal(canonical(value), canonicalize(value));
  for (const value of [NaN, Infinity, '\ud800', { '\udc00': 1 }, 1n, () => 1])
    t.throws(() => canonical(value), TypeError);
});

/** Members of the envelope that every event has. */
const least: EnvelopeContext = {
  recordedAt: '2009-07-01T23:30:00.000Z',
  actor: { account: 'sh.pct', role: 'seat-holder', agency: 'pct', place: 'durham' },
  commandId: '8e3f0a52-8f0f-5a3e-9d8a-2f6f0c1f7a11',
  fingerprint: 'sha256:00',
  correlation: 'c"1',
};

test('an event as it was encoded is the event as it is read, and shares nothing with what it was made from', async (t) => {
  // Every member there is: what is added to the envelope must be written, not only handed on.
  const most: Required<EnvelopeContext> = {
    ...least,
    because: 'place-durham@3',
    causation: 'cause',
    effectiveOn: '2009-06-01',
    backdatedBecause: 'It was agreed then',
    basis: { kind: 'illustrative', source: 'Example' },
    signedIn: { at: '2009-07-01T23:25:00.000Z', acr: 'mfa', issuer: 'https://issuer.example' },
    reads: { 'place-durham': 1, 'collaborative-durham': 7 },
  };
  for (const context of [least, most]) {
    const data = {
      pledgeId: 'p1',
      agencyId: 'pct',
      financialYear: '2009-10',
      amountPence: 100,
      fundingStreamId: undefined,
    };
    const stored = encode('pool-a', 4, [{ type: 'PledgeMade', data }], context)[0]!;
    t.equal(canonicalize(JSON.parse(stored.body)), stored.body, 'the text is canonical');
    const { decoded: _, ...text } = stored;
    const read = decode({ ...text, position: 9 });
    t.strictSame(decode({ ...stored, position: 9 }), read);
    t.equal(read.today, '2009-07-02');
    t.equal(read.version, 5);
    t.not(read.data, data);
    t.notOk('fundingStreamId' in read.data);
    t.notOk('backdatedBecause' in read.data);
  }
});

test('what a newer version wrote is not read as something else', (t) => {
  const data = { pledgeId: 'p1', agencyId: 'pct', financialYear: '2009-10', amountPence: 100 };
  const { decoded: _, ...stored } = encode('pool-a', 4, [{ type: 'PledgeMade', data }], least)[0]!;
  const written = (change: object) =>
    decode({ ...stored, body: JSON.stringify({ ...JSON.parse(stored.body), ...change }), position: 9 });
  t.match(written({}), { type: 'PledgeMade' });
  t.throws(() => written({ type: 'PledgePromised' }), {
    message: 'event 9 is of the unknown type PledgePromised: this log was written by a newer version',
  });
  t.throws(() => written({ schema: 2 }), {
    message:
      'event 9 is a PledgeMade in schema 2, of which this version knows 1: this log was written by a newer version',
  });
  t.end();
});
