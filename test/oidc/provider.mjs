// A real OpenID provider for the tests of signing in, in a process of its own: it needs a newer Node. What it says of
// whoever comes is told it over the channel to its parent; nobody types anything. It answers {ready: issuer} and {done: n}.
import { createServer } from 'node:http';
import { generateKeyPair, exportJWK, decodeJwt, SignJWT, importJWK } from 'jose';
import { Provider } from 'oidc-provider';

const { port, client, name } = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
/** What it does at its next answers: who signs in and how, and what is wrong with what it says. */
const how = {
  subject: 'anna@example.org',
  acr: undefined,
  decline: false,
  codeSeconds: 60,
  claims: {},
  key: undefined,
};
let keys;
let made = 0;
let provider;

/** What it remembers, whatever key it signs with. */
const memory = new Map();
class Adapter {
  constructor(kind) {
    this.kind = kind;
  }
  all() {
    return [...memory].filter(([key]) => key.startsWith(`${this.kind} `)).map(([, kept]) => kept.payload);
  }
  async upsert(id, payload, seconds) {
    memory.set(`${this.kind} ${id}`, { payload, until: Date.now() + seconds * 1000 });
  }
  async find(id) {
    const kept = memory.get(`${this.kind} ${id}`);
    return kept && Date.now() < kept.until ? kept.payload : undefined;
  }
  async findByUid(uid) {
    return this.all().find((payload) => payload.uid === uid);
  }
  async findByUserCode() {
    return undefined;
  }
  async consume(id) {
    memory.get(`${this.kind} ${id}`).payload.consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    memory.delete(`${this.kind} ${id}`);
  }
  async revokeByGrantId(grantId) {
    for (const [key, { payload }] of memory) if (payload.grantId === grantId) memory.delete(key);
  }
}

async function make() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  keys = { ...(await exportJWK(privateKey)), kid: `${name}-${++made}`, alg: 'RS256', use: 'sig' };
  provider = new Provider(issuer, {
    adapter: Adapter,
    clients: [
      client,
      {
        client_id: 'a-machine',
        client_secret: 'a-secret-of-a-machine',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    jwks: { keys: [keys] },
    cookies: {
      keys: ['a key for tests'],
      names: { session: `_${name}`, interaction: `_${name}_i`, resume: `_${name}_r` },
    },
    clientBasedCORS: () => false,
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, acr: how.acr }) }),
    claims: { openid: ['sub'], acr: null, auth_time: null },
    acrValues: ['mfa', 'password'],
    pkce: { required: () => true },
    ttl: {
      AuthorizationCode: () => how.codeSeconds,
      AccessToken: 600,
      ClientCredentials: 600,
      IdToken: 600,
      Session: 3600,
      Interaction: 600,
      Grant: 600,
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        // Whoever comes is signed out, without being asked.
        logoutSource: async (ctx, form) => {
          ctx.body = `<!doctype html><title>Out</title>${form}<button form="op.logoutForm" name="logout" value="yes">Yes</button>`;
        },
      },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => ({
          audience: resource.replace('urn:', ''),
          scope: 'read',
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
        }),
      },
    },
  });
  provider.on('server_error', (_, error) => console.error(error));
  // What no honest provider would say, signed by a key that is one.
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== '/token' || !ctx.body?.id_token) return;
    if (Object.keys(how.claims).length === 0 && !how.key) return;
    const key =
      how.key === 'another' ? (await generateKeyPair('RS256')).privateKey : await importJWK(keys, 'RS256');
    const claims = Object.entries({ ...decodeJwt(ctx.body.id_token), ...how.claims });
    ctx.body.id_token = await new SignJWT(Object.fromEntries(claims.filter(([, value]) => value !== null)))
      .setProtectedHeader({ alg: 'RS256', kid: keys.kid })
      .sign(key);
  });
}

const server = createServer(async (request, response) => {
  try {
    const [, uid] = /^\/interaction\/([\w-]+)$/.exec(request.url) ?? [];
    if (!uid) return void provider.callback()(request, response);
    const { prompt } = await provider.interactionDetails(request, response);
    const result = how.decline
      ? { error: 'access_denied', error_description: 'canary: they would rather not' }
      : {
          login: {
            accountId: how.subject,
            acr: how.acr,
            remember: false,
            ts: Math.floor(Date.now() / 1000) - (how.secondsAgo ?? 0),
          },
        };
    if (prompt.name === 'consent') result.consent = {};
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
});

process.on('message', async ({ id, set = {}, rotate = false }) => {
  Object.assign(how, set);
  if (rotate) await make();
  process.send({ done: id });
});
// Whoever started it is gone: nothing is left behind.
process.once('disconnect', () => process.exit());
await make();
server.listen(port, '127.0.0.1', () => process.send({ ready: issuer }));
