/**
 * What the door signs and seals with: from each secret a key for each purpose, so that what was made for one
 * is worth nothing for another. The first secret makes, all of them are taken: that is how they are changed.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** Who is signed in; a form and the address it is sent to; a sign-in under way; a form that was kept. */
export type Purpose =
  'session' | 'form' | 'sign-in' | 'invitation' | 'leaving' | 'kept-form' | 'token' | 'calendar';

export interface Keyring {
  /** HMAC-SHA-256 in base64url. */
  mac(purpose: Purpose, text: string): string;
  /** Whether one of the keys made this MAC. */
  isMac(purpose: Purpose, text: string, mac: string): boolean;
  /** Seals a text so that nobody else can read or change it, in base64url. */
  seal(purpose: Purpose, text: string): string;
  /** The text; undefined where none of the keys sealed it, for this purpose. */
  open(purpose: Purpose, sealed: string): string | undefined;
}

/** Bytes of a key, of a nonce and of a tag of AES-256-GCM. */
const [keyBytes, nonceBytes, tagBytes] = [32, 12, 16];
const cipher = 'aes-256-gcm';

/** `secrets`: at least one, of 32 random bytes each, the newest first. */
export function keyring(secrets: readonly [Uint8Array, ...Uint8Array[]]): Keyring {
  const made = new Map<string, readonly Buffer[]>();
  const keysFor = (use: string): readonly Buffer[] => {
    let keys = made.get(use);
    if (!keys) {
      const from = (secret: Uint8Array) =>
        Buffer.from(hkdfSync('sha256', secret, '', `total-place ${use}`, keyBytes));
      made.set(use, (keys = secrets.map(from)));
    }
    return keys;
  };
  const newest = (use: string): Buffer => keysFor(use)[0] as Buffer;
  const macBy = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  return {
    mac: (purpose, text) => macBy(newest(`mac ${purpose}`), text).toString('base64url'),
    isMac(purpose, text, mac) {
      const given = Buffer.from(mac, 'base64url');
      if (given.length !== keyBytes || given.toString('base64url') !== mac) return false;
      return keysFor(`mac ${purpose}`).some((key) => timingSafeEqual(macBy(key, text), given));
    },
    seal(purpose, text) {
      const nonce = randomBytes(nonceBytes);
      const sealing = createCipheriv(cipher, newest(`seal ${purpose}`), nonce);
      const sealed = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()]);
      return Buffer.concat([nonce, sealing.getAuthTag(), sealed]).toString('base64url');
    },
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < nonceBytes + tagBytes) return undefined;
      for (const key of keysFor(`seal ${purpose}`)) {
        const text = unseal(key, bytes);
        if (text !== undefined) return text;
      }
      return undefined;
    },
  };
}

function unseal(key: Buffer, bytes: Buffer): string | undefined {
  const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  opening.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  const text = opening.update(bytes.subarray(nonceBytes + tagBytes));
  try {
    return Buffer.concat([text, opening.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
