"""What every client of Python does here, and how it tells of it: one line of JSON for each step."""

import json
import os
import sys
import time

ISSUER = os.environ["ISSUER"]
ID = os.environ["CLIENT_ID"]
SECRET = os.environ["CLIENT_SECRET"]
STEPS = os.environ["STEPS"]
TOKEN_URL = f"{ISSUER}/oauth/token"
INTROSPECT_URL = f"{ISSUER}/oauth/introspect"


def say(step, **fields):
    print(json.dumps({"step": step, **fields}), flush=True)


def granted(step, token):
    say(
        step,
        account=token["account"],
        lease=token["lease_id"],
        **({"headers": token["headers"]} if STEPS == step else {}),
    )
    if STEPS == step:
        sys.exit()


def refused(step, kind, call):
    try:
        call()
    except kind as refusal:
        say(step, error=refusal.error, description=refusal.description)


def wait_until(is_so):
    """Until it is so; whoever has started the program limits the time."""
    while not is_so():
        time.sleep(0.2)


def run(life, expiry, twice=None):
    """Goes through the steps that are asked for."""
    {"life": life, "token": life, "expiry": expiry, "twice": twice}[STEPS]()
