"""Authlib as it comes."""

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from steps import ID, ISSUER, SECRET, TOKEN_URL, granted, refused, say


def session(secret=SECRET):
    # With the grant type in it, it fetches the next token by itself, without audience.
    return OAuth2Session(
        ID, secret, token_endpoint=TOKEN_URL, grant_type="client_credentials"
    )


client = session()
first = client.fetch_token(TOKEN_URL, grant_type="client_credentials")
granted("token", first)
granted("again", session().fetch_token(TOKEN_URL, grant_type="client_credentials"))
value = first["access_token"]
inspect = f"{ISSUER}/oauth/introspect"
say("introspect", active=client.introspect_token(inspect, token=value).json()["active"])
say("revoke", ok=client.revoke_token(f"{ISSUER}/oauth/revoke", token=value).ok)
say("ended", active=client.introspect_token(inspect, token=value).json()["active"])
client.token = {**first, "expires_at": 1}
client.ensure_active_token(client.token)
granted("renewed", client.token)
refused(
    "wrong secret",
    OAuthError,
    lambda: session("wrong").fetch_token(TOKEN_URL, grant_type="client_credentials"),
)
refused(
    "wrong account",
    OAuthError,
    lambda: session().fetch_token(
        TOKEN_URL, grant_type="client_credentials", audience="sftpgo/nobody"
    ),
)
