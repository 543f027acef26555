// A real identity provider in a process of its own, for the sign-in tests. It ends when its input does.
//
// The first line of its input is what it is to be, as JSON: { client: { id, secret }, redirects, alg, inToken }. The
// first line of its output is where it is, as JSON: { issuer, now }. Who signs in says so at the interaction:
// `?account=` with the claims as JSON, or `?deny` to go back without. `POST /control/rotate` gives it other keys.

import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const lines = createInterface({ input: process.stdin });
const setup = JSON.parse((await lines[Symbol.asyncIterator]().next()).value);
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();

const alg = setup.alg ?? 'RS256';
const accounts = new Map();
let provider;
let keys = 0;

async function freshKeys() {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  keys += 1;
  return { keys: [{ ...(await exportJWK(privateKey)), kid: `key-${keys}`, use: 'sig', alg }] };
}

async function renew(issuer) {
  provider = new Provider(issuer, {
    clients: [
      {
        client_id: setup.client.id,
        client_secret: setup.client.secret,
        redirect_uris: setup.redirects,
        grant_types: ['authorization_code'],
        response_types: ['code'],
        id_token_signed_response_alg: alg,
        token_endpoint_auth_method: setup.authMethod ?? 'client_secret_basic',
      },
    ],
    clientAuthMethods: [setup.authMethod ?? 'client_secret_basic'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    conformIdTokenClaims: !setup.inToken,
    cookies: { keys: ['no secret: nothing here lasts'] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...accounts.get(id), sub: id }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    jwks: await freshKeys(),
    // Whoever signs in agrees to everything.
    async loadExistingGrant(context) {
      const { client, session } = context.oidc;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile email groups');
      await grant.save();
      return grant;
    },
    pkce: { required: () => true },
  });
}

async function interact(request, response, query) {
  await provider.interactionDetails(request, response);
  if (query.has('deny')) {
    const result = { error: 'access_denied', error_description: 'not today' };
    return provider.interactionFinished(request, response, result);
  }
  const account = JSON.parse(query.get('account'));
  accounts.set(account.sub, account);
  return provider.interactionFinished(request, response, { login: { accountId: account.sub } });
}

const server = createServer(async (request, response) => {
  try {
    const url = new URL(request.url, 'http://127.0.0.1');
    if (url.pathname.startsWith('/interaction/')) {
      await interact(request, response, url.searchParams);
    } else if (url.pathname === '/control/rotate') {
      await renew(provider.issuer);
      response.end();
    } else {
      await provider.callback()(request, response);
    }
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
});

server.listen(0, '127.0.0.1', async () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  await renew(issuer);
  console.log(JSON.stringify({ issuer, now: Date.now() }));
});
