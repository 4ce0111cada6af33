"""Authlib as it comes."""

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from steps import (
    ID,
    INTROSPECT_URL,
    ISSUER,
    SECRET,
    TOKEN_URL,
    granted,
    refused,
    run,
    say,
    wait_until,
)


def session(secret=SECRET, **more):
    # With the grant type in it, it fetches the next token by itself, without audience.
    return OAuth2Session(
        ID, secret, token_endpoint=TOKEN_URL, grant_type="client_credentials", **more
    )


def fetch(client, **more):
    return client.fetch_token(TOKEN_URL, grant_type="client_credentials", **more)


def active(client, value):
    return client.introspect_token(INTROSPECT_URL, token=value).json()["active"]


def life():
    client = session()
    first = fetch(client)
    granted("token", first)
    granted("again", fetch(session()))
    value = first["access_token"]
    say("introspect", active=active(client, value))
    say("revoke", ok=client.revoke_token(f"{ISSUER}/oauth/revoke", token=value).ok)
    say("ended", active=active(client, value))
    granted("renewed", fetch(client))
    refused("wrong secret", OAuthError, lambda: fetch(session("wrong")))
    refused(
        "wrong account", OAuthError, lambda: fetch(session(), audience="sftpgo/nobody")
    )


def expiry():
    # Else it would take a token for expired a minute before its end.
    client = session(leeway=1)
    first = fetch(client)["access_token"]

    def used():
        client.get(f"{ISSUER}/v1/health")
        return client.token["access_token"]

    say("kept", ok=used() == first)
    wait_until(lambda: used() != first)
    say("expired", active=active(client, client.token["access_token"]))


def twice():
    client = session()
    first = fetch(client)["access_token"]
    client.get(f"{ISSUER}/v1/health")
    say("managed", ok=client.token["access_token"] == first)


run(life, expiry, twice)
