// oidc-client-ts as a public relying party, as pages in a browser use it. Speaks like openid_client.mjs.
import { createInterface } from "node:readline";
import { OidcClient } from "oidc-client-ts";

const [authority, client_id, redirect_uri, post_logout_redirect_uri] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = (message) => console.log(JSON.stringify(message));
const heard = async () => (await lines.next()).value;

const client = new OidcClient({
  authority,
  client_id,
  redirect_uri,
  post_logout_redirect_uri,
  response_type: "code",
  scope: "openid profile",
  loadUserInfo: true,
  filterProtocolClaims: false,
});

async function signIn(more) {
  const request = await client.createSigninRequest({ nonce: "n-0S6_WzA2Mj", ...more });
  tell({ open: request.url });
  return client.processSigninResponse(await heard());
}

const first = await signIn({ acr_values: "urn:madang:ial2:aal1", max_age: 3600 });
tell({ claims: first.profile });

const second = await client.useRefreshToken({
  state: {
    data: undefined,
    refresh_token: first.refresh_token,
    id_token: first.id_token,
    session_state: null,
    scope: first.scope,
    profile: first.profile,
  },
});
tell({ refreshed: second.access_token !== first.access_token });

const leave = await client.createSignoutRequest({ id_token_hint: first.id_token, state: "x" });
tell({ open: leave.url });
const left = await client.processSignoutResponse(await heard());
tell({ left: left.error === null });
try {
  await signIn({ prompt: "none" });
} catch (error) {
  tell({ after: error.error });
}
process.exit(0);
