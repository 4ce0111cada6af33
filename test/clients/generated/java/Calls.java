import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tokentray.ApiClient;
import tokentray.ApiException;
import tokentray.ApiResponse;
import tokentray.api.*;
import tokentray.model.*;

/** Calls every operation by the client that OpenAPI Generator has made, and tells what came. */
public class Calls {
  static final String ISSUER = System.getenv("ISSUER");
  static final ObjectMapper JSON = new ObjectMapper();
  static final Map<String, Form> FORMS = readForms();
  static final String GRANT = "client_credentials";

  public record Form(String provider, Map<String, String> values, Map<String, String> secrets) {}

  /** The parts of the interface, each of which is a class of its own. */
  static class Api {
    final AccountsApi accounts;
    final ActivityApi activity;
    final ClientsApi clients;
    final ControlApi control;
    final DiscoveryApi discovery;
    final LeasesApi leases;
    final OauthApi oauth;

    Api(ApiClient client) {
      accounts = new AccountsApi(client);
      activity = new ActivityApi(client);
      clients = new ClientsApi(client);
      control = new ControlApi(client);
      discovery = new DiscoveryApi(client);
      leases = new LeasesApi(client);
      oauth = new OauthApi(client);
    }
  }

  interface Operation<Answer> {
    ApiResponse<Answer> call() throws ApiException;
  }

  public static void main(String[] arguments) throws Exception {
    Api owner = client("Bearer " + System.getenv("OWNER_KEY"));
    look(owner);
    sign(owner);
    var wanted = new AddClientRequest().name("tool").addAccountsItem("sftpgo/demo");
    AddedClientAnswer added =
        call("addClient", () -> owner.clients.addClientWithHttpInfo(wanted), (it) -> Map.of("accounts", it.getAccounts()));
    String pair = added.getId() + ":" + added.getSecret();
    useAsTool(client("Basic " + Base64.getEncoder().encodeToString(pair.getBytes())));
    manage(owner);
    end(owner);
  }

