//! The usual client of Rust as it comes. Its call to revoke takes https only: that is reqwest's here.
use oauth2::basic::{
    BasicErrorResponse, BasicRequestTokenError, BasicRevocationErrorResponse,
    BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::reqwest::blocking::Client as Http;
use oauth2::{
    Client, ClientId, ClientSecret, EndpointNotSet, EndpointSet, ExtraTokenFields,
    IntrospectionUrl, RevocationUrl, StandardRevocableToken, StandardTokenResponse,
    TokenIntrospectionResponse, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use std::{collections::HashMap, env, process::exit, thread, time::Duration};

/// What the answer has besides the members of the standard.
#[derive(Debug, Deserialize, Serialize)]
struct Fields {
    account: String,
    lease_id: String,
    headers: HashMap<String, String>,
}
impl ExtraTokenFields for Fields {}

type Answer = StandardTokenResponse<Fields, BasicTokenType>;
type Library = Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointSet,
    EndpointSet,
>;
type Refusal = BasicRequestTokenError<oauth2::HttpClientError<oauth2::reqwest::Error>>;

fn at(path: &str) -> String {
    env::var("ISSUER").unwrap() + path
}

fn library(secret: &str) -> Library {
    Client::new(ClientId::new(env::var("CLIENT_ID").unwrap()))
        .set_client_secret(ClientSecret::new(secret.to_string()))
        .set_token_uri(TokenUrl::new(at("/oauth/token")).unwrap())
        .set_introspection_url(IntrospectionUrl::new(at("/oauth/introspect")).unwrap())
        .set_revocation_url(RevocationUrl::new(at("/oauth/revoke")).unwrap())
}

fn secret() -> String {
    env::var("CLIENT_SECRET").unwrap()
}

fn fetch(http: &Http, secret: &str, audience: Option<&str>) -> Result<Answer, Refusal> {
    let library = library(secret);
    let mut request = library.exchange_client_credentials();
    if let Some(account) = audience {
        request = request.add_extra_param("audience", account);
    }
    request.request(http)
}

fn granted(http: &Http, step: &str) -> Answer {
    let answer = fetch(http, &secret(), None).unwrap();
    let fields = answer.extra_fields();
    let mut line = json!({"step": step, "account": fields.account, "lease": fields.lease_id});
    let is_all = env::var("STEPS").as_deref() == Ok(step);
    if is_all {
        line["headers"] = json!(fields.headers);
    }
    say(line);
    if is_all {
        exit(0);
    }
    answer
}

fn is_active(http: &Http, answer: &Answer) -> bool {
    let library = library(&secret());
    let request = library.introspect(answer.access_token());
    request.request(http).unwrap().active()
}

fn revoke(http: &Http, answer: &Answer) -> bool {
    let form = [("token", answer.access_token().secret())];
    let request = http.post(at("/oauth/revoke")).form(&form);
    let request = request.basic_auth(env::var("CLIENT_ID").unwrap(), Some(secret()));
    request.send().unwrap().status().is_success()
}

/// What the library's own call to revoke says of an address without TLS.
fn refused_without_tls(answer: &Answer) {
    let library = library(&secret());
    let token = StandardRevocableToken::from(answer.access_token().clone());
    if let Err(refusal) = library.revoke_token(token) {
        say(json!({"step": "no leave", "error": refusal.to_string()}));
    }
}

fn refused(http: &Http, step: &str, secret: &str, audience: Option<&str>) {
    if let Err(Refusal::ServerResponse(refusal)) = fetch(http, secret, audience) {
        say(json!({
            "step": step,
            "error": refusal.error().to_string(),
            "description": refusal.error_description(),
        }));
    }
}

fn say(line: Value) {
    println!("{line}");
}

/// The library keeps nothing: a program asks again when the time is over that it was told.
fn expiry(http: &Http) {
    let first = fetch(http, &secret(), None).unwrap();
    let kept = fetch(http, &secret(), None).unwrap();
    let is_same = kept.access_token().secret() == first.access_token().secret();
    say(json!({"step": "kept", "ok": is_same}));
    thread::sleep(first.expires_in().unwrap());
    while is_active(http, &first) {
        thread::sleep(Duration::from_millis(200));
    }
    let next = fetch(http, &secret(), None).unwrap();
    say(json!({"step": "expired", "active": is_active(http, &next)}));
}

fn main() {
    let http = Http::new();
    if env::var("STEPS").as_deref() == Ok("expiry") {
        return expiry(&http);
    }
    let first = granted(&http, "token");
    granted(&http, "again");
    say(json!({"step": "introspect", "active": is_active(&http, &first)}));
    say(json!({"step": "revoke", "ok": revoke(&http, &first)}));
    say(json!({"step": "ended", "active": is_active(&http, &first)}));
    granted(&http, "renewed");
    refused(&http, "wrong secret", "wrong", None);
    refused(&http, "wrong account", &secret(), Some("sftpgo/nobody"));
    refused_without_tls(&first);
}
