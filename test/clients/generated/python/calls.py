"""Calls every operation by the client that openapi-python-client has made, and tells what came."""

import base64
import json
import os
import sys

from tokentray_api import AuthenticatedClient, Client, models
from tokentray_api.api.accounts import (
    add_account,
    change_account,
    check_account,
    find_account,
    list_accounts,
    list_providers,
    list_tokens,
    login_again,
    logout,
    open_portal,
    remove_account,
    revoke_all_tokens,
    revoke_token,
    rotate_tokens,
)
from tokentray_api.api.activity import read_activity
from tokentray_api.api.clients import (
    add_client,
    change_client,
    list_clients,
    remove_client,
    renew_client_secret,
)
from tokentray_api.api.control import (
    export_all,
    get_status,
    import_all,
    lock,
    reset,
    unlock,
)
from tokentray_api.api.discovery import get_health, get_metadata, get_openapi
from tokentray_api.api.leases import end_leases, issue_token, list_leases
from tokentray_api.api.oauth import introspect_lease, request_token, revoke_lease

ISSUER = os.environ["ISSUER"]
FORMS = {form["provider"]: form for form in json.load(sys.stdin)}
SFTPGO, GLOWMARKT, SVIX = ((name, "demo") for name in ("sftpgo", "glowmarkt", "svix"))


def call(operation, client, *place, told=lambda answer: {}, **arguments):
    """Calls it, and prints what `told` finds in the answer, which is of the type that was made for it."""
    response = operation.sync_detailed(*place, client=client, **arguments)
    first, *more = operation.__name__.rpartition(".")[2].split("_")
    name = first + "".join(map(str.title, more))
    line = {"call": name, "status": int(response.status_code)}
    print(json.dumps({**line, **told(response.parsed)}), flush=True)
    return response.parsed


def values(provider):
    return models.FormValues.from_dict(FORMS[provider]["values"])


def secrets(provider):
    return models.FormSecrets.from_dict(FORMS[provider]["secrets"])


def refusal(answer):
    is_refusal = isinstance(answer, models.ErrorAnswer)
    return {
        "error": answer.error,
        "says": is_refusal and answer.error_description != "",
    }


def ended(answer):
    return {"ended": [lease.account for lease in answer.leases]}


def state(answer):
    return {"account": answer.id, "state": answer.state.value}


def token(answer):
    return {"account": answer.account, "type": answer.token_type}


anybody = Client(base_url=ISSUER)
owner = AuthenticatedClient(base_url=ISSUER, token=os.environ["OWNER_KEY"])

call(get_health, anybody, told=lambda answer: {"is": answer.status})
call(get_metadata, anybody, told=lambda answer: {"issuer": answer.issuer})
call(get_openapi, anybody, told=lambda answer: {"openapi": answer["openapi"]})
call(get_status, owner, told=lambda answer: {"vault": answer.vault.state.value})
call(
    list_providers,
    owner,
    told=lambda answer: {"providers": [each.id for each in answer.providers]},
)
form = models.CheckAccountRequest(provider="sftpgo", values=values("sftpgo"))
call(check_account, owner, body=form)
for provider, name in (SFTPGO, GLOWMARKT, SVIX):
    account = models.AddAccountRequest(
        provider=provider, name=name, values=values(provider), secrets=secrets(provider)
    )
    call(add_account, owner, body=account, told=state)
call(
    list_accounts,
    owner,
    told=lambda answer: {"kinds": [each.lease_kind.value for each in answer.accounts]},
)
change = models.ChangeAccountRequest(lease_seconds=600)
call(
    change_account,
    owner,
    *SFTPGO,
    body=change,
    told=lambda answer: {"seconds": answer.lease_seconds},
)
address = models.FindAccountRequest(url=FORMS["sftpgo"]["values"]["url"])
call(find_account, owner, body=address, told=lambda answer: {"account": answer.id})
wanted = models.AddClientRequest(name="tool", accounts=["sftpgo/demo"])
added = call(
    add_client, owner, body=wanted, told=lambda answer: {"accounts": answer.accounts}
)

pair = base64.b64encode(f"{added.id}:{added.secret}".encode()).decode()
tool = AuthenticatedClient(base_url=ISSUER, token=pair, prefix="Basic")
grant = models.TokenFormGrantType.CLIENT_CREDENTIALS
place = FORMS["sftpgo"]["values"]["url"]
given = call(
    request_token,
    tool,
    body=models.TokenForm(grant_type=grant, resource=place, min_validity=30),
    told=token,
)
held = models.HeldTokenForm(token=given.access_token)
call(introspect_lease, tool, body=held, told=lambda answer: {"active": answer.active})
call(
    list_accounts,
    tool,
    told=lambda answer: {"granted": [each.id for each in answer.accounts]},
)
call(revoke_lease, tool, body=held, told=ended)
wrong = models.TokenForm(grant_type=grant, audience="sftpgo/nobody")
call(request_token, tool, body=wrong, told=refusal)

issue = models.IssueRequest(account="sftpgo/demo", reason="a try")
call(issue_token, owner, body=issue, told=token)
call(
    list_leases,
    owner,
    told=lambda answer: {"reasons": [lease.reason for lease in answer.leases]},
)
call(
    read_activity,
    owner,
    body=models.ActivityRequest(limit=1, search="a try"),
    told=lambda answer: {"accounts": [line.account for line in answer.lines]},
)
call(
    list_clients,
    owner,
    told=lambda answer: {"clients": [client.name for client in answer.clients]},
)
call(issue_token, owner, body=models.IssueRequest(account="glowmarkt/demo"), told=token)
listed = call(
    list_tokens,
    owner,
    *GLOWMARKT,
    told=lambda answer: {"tokens": len(answer.tokens)},
)
named = models.RevokeTokenRequest(id=listed.tokens[0].id)
call(
    revoke_token,
    owner,
    *GLOWMARKT,
    body=named,
    told=lambda answer: {"there": answer.at_service.value},
)
call(rotate_tokens, owner, *SFTPGO, told=ended)
call(
    open_portal,
    owner,
    *SVIX,
    body=models.PortalRequest(),
    told=lambda answer: {"leads": answer.url.startswith("http")},
)
everybody = models.RevokeAllRequest(confirm="svix/demo")
call(revoke_all_tokens, owner, *SVIX, body=everybody, told=ended)
call(issue_token, owner, body=issue, told=token)
some = models.EndRequest(account="sftpgo/demo")
call(end_leases, owner, body=some, told=ended)
call(end_leases, owner, body=models.EndRequest(all_=True))
again = models.LoginRequest(secrets=secrets("sftpgo"))
call(login_again, owner, *SFTPGO, body=again, told=state)
call(logout, owner, *SFTPGO, told=ended)
call(lock, owner)
call(unlock, owner)
exported = call(export_all, owner, told=lambda answer: {"format": answer.format_})
call(
    import_all,
    owner,
    body=exported,
    told=lambda answer: {"existing": answer.accounts.existing},
)
change = models.ChangeClientRequest(accounts=["glowmarkt/demo"])
call(
    change_client,
    owner,
    "tool",
    body=change,
    told=lambda answer: {"accounts": answer.accounts},
)
call(
    renew_client_secret,
    owner,
    "tool",
    told=lambda answer: {"accounts": answer.accounts},
)
call(remove_client, owner, "tool", told=ended)
call(remove_account, owner, *SFTPGO, told=ended)
call(remove_account, owner, *SFTPGO, told=refusal)
call(reset, owner, body=models.ResetRequest(confirm="reset"))
