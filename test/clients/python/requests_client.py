"""requests-oauthlib as it comes. It has no call to introspect or revoke: those are requests'."""

import os

import requests
from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error, TokenExpiredError
from requests_oauthlib import OAuth2Session
from steps import ID, ISSUER, SECRET, TOKEN_URL, granted, refused, run, say, wait_until

# It wants https everywhere, and takes http when told to.
LEAVE = "OAUTHLIB_INSECURE_TRANSPORT"
os.environ[LEAVE] = "1"


def new_session():
    return OAuth2Session(client=BackendApplicationClient(client_id=ID))


def fetch(secret=SECRET, session=None, **more):
    session = session or new_session()
    return session.fetch_token(TOKEN_URL, client_id=ID, client_secret=secret, **more)


def post(path, token):
    return requests.post(ISSUER + path, data={"token": token}, auth=(ID, SECRET)).json()


def active(value):
    return post("/oauth/introspect", value)["active"]


def life():
    first = fetch()
    granted("token", first)
    granted("again", fetch())
    value = first["access_token"]
    say("introspect", active=active(value))
    say("revoke", ok="leases" in post("/oauth/revoke", value))
    say("ended", active=active(value))
    granted("renewed", fetch())
    refused("wrong secret", OAuth2Error, lambda: fetch("wrong"))
    refused("wrong account", OAuth2Error, lambda: fetch(audience="sftpgo/nobody"))
    del os.environ[LEAVE]
    refused("no leave", OAuth2Error, fetch)


def expiry():
    session = new_session()
    first = fetch(session=session)["access_token"]

    def says_expired():
        try:
            session.get(f"{ISSUER}/v1/health")
        except TokenExpiredError:
            return True
        return False

    say("kept", ok=not says_expired())
    wait_until(says_expired)
    wait_until(lambda: not active(first))
    say("expired", active=active(fetch(session=session)["access_token"]))


run(life, expiry)
