"""requests-oauthlib as it comes. It has no call to introspect or revoke: those are requests'."""

import os

import requests
from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error
from requests_oauthlib import OAuth2Session
from steps import ID, ISSUER, SECRET, TOKEN_URL, granted, refused, say

# It wants https everywhere, and takes http when told to.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"


def fetch(secret=SECRET, **more):
    session = OAuth2Session(client=BackendApplicationClient(client_id=ID))
    return session.fetch_token(TOKEN_URL, client_id=ID, client_secret=secret, **more)


def post(path, token):
    return requests.post(ISSUER + path, data={"token": token}, auth=(ID, SECRET)).json()


first = fetch()
granted("token", first)
granted("again", fetch())
value = first["access_token"]
say("introspect", active=post("/oauth/introspect", value)["active"])
say("revoke", ok="leases" in post("/oauth/revoke", value))
say("ended", active=post("/oauth/introspect", value)["active"])
granted("renewed", fetch())
refused("wrong secret", OAuth2Error, lambda: fetch("wrong"))
refused("wrong account", OAuth2Error, lambda: fetch(audience="sftpgo/nobody"))
