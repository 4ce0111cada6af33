// The usual client of Go as it comes. It has no call to introspect or revoke: those are net/http's.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

var issuer, id, secret = os.Getenv("ISSUER"), os.Getenv("CLIENT_ID"), os.Getenv("CLIENT_SECRET")

func config(secret string, more url.Values) *clientcredentials.Config {
	return &clientcredentials.Config{
		ClientID: id, ClientSecret: secret, TokenURL: issuer + "/oauth/token", EndpointParams: more,
	}
}

func say(fields map[string]any) {
	line, _ := json.Marshal(fields)
	fmt.Println(string(line))
}

func granted(step string) *oauth2.Token {
	token, err := config(secret, nil).Token(context.Background())
	if err != nil {
		say(map[string]any{"step": step, "error": err.Error()})
		os.Exit(1)
	}
	line := map[string]any{"step": step, "account": token.Extra("account"), "lease": token.Extra("lease_id")}
	if os.Getenv("STEPS") == step {
		line["headers"] = token.Extra("headers")
		say(line)
		os.Exit(0)
	}
	say(line)
	return token
}

func refused(step string, config *clientcredentials.Config) {
	_, err := config.Token(context.Background())
	var refusal *oauth2.RetrieveError
	if errors.As(err, &refusal) {
		say(map[string]any{"step": step, "error": refusal.ErrorCode, "description": refusal.ErrorDescription})
	}
}

func post(path, token string) map[string]any {
	form := url.Values{"token": {token}}.Encode()
	request, _ := http.NewRequest("POST", issuer+path, strings.NewReader(form))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(id, secret)
	answer := map[string]any{}
	if response, err := http.DefaultClient.Do(request); err == nil {
		_ = json.NewDecoder(response.Body).Decode(&answer)
		response.Body.Close()
	}
	return answer
}

// fetcher gets a token at each call; kept is what a program uses, which fetches the next one by itself.
type fetcher struct{ *clientcredentials.Config }

func (each fetcher) Token() (*oauth2.Token, error) { return each.Config.Token(context.Background()) }

func isActive(token *oauth2.Token) any {
	return post("/oauth/introspect", token.AccessToken)["active"]
}

func expiry() {
	// Else it would take a token for expired ten seconds before its end.
	kept := oauth2.ReuseTokenSourceWithExpiry(nil, fetcher{config(secret, nil)}, time.Second)
	first, _ := kept.Token()
	next, _ := kept.Token()
	say(map[string]any{"step": "kept", "ok": next.AccessToken == first.AccessToken})
	for next.AccessToken == first.AccessToken {
		time.Sleep(200 * time.Millisecond)
		next, _ = kept.Token()
	}
	say(map[string]any{"step": "expired", "active": isActive(next)})
}

// twice is what a program does that uses a token two times: this keeps it, and fetches the next by itself.
func twice() {
	source := config(secret, nil).TokenSource(context.Background())
	one, _ := source.Token()
	two, _ := source.Token()
	say(map[string]any{"step": "managed", "ok": one != nil && two != nil && one.AccessToken == two.AccessToken})
}

func main() {
	switch os.Getenv("STEPS") {
	case "expiry":
		expiry()
	case "twice":
		twice()
	default:
		life()
	}
}

func life() {
	first := granted("token")
	granted("again")
	say(map[string]any{"step": "introspect", "active": isActive(first)})
	say(map[string]any{"step": "revoke", "ok": post("/oauth/revoke", first.AccessToken)["leases"] != nil})
	say(map[string]any{"step": "ended", "active": isActive(first)})
	granted("renewed")
	refused("wrong secret", config("wrong", nil))
	refused("wrong account", config(secret, url.Values{"audience": {"sftpgo/nobody"}}))
	twice()
}