  static Map<String, Form> readForms() {
    try {
      var forms = new LinkedHashMap<String, Form>();
      for (Form form : JSON.readValue(System.in, Form[].class)) forms.put(form.provider(), form);
      return forms;
    } catch (Exception wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  static Api client(String authorization) {
    var client = new ApiClient();
    client.updateBaseUri(ISSUER);
    if (authorization != null) {
      client.setRequestInterceptor((request) -> request.header("authorization", authorization));
    }
    return new Api(client);
  }

  /** Calls it, and prints what `told` finds in the answer, which is of the type that was made for it. */
  static <Answer> Answer call(
      String name, Operation<Answer> operation, Function<Answer, Map<String, ?>> told) throws Exception {
    ApiResponse<Answer> response = operation.call();
    print(name, response.getStatusCode(), told.apply(response.getData()));
    return response.getData();
  }

  static <Answer> void call(String name, Operation<Answer> operation) throws Exception {
    call(name, operation, (answer) -> Map.of());
  }

  static <Answer> void refused(String name, Operation<Answer> operation) throws Exception {
    try {
      operation.call();
    } catch (ApiException refusal) {
      var answer = JSON.readValue(refusal.getResponseBody(), ErrorAnswer.class);
      boolean says = !answer.getErrorDescription().isEmpty();
      print(name, refusal.getCode(), Map.of("error", answer.getError(), "says", says));
    }
  }

  static void print(String name, int status, Map<String, ?> fields) throws Exception {
    var line = new LinkedHashMap<String, Object>(Map.of("call", name, "status", status));
    line.putAll(fields);
    System.out.println(JSON.writeValueAsString(line));
  }

  static <Item, Value> List<Value> pick(List<Item> items, Function<Item, Value> from) {
    var picked = new ArrayList<Value>();
    for (Item item : items) picked.add(from.apply(item));
    return picked;
  }

  static Map<String, ?> ended(List<EndedLease> leases) {
    return Map.of("ended", pick(leases, EndedLease::getAccount));
  }

  static Map<String, ?> state(AccountAnswer account) {
    return Map.of("account", account.getId(), "state", account.getState());
  }

  static Map<String, ?> token(TokenAnswer answer) {
    return Map.of("account", answer.getAccount(), "type", answer.getTokenType());
  }

  static void look(Api owner) throws Exception {
    Api anybody = client(null);
    call("getHealth", anybody.discovery::getHealthWithHttpInfo, (it) -> Map.of("is", it.getStatus()));
    call("getMetadata", anybody.discovery::getMetadataWithHttpInfo, (it) -> Map.of("issuer", it.getIssuer()));
    call("getOpenapi", anybody.discovery::getOpenapiWithHttpInfo, (it) -> Map.of("openapi", it.get("openapi")));
    call("getStatus", owner.control::getStatusWithHttpInfo, (it) -> Map.of("vault", it.getVault().getState()));
    call(
        "listProviders",
        owner.accounts::listProvidersWithHttpInfo,
        (it) -> Map.of("providers", pick(it.getProviders(), ProviderAnswer::getId)));
  }

  static void sign(Api owner) throws Exception {
    var form = new CheckAccountRequest().provider("sftpgo").values(FORMS.get("sftpgo").values());
    call("checkAccount", () -> owner.accounts.checkAccountWithHttpInfo(form));
    for (String provider : List.of("sftpgo", "glowmarkt", "svix")) {
      Form filled = FORMS.get(provider);
      var account = new AddAccountRequest().provider(provider).name("demo");
      account.values(filled.values()).secrets(filled.secrets());
      call("addAccount", () -> owner.accounts.addAccountWithHttpInfo(account), Calls::state);
    }
    call(
        "listAccounts",
        owner.accounts::listAccountsWithHttpInfo,
        (it) -> Map.of("kinds", pick(it.getAccounts(), (one) -> one.getAccountAnswer().getLeaseKind())));
    call(
        "changeAccount",
        () -> owner.accounts.changeAccountWithHttpInfo("sftpgo", "demo", new ChangeAccountRequest().leaseSeconds(600L)),
        (it) -> Map.of("seconds", it.getLeaseSeconds()));
    var wanted = new FindAccountRequest().url(FORMS.get("sftpgo").values().get("url"));
    call(
        "findAccount",
        () -> owner.accounts.findAccountWithHttpInfo(wanted),
        (it) -> Map.of("account", it.getId()));
  }

  static void useAsTool(Api tool) throws Exception {
    String place = FORMS.get("sftpgo").values().get("url");
    TokenAnswer given =
        call(
            "requestToken",
            () -> tool.oauth.requestTokenWithHttpInfo(GRANT, null, null, null, place, 30L, null, null),
            Calls::token);
    String held = given.getAccessToken();
    call(
        "introspectLease",
        () -> tool.oauth.introspectLeaseWithHttpInfo(held, null, null),
        (it) -> Map.of("active", it.getActive()));
    call(
        "listAccounts",
        tool.accounts::listAccountsWithHttpInfo,
        (it) -> Map.of("granted", pick(it.getAccounts(), (one) -> one.getAccountAnswer().getId())));
    call("revokeLease", () -> tool.oauth.revokeLeaseWithHttpInfo(held, null, null), (it) -> ended(it.getLeases()));
    refused(
        "requestToken",
        () -> tool.oauth.requestTokenWithHttpInfo(GRANT, null, null, "sftpgo/nobody", null, null, null, null));
  }

  static void issue(Api owner, String account) throws Exception {
    var wanted = new IssueRequest().account(account).reason("a try");
    call("issueToken", () -> owner.leases.issueTokenWithHttpInfo(wanted), Calls::token);
  }

  static void manage(Api owner) throws Exception {
    issue(owner, "sftpgo/demo");
    call(
        "listLeases",
        owner.leases::listLeasesWithHttpInfo,
        (it) -> Map.of("reasons", pick(it.getLeases(), LeaseAnswer::getReason)));
    call(
        "readActivity",
        () -> owner.activity.readActivityWithHttpInfo(new ActivityRequest().limit(1L).search("a try")),
        (it) -> Map.of("accounts", pick(it.getLines(), ActivityLine::getAccount)));
    call(
        "listClients",
        owner.clients::listClientsWithHttpInfo,
        (it) -> Map.of("clients", pick(it.getClients(), ClientAnswer::getName)));
    issue(owner, "glowmarkt/demo");
    ListedTokensAnswer listed =
        call(
            "listTokens",
            () -> owner.accounts.listTokensWithHttpInfo("glowmarkt", "demo"),
            (it) -> Map.of("tokens", it.getTokens().size()));
    var named = new RevokeTokenRequest().id(listed.getTokens().get(0).getId());
    call(
        "revokeToken",
        () -> owner.accounts.revokeTokenWithHttpInfo("glowmarkt", "demo", named),
        (it) -> Map.of("there", it.getAtService()));
    call("rotateTokens", () -> owner.accounts.rotateTokensWithHttpInfo("sftpgo", "demo"), (it) -> ended(it.getLeases()));
    call(
        "openPortal",
        () -> owner.accounts.openPortalWithHttpInfo("svix", "demo", new PortalRequest()),
        (it) -> Map.of("leads", it.getUrl().startsWith("http")));
  }

  static void end(Api owner) throws Exception {
    var everybody = new RevokeAllRequest().confirm("svix/demo");
    call(
        "revokeAllTokens",
        () -> owner.accounts.revokeAllTokensWithHttpInfo("svix", "demo", everybody),
        (it) -> ended(it.getLeases()));
    issue(owner, "sftpgo/demo");
    var some = new EndRequest().account("sftpgo/demo");
    call("endLeases", () -> owner.leases.endLeasesWithHttpInfo(some), (it) -> ended(it.getLeases()));
    call("endLeases", () -> owner.leases.endLeasesWithHttpInfo(new EndRequest().all(true)));
    var again = new LoginRequest().secrets(FORMS.get("sftpgo").secrets());
    call("loginAgain", () -> owner.accounts.loginAgainWithHttpInfo("sftpgo", "demo", again), Calls::state);
    call("logout", () -> owner.accounts.logoutWithHttpInfo("sftpgo", "demo"), (it) -> ended(it.getLeases()));
    call("lock", owner.control::lockWithHttpInfo);
    call("unlock", owner.control::unlockWithHttpInfo);
    var exported = owner.control.exportAllWithHttpInfo().getData();
    call("exportAll", owner.control::exportAllWithHttpInfo, (it) -> Map.of("format", it.getFormat().getValue()));
    call("importAll", () -> owner.control.importAllWithHttpInfo(exported), (it) -> Map.of("existing", it.getAccounts().getExisting()));
    var change = new ChangeClientRequest().addAccountsItem("glowmarkt/demo");
    call("changeClient", () -> owner.clients.changeClientWithHttpInfo("tool", change), (it) -> Map.of("accounts", it.getAccounts()));
    call("renewClientSecret", () -> owner.clients.renewClientSecretWithHttpInfo("tool"), (it) -> Map.of("accounts", it.getAccounts()));
    call("removeClient", () -> owner.clients.removeClientWithHttpInfo("tool"), (it) -> ended(it.getLeases()));
    Operation<EndAnswer> remove = () -> owner.accounts.removeAccountWithHttpInfo("sftpgo", "demo");
    call("removeAccount", remove, (it) -> ended(it.getLeases()));
    refused("removeAccount", remove);
    var confirmed = new ResetRequest().confirm(ResetRequest.ConfirmEnum.RESET);
    call("reset", () -> owner.control.resetWithHttpInfo(confirmed));
  }
}
