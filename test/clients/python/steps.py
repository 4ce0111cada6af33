"""What every client of Python does here, and how it tells of it: one line of JSON for each step."""

import json
import os

ISSUER = os.environ["ISSUER"]
ID = os.environ["CLIENT_ID"]
SECRET = os.environ["CLIENT_SECRET"]
TOKEN_URL = f"{ISSUER}/oauth/token"


def say(step, **fields):
    print(json.dumps({"step": step, **fields}), flush=True)


def granted(step, token):
    say(step, account=token["account"], lease=token["lease_id"])


def refused(step, kind, call):
    try:
        call()
    except kind as refusal:
        say(step, error=refusal.error, description=refusal.description)
