import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProviderBuilder;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestClient;

/** Spring Security's client as it comes. It has no call to introspect or revoke: those are RestClient's. */
public class SpringClient {
  static final String STEPS = System.getenv("STEPS");
  static final String ISSUER = System.getenv("ISSUER");
  static final String ID = System.getenv("CLIENT_ID");
  static final String SECRET = System.getenv("CLIENT_SECRET");

  public static void main(String[] arguments) throws Exception {
    if ("expiry".equals(STEPS)) expiry();
    else if ("twice".equals(STEPS)) manage();
    else life();
  }

  /** What an application uses fetches the next token by itself, without audience. */
  static void expiry() throws Exception {
    var manager = manager();
    // Else it would take a token for expired a minute before its end.
    manager.setAuthorizedClientProvider(
        OAuth2AuthorizedClientProviderBuilder.builder()
            .clientCredentials((each) -> each.clockSkew(Duration.ofSeconds(1)))
            .build());
    String first = used(manager);
    say("kept", "ok", used(manager).equals(first));
    while (used(manager).equals(first)) Thread.sleep(200);
    say("expired", "active", post("/oauth/introspect", used(manager)).get("active"));
  }

  static void life() {
    OAuth2AccessTokenResponse first = fetch(SECRET, null);
    granted("token", first);
    granted("again", fetch(SECRET, null));
    String token = first.getAccessToken().getTokenValue();
    say("introspect", "active", post("/oauth/introspect", token).get("active"));
    say("revoke", "ok", post("/oauth/revoke", token).containsKey("leases"));
    say("ended", "active", post("/oauth/introspect", token).get("active"));
    granted("renewed", fetch(SECRET, null));
    refused("wrong secret", "wrong", null);
    refused("wrong account", SECRET, "sftpgo/nobody");
    manage();
  }

  static ClientRegistration registration(String secret) {
    return ClientRegistration.withRegistrationId("tokentray")
        .tokenUri(ISSUER + "/oauth/token")
        .clientId(ID)
        .clientSecret(secret)
        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
        .build();
  }

  static OAuth2AccessTokenResponse fetch(String secret, String audience) {
    var client = new RestClientClientCredentialsTokenResponseClient();
    if (audience != null) {
      client.addParametersConverter(
          (request) -> {
            MultiValueMap<String, String> more = new LinkedMultiValueMap<>();
            more.add("audience", audience);
            return more;
          });
    }
    return client.getTokenResponse(new OAuth2ClientCredentialsGrantRequest(registration(secret)));
  }

  static void manage() {
    var manager = manager();
    String one = used(manager);
    say("managed", "ok", one.equals(used(manager)));
  }

  static AuthorizedClientServiceOAuth2AuthorizedClientManager manager() {
    var registrations = new InMemoryClientRegistrationRepository(registration(SECRET));
    return new AuthorizedClientServiceOAuth2AuthorizedClientManager(
        registrations, new InMemoryOAuth2AuthorizedClientService(registrations));
  }

  static String used(AuthorizedClientServiceOAuth2AuthorizedClientManager manager) {
    var nobody =
        new AnonymousAuthenticationToken("key", "nobody", AuthorityUtils.createAuthorityList("ROLE_X"));
    var request =
        OAuth2AuthorizeRequest.withClientRegistrationId("tokentray").principal(nobody).build();
    return manager.authorize(request).getAccessToken().getTokenValue();
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> post(String path, String token) {
    MultiValueMap<String, String> form = new LinkedMultiValueMap<>();
    form.add("token", token);
    return RestClient.create()
        .post()
        .uri(ISSUER + path)
        .headers((headers) -> headers.setBasicAuth(ID, SECRET))
        .contentType(MediaType.APPLICATION_FORM_URLENCODED)
        .body(form)
        .retrieve()
        .body(Map.class);
  }

  static void granted(String step, OAuth2AccessTokenResponse answer) {
    var more = answer.getAdditionalParameters();
    System.out.printf(
        "{\"step\":\"%s\",\"account\":\"%s\",\"lease\":\"%s\"}%n",
        step, more.get("account"), more.get("lease_id"));
    if (step.equals(STEPS)) System.exit(0);
  }

  static void refused(String step, String secret, String audience) {
    try {
      fetch(secret, audience);
    } catch (OAuth2AuthorizationException refusal) {
      var error = refusal.getError();
      var line = Map.of("step", step, "error", error.getErrorCode(), "description", error.getDescription());
      System.out.println(toJson(line));
    }
  }

  static String toJson(Object value) {
    try {
      return new ObjectMapper().writeValueAsString(value);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static void say(String step, String name, Object value) {
    System.out.printf("{\"step\":\"%s\",\"%s\":%s}%n", step, name, value);
  }
}
