// openid-client as a relying party. Speaks JSON lines: says which address the browser has to open,
// reads the address that it came back to. Any fault ends it with a message.
import { createInterface } from "node:readline";
import * as oidc from "openid-client";

const [issuer, id, secret, redirect_uri, afterLogout] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = (message) => console.log(JSON.stringify(message));
const heard = async () => new URL((await lines.next()).value);

const config = await oidc.discovery(new URL(issuer), id, secret, undefined, {
  execute: [oidc.allowInsecureRequests],
});

async function signIn(more, { pushed = false, maxAge } = {}) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const expectedNonce = oidc.randomNonce();
  const parameters = {
    redirect_uri,
    scope: "openid profile offline_access",
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
    ...more,
  };
  const open = pushed
    ? await oidc.buildAuthorizationUrlWithPAR(config, parameters)
    : oidc.buildAuthorizationUrl(config, parameters);
  tell({ open: open.href });
  return oidc.authorizationCodeGrant(config, await heard(), {
    pkceCodeVerifier, expectedState, expectedNonce, maxAge, idTokenExpected: true,
  });
}

const first = await signIn({ acr_values: "urn:madang:ial2:aal1", max_age: "3600" }, { maxAge: 3600 });
const claims = first.claims();
const user = await oidc.fetchUserInfo(config, first.access_token, claims.sub);
tell({ claims, user });

const second = await oidc.refreshTokenGrant(config, first.refresh_token);
tell({ refreshed: second.claims().sub === claims.sub && second.refresh_token !== first.refresh_token });

const pushed = await signIn({ prompt: "none" }, { pushed: true });
tell({ pushed: pushed.claims().sub === claims.sub });

const known = await oidc.tokenIntrospection(config, pushed.access_token);
await oidc.tokenRevocation(config, pushed.access_token);
const gone = await oidc.tokenIntrospection(config, pushed.access_token);
tell({ introspected: [known.active, gone.active] });

tell({
  open: oidc.buildEndSessionUrl(config, {
    id_token_hint: second.id_token,
    post_logout_redirect_uri: afterLogout,
    state: "done",
  }).href,
});
tell({ left: (await heard()).href });
try {
  await signIn({ prompt: "none" });
} catch (error) {
  tell({ after: error.error });
}
process.exit(0);
