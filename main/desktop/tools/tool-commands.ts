import type { ToolLanguage } from '../../../preload/contract.ts'
import { Secret } from '../../base/secret.ts'

/** What a command needs to get a token. */
export interface ToolAccess {
  readonly id: string
  readonly secret: Secret
  /** The address of the endpoint. */
  readonly issuer: string
  /** The accounts of the tool, by id; a token of the first one is asked for. */
  readonly accounts: readonly string[]
}

/**
 * A command for a POSIX shell that gets a token and prints the answer, with the id and the secret of the
 * tool in it. Security: the secret is in no program's arguments, which `ps` shows to everyone: curl reads
 * it from standard input, a program from its environment. The space at the start keeps the command out
 * of the history of shells that are set up to leave such lines out.
 */
export function toToolCommand(language: ToolLanguage, access: ToolAccess): Secret {
  return new Secret(` ${COMMANDS[language](access)}\n`)
}

/** A tool with a single account need not name it. */
const formOf = ({ accounts }: ToolAccess): Readonly<Record<string, string>> => ({
  grant_type: 'client_credentials',
  ...(accounts.length > 1 && { audience: accounts[0] ?? '' }),
})

const urlOf = ({ issuer }: ToolAccess): string => `${issuer}/oauth/token`

/** The form as the text of a body; it needs no quoting in any of the languages. */
const bodyOf = (access: ToolAccess): string => new URLSearchParams(formOf(access)).toString()

/** Sets the variables that the programs read. Ids and secrets have only letters and digits. */
const withAccess = ({ id, secret }: ToolAccess): string =>
  `TOKENTRAY_ID=${id} TOKENTRAY_SECRET=${secret.reveal()}`

/** A here-document, in which the shell replaces nothing. */
const here = (lines: readonly string[]): string => ["<<'EOF'", ...lines, 'EOF'].join('\n')

/** Runs a program, which has no secret in it, from a file of its own, for languages that run only files. */
const runFile = (run: string, name: string, lines: readonly string[], access: ToolAccess): string =>
  `program="$(mktemp -d)/${name}"; cat > "$program" ${here(lines)}\n` +
  ` ${withAccess(access)} ${run} "$program"`

const COMMANDS: Readonly<Record<ToolLanguage, (access: ToolAccess) => string>> = {
  curl: (access) => {
    const form = Object.entries(formOf(access)).map(([name, value]) => `-d ${name}=${value}`)
    const config = [`user = "${access.id}:${access.secret.reveal()}"`]
    // If http_proxy is set, curl sends even loopback requests, secret included, to the proxy.
    return `curl --noproxy '*' -sS -w '\\n' -K - ${form.join(' ')} ${urlOf(access)} ${here(config)}`
  },

  go: (access) => {
    const program = [
      'package main',
      '',
      'import (',
      '\t"io"',
      '\t"log"',
      '\t"net/http"',
      '\t"os"',
      '\t"strings"',
      ')',
      '',
      'func main() {',
      `\tform := strings.NewReader("${bodyOf(access)}")`,
      `\trequest, err := http.NewRequest("POST", "${urlOf(access)}", form)`,
      '\tif err != nil {',
      '\t\tlog.Fatal(err)',
      '\t}',
      '\trequest.Header.Set("Content-Type", "application/x-www-form-urlencoded")',
      '\trequest.SetBasicAuth(os.Getenv("TOKENTRAY_ID"), os.Getenv("TOKENTRAY_SECRET"))',
      '\tanswer, err := http.DefaultClient.Do(request)',
      '\tif err != nil {',
      '\t\tlog.Fatal(err)',
      '\t}',
      '\tdefer answer.Body.Close()',
      '\tio.Copy(os.Stdout, answer.Body)',
      '}',
    ]
    return runFile('go run', 'main.go', program, access)
  },

  java: (access) => {
    const program = [
      'import java.net.URI;',
      'import java.net.http.*;',
      'import java.util.Base64;',
      '',
      'class GetToken {',
      '  public static void main(String[] args) throws Exception {',
      '    String access = System.getenv("TOKENTRAY_ID") + ":" + System.getenv("TOKENTRAY_SECRET");',
      `    HttpRequest request = HttpRequest.newBuilder(URI.create("${urlOf(access)}"))`,
      '        .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(access.getBytes()))',
      '        .header("Content-Type", "application/x-www-form-urlencoded")',
      `        .POST(HttpRequest.BodyPublishers.ofString("${bodyOf(access)}"))`,
      '        .build();',
      '    HttpClient client = HttpClient.newHttpClient();',
      '    System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).body());',
      '  }',
      '}',
    ]
    return runFile('java', 'GetToken.java', program, access)
  },

  node: (access) => {
    const program = [
      'const { TOKENTRAY_ID: id, TOKENTRAY_SECRET: secret } = process.env',
      `const answer = await fetch('${urlOf(access)}', {`,
      "  method: 'POST',",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the template is part of the program.
      '  headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },',
      `  body: new URLSearchParams('${bodyOf(access)}'),`,
      '})',
      'console.log(await answer.text())',
    ]
    return `${withAccess(access)} node --input-type=module ${here(program)}`
  },

  python: (access) => {
    const program = [
      'import base64, os, urllib.request',
      '',
      'access = os.environ["TOKENTRAY_ID"] + ":" + os.environ["TOKENTRAY_SECRET"]',
      `request = urllib.request.Request("${urlOf(access)}", b"${bodyOf(access)}")`,
      'request.add_header("Authorization", "Basic " + base64.b64encode(access.encode()).decode())',
      '# No proxy: the address is on this computer.',
      'opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))',
      'print(opener.open(request).read().decode())',
    ]
    return `${withAccess(access)} python3 - ${here(program)}`
  },
}
