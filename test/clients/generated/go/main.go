// Calls every operation by the client that oapi-codegen has made, and tells what came.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"

	"tokentray.test/generated/api"
)

type told = map[string]any

type form struct {
	Provider string          `json:"provider"`
	Values   api.FormValues  `json:"values"`
	Secrets  api.FormSecrets `json:"secrets"`
}

func readForms() map[string]form {
	var list []form
	if err := json.NewDecoder(os.Stdin).Decode(&list); err != nil {
		panic(err)
	}
	forms := map[string]form{}
	for _, each := range list {
		forms[each.Provider] = each
	}
	return forms
}

var (
	issuer = os.Getenv("ISSUER")
	forms  = readForms()
	ctx    = context.Background()
)

// client sends what edit puts into a request.
func client(edit func(*http.Request)) *api.ClientWithResponses {
	made, err := api.NewClientWithResponses(issuer, api.WithRequestEditorFn(
		func(_ context.Context, request *http.Request) error {
			edit(request)
			return nil
		}))
	if err != nil {
		panic(err)
	}
	return made
}

// call prints what one operation came to; fields may use the typed answer, which must be there.
func call[Answer interface{ StatusCode() int }](
	name string, answer Answer, err error, fields func(Answer) told,
) Answer {
	if err != nil {
		panic(name + ": " + err.Error())
	}
	line := told{"call": name, "status": answer.StatusCode()}
	for key, value := range fields(answer) {
		line[key] = value
	}
	text, _ := json.Marshal(line)
	fmt.Println(string(text))
	return answer
}

func refusal(answer *api.ErrorAnswer) told {
	return told{"error": answer.Error, "says": answer.ErrorDescription != ""}
}

func ended(leases []api.EndedLease) told {
	return told{"ended": pick(leases, func(lease api.EndedLease) any { return lease.Account })}
}

func state(answer *api.AccountAnswer) told {
	return told{"account": answer.Id, "state": answer.State}
}

func token(answer *api.TokenAnswer) told {
	return told{"account": answer.Account, "type": answer.TokenType}
}

func pick[Item any](items []Item, from func(Item) any) []any {
	picked := []any{}
	for _, item := range items {
		picked = append(picked, from(item))
	}
	return picked
}

func to[Value any](value Value) *Value { return &value }

func main() {
	byKey := func(request *http.Request) {
		request.Header.Set("Authorization", "Bearer "+os.Getenv("OWNER_KEY"))
	}
	owner := client(byKey)
	look(owner)
	sign(owner)
	wanted := api.AddClientRequest{Name: "tool", Accounts: []string{"sftpgo/demo"}}
	added, err := owner.AddClientWithResponse(ctx, wanted)
	call("addClient", added, err, func(each *api.AddClientResponse) told {
		return told{"accounts": each.JSON201.Accounts}
	})
	useAsTool(client(func(request *http.Request) {
		request.SetBasicAuth(added.JSON201.Id, added.JSON201.Secret)
	}))
	manage(owner)
	end(owner)
}

func look(owner *api.ClientWithResponses) {
	anybody := client(func(*http.Request) {})
	health, err := anybody.GetHealthWithResponse(ctx)
	call("getHealth", health, err, func(each *api.GetHealthResponse) told {
		return told{"is": each.JSON200.Status}
	})
	metadata, err := anybody.GetMetadataWithResponse(ctx)
	call("getMetadata", metadata, err, func(each *api.GetMetadataResponse) told {
		return told{"issuer": each.JSON200.Issuer}
	})
	document, err := anybody.GetOpenapiWithResponse(ctx)
	call("getOpenapi", document, err, func(each *api.GetOpenapiResponse) told {
		return told{"openapi": (*each.JSON200)["openapi"]}
	})
	status, err := owner.GetStatusWithResponse(ctx)
	call("getStatus", status, err, func(each *api.GetStatusResponse) told {
		return told{"vault": each.JSON200.Vault.State}
	})
	providers, err := owner.ListProvidersWithResponse(ctx)
	call("listProviders", providers, err, func(each *api.ListProvidersResponse) told {
		ids := pick(each.JSON200.Providers, func(one api.ProviderAnswer) any { return one.Id })
		return told{"providers": ids}
	})
}

