"""Python without any library: urllib sends credentials when it is challenged."""

import json
import urllib.error
import urllib.parse
import urllib.request

from steps import ID, ISSUER, SECRET, granted, run, say, wait_until


def post(path, secret=SECRET, **form):
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, ISSUER, ID, secret)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPBasicAuthHandler(passwords),
    )
    body = urllib.parse.urlencode(form).encode()
    try:
        return json.load(opener.open(ISSUER + path, body))
    except urllib.error.HTTPError as refusal:
        return json.load(refusal)


def fetch(secret=SECRET, **more):
    return post("/oauth/token", secret, grant_type="client_credentials", **more)


def active(value):
    return post("/oauth/introspect", token=value)["active"]


def life():
    first = fetch()
    granted("token", first)
    granted("again", fetch())
    value = first["access_token"]
    say("introspect", active=active(value))
    say("revoke", ok="leases" in post("/oauth/revoke", token=value))
    say("ended", active=active(value))
    granted("renewed", fetch())
    for step, answer in (
        ("wrong secret", fetch("wrong")),
        ("wrong account", fetch(audience="sftpgo/nobody")),
    ):
        say(step, error=answer["error"], description=answer["error_description"])


def expiry():
    first = fetch()["access_token"]
    say("kept", ok=fetch()["access_token"] == first)
    wait_until(lambda: not active(first))
    say("expired", active=active(fetch()["access_token"]))


run(life, expiry)
