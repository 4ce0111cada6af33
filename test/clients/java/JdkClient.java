import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.regex.Pattern;

/** The JDK's own client as it comes: it offers HTTP/2, and sends credentials when it is challenged. */
public class JdkClient {
  static final String STEPS = System.getenv("STEPS");
  static final String ISSUER = System.getenv("ISSUER");
  static final String ID = System.getenv("CLIENT_ID");
  static final String SECRET = System.getenv("CLIENT_SECRET");
  static final String GRANT = "grant_type=client_credentials";
  static final HttpClient PLAIN = HttpClient.newHttpClient();
  static final HttpClient CHALLENGED =
      HttpClient.newBuilder()
          .authenticator(
              new Authenticator() {
                @Override
                protected PasswordAuthentication getPasswordAuthentication() {
                  return new PasswordAuthentication(ID, SECRET.toCharArray());
                }
              })
          .build();

  public static void main(String[] arguments) throws Exception {
    if ("expiry".equals(STEPS)) expiry();
    else life();
  }

  /** It keeps nothing: a program asks again when its token's time is over. */
  static void expiry() throws Exception {
    String first = fetch();
    say("kept", "ok", fetch().equals(first));
    while (isActive(first)) Thread.sleep(200);
    say("expired", "active", isActive(fetch()));
  }

  static String fetch() throws Exception {
    return member(send(PLAIN, "/oauth/token", GRANT, SECRET), "access_token");
  }

  static boolean isActive(String token) throws Exception {
    return send(PLAIN, "/oauth/introspect", "token=" + token, SECRET).contains("\"active\":true");
  }

  static void life() throws Exception {
    String first = send(CHALLENGED, "/oauth/token", GRANT, null);
    granted("token", first);
    granted("again", send(PLAIN, "/oauth/token", GRANT, SECRET));
    String token = member(first, "access_token");
    say("introspect", "active", isActive(token));
    say("revoke", "ok", send(PLAIN, "/oauth/revoke", "token=" + token, SECRET).contains("lease_id"));
    say("ended", "active", isActive(token));
    granted("renewed", send(PLAIN, "/oauth/token", GRANT, SECRET));
    refused("wrong secret", send(PLAIN, "/oauth/token", GRANT, "wrong"));
    refused("wrong account", send(PLAIN, "/oauth/token", GRANT + "&audience=sftpgo/nobody", SECRET));
  }

  static String send(HttpClient client, String path, String form, String secret) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(ISSUER + path))
            .header("content-type", "application/x-www-form-urlencoded")
            .expectContinue(secret != null)
            .POST(HttpRequest.BodyPublishers.ofString(form));
    if (secret != null) {
      byte[] pair = (ID + ":" + secret).getBytes("US-ASCII");
      request.header("authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
  }

  static String member(String json, String name) {
    var found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
    return found.find() ? found.group(1) : "";
  }

  static void granted(String step, String json) {
    System.out.printf(
        "{\"step\":\"%s\",\"account\":\"%s\",\"lease\":\"%s\"}%n",
        step, member(json, "account"), member(json, "lease_id"));
    if (step.equals(STEPS)) System.exit(0);
  }

  static void refused(String step, String json) {
    System.out.printf(
        "{\"step\":\"%s\",\"error\":\"%s\",\"description\":\"%s\"}%n",
        step, member(json, "error"), member(json, "error_description"));
  }

  static void say(String step, String name, boolean value) {
    System.out.printf("{\"step\":\"%s\",\"%s\":%b}%n", step, name, value);
  }
}