func sign(owner *api.ClientWithResponses) {
	nothing := func(*api.CheckAccountResponse) told { return nil }
	sftpgo := forms["sftpgo"]
	checked, err := owner.CheckAccountWithResponse(ctx,
		api.CheckAccountRequest{Provider: "sftpgo", Values: &sftpgo.Values})
	call("checkAccount", checked, err, nothing)
	for _, provider := range []string{"sftpgo", "glowmarkt", "svix"} {
		filled := forms[provider]
		added, err := owner.AddAccountWithResponse(ctx, api.AddAccountRequest{
			Provider: provider, Name: to("demo"), Values: &filled.Values, Secrets: &filled.Secrets,
		})
		call("addAccount", added, err, func(each *api.AddAccountResponse) told {
			return state(each.JSON201)
		})
	}
	accounts, err := owner.ListAccountsWithResponse(ctx)
	call("listAccounts", accounts, err, func(each *api.ListAccountsResponse) told {
		kind := func(one api.ListedAccount) any {
			account, _ := one.AsAccountAnswer()
			return account.LeaseKind
		}
		return told{"kinds": pick(each.JSON200.Accounts, kind)}
	})
	changed, err := owner.ChangeAccountWithResponse(ctx, "sftpgo", "demo",
		api.ChangeAccountRequest{LeaseSeconds: to(int64(600))})
	call("changeAccount", changed, err, func(each *api.ChangeAccountResponse) told {
		return told{"seconds": each.JSON200.LeaseSeconds}
	})
	found, err := owner.FindAccountWithResponse(ctx, api.FindAccountRequest{Url: sftpgo.Values["url"]})
	call("findAccount", found, err, func(each *api.FindAccountResponse) told {
		return told{"account": each.JSON200.Id}
	})
}

func useAsTool(tool *api.ClientWithResponses) {
	given, err := tool.RequestTokenWithFormdataBodyWithResponse(ctx, api.TokenForm{
		GrantType: api.ClientCredentials, Resource: to(forms["sftpgo"].Values["url"]), MinValidity: to(int64(30)),
	})
	call("requestToken", given, err, func(each *api.RequestTokenResponse) told {
		return token(each.JSON200)
	})
	held := api.HeldTokenForm{Token: given.JSON200.AccessToken}
	known, err := tool.IntrospectLeaseWithFormdataBodyWithResponse(ctx, held)
	call("introspectLease", known, err, func(each *api.IntrospectLeaseResponse) told {
		return told{"active": each.JSON200.Active}
	})
	granted, err := tool.ListAccountsWithResponse(ctx)
	call("listAccounts", granted, err, func(each *api.ListAccountsResponse) told {
		id := func(one api.ListedAccount) any {
			account, _ := one.AsGrantedAccountAnswer()
			return account.Id
		}
		return told{"granted": pick(each.JSON200.Accounts, id)}
	})
	revoked, err := tool.RevokeLeaseWithFormdataBodyWithResponse(ctx, held)
	call("revokeLease", revoked, err, func(each *api.RevokeLeaseResponse) told {
		return ended(each.JSON200.Leases)
	})
	wrong, err := tool.RequestTokenWithFormdataBodyWithResponse(ctx,
		api.TokenForm{GrantType: api.ClientCredentials, Audience: to("sftpgo/nobody")})
	call("requestToken", wrong, err, func(each *api.RequestTokenResponse) told {
		return refusal(each.JSON400)
	})
}

func issue(owner *api.ClientWithResponses, account string) {
	issued, err := owner.IssueTokenWithResponse(ctx,
		api.IssueRequest{Account: account, Reason: to("a try")})
	call("issueToken", issued, err, func(each *api.IssueTokenResponse) told {
		return token(each.JSON200)
	})
}

func manage(owner *api.ClientWithResponses) {
	issue(owner, "sftpgo/demo")
	leases, err := owner.ListLeasesWithResponse(ctx)
	call("listLeases", leases, err, func(each *api.ListLeasesResponse) told {
		reason := func(lease api.LeaseAnswer) any { return lease.Reason }
		return told{"reasons": pick(each.JSON200.Leases, reason)}
	})
	activity, err := owner.ReadActivityWithResponse(ctx,
		api.ActivityRequest{Limit: to(int64(1)), Search: to("a try")})
	call("readActivity", activity, err, func(each *api.ReadActivityResponse) told {
		account := func(line api.ActivityLine) any { return line.Account }
		return told{"accounts": pick(each.JSON200.Lines, account)}
	})
	clients, err := owner.ListClientsWithResponse(ctx)
	call("listClients", clients, err, func(each *api.ListClientsResponse) told {
		name := func(one api.ClientAnswer) any { return one.Name }
		return told{"clients": pick(each.JSON200.Clients, name)}
	})
	issue(owner, "glowmarkt/demo")
	tokens, err := owner.ListTokensWithResponse(ctx, "glowmarkt", "demo")
	call("listTokens", tokens, err, func(each *api.ListTokensResponse) told {
		return told{"tokens": len(each.JSON200.Tokens)}
	})
	revoked, err := owner.RevokeTokenWithResponse(ctx, "glowmarkt", "demo",
		api.RevokeTokenRequest{Id: tokens.JSON200.Tokens[0].Id})
	call("revokeToken", revoked, err, func(each *api.RevokeTokenResponse) told {
		return told{"there": each.JSON200.AtService}
	})
	rotated, err := owner.RotateTokensWithResponse(ctx, "sftpgo", "demo")
	call("rotateTokens", rotated, err, func(each *api.RotateTokensResponse) told {
		return ended(each.JSON200.Leases)
	})
	portal, err := owner.OpenPortalWithResponse(ctx, "svix", "demo", api.PortalRequest{})
	call("openPortal", portal, err, func(each *api.OpenPortalResponse) told {
		return told{"leads": strings.HasPrefix(each.JSON200.Url, "http")}
	})
}

func end(owner *api.ClientWithResponses) {
	everybody, err := owner.RevokeAllTokensWithResponse(ctx, "svix", "demo",
		api.RevokeAllRequest{Confirm: "svix/demo"})
	call("revokeAllTokens", everybody, err, func(each *api.RevokeAllTokensResponse) told {
		return ended(each.JSON200.Leases)
	})
	issue(owner, "sftpgo/demo")
	some, err := owner.EndLeasesWithResponse(ctx, api.EndRequest{Account: to("sftpgo/demo")})
	call("endLeases", some, err, func(each *api.EndLeasesResponse) told {
		return ended(each.JSON200.Leases)
	})
	all, err := owner.EndLeasesWithResponse(ctx, api.EndRequest{All: to(true)})
	call("endLeases", all, err, func(each *api.EndLeasesResponse) told { return nil })
	secrets := forms["sftpgo"].Secrets
	again, err := owner.LoginAgainWithResponse(ctx, "sftpgo", "demo", api.LoginRequest{Secrets: &secrets})
	call("loginAgain", again, err, func(each *api.LoginAgainResponse) told {
		return state(each.JSON200)
	})
	out, err := owner.LogoutWithResponse(ctx, "sftpgo", "demo")
	call("logout", out, err, func(each *api.LogoutResponse) told { return ended(each.JSON200.Leases) })
	locked, err := owner.LockWithResponse(ctx)
	call("lock", locked, err, func(*api.LockResponse) told { return nil })
	unlocked, err := owner.UnlockWithResponse(ctx)
	call("unlock", unlocked, err, func(*api.UnlockResponse) told { return nil })
	exported, err := owner.ExportAllWithResponse(ctx)
	call("exportAll", exported, err, func(each *api.ExportAllResponse) told {
		return told{"format": each.JSON200.Format}
	})
	imported, err := owner.ImportAllWithResponse(ctx, *exported.JSON200)
	call("importAll", imported, err, func(each *api.ImportAllResponse) told {
		return told{"existing": each.JSON200.Accounts.Existing}
	})
	change := api.ChangeClientRequest{Accounts: &[]string{"glowmarkt/demo"}}
	changed, err := owner.ChangeClientWithResponse(ctx, "tool", change)
	call("changeClient", changed, err, func(each *api.ChangeClientResponse) told {
		return told{"accounts": each.JSON200.Accounts}
	})
	renewed, err := owner.RenewClientSecretWithResponse(ctx, "tool")
	call("renewClientSecret", renewed, err, func(each *api.RenewClientSecretResponse) told {
		return told{"accounts": each.JSON200.Accounts}
	})
	removed, err := owner.RemoveClientWithResponse(ctx, "tool")
	call("removeClient", removed, err, func(each *api.RemoveClientResponse) told {
		return ended(each.JSON200.Leases)
	})
	gone, err := owner.RemoveAccountWithResponse(ctx, "sftpgo", "demo")
	call("removeAccount", gone, err, func(each *api.RemoveAccountResponse) told {
		return ended(each.JSON200.Leases)
	})
	twice, err := owner.RemoveAccountWithResponse(ctx, "sftpgo", "demo")
	call("removeAccount", twice, err, func(each *api.RemoveAccountResponse) told {
		return refusal(each.JSON404)
	})
	reset, err := owner.ResetWithResponse(ctx, api.ResetRequest{Confirm: api.Reset})
	call("reset", reset, err, func(*api.ResetResponse) told { return nil })
}
