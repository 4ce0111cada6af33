import type { FilledForm, FiveService } from '../simulators/five-services.ts'

interface Places {
  readonly issuer: string
  /** The file that holds the demo client's id and secret, for `curl -K`. */
  readonly config: string
  readonly home: string
  readonly cli: string
  /** Credentials that only the simulated services accept. */
  readonly forms: readonly FilledForm[]
  /** A page of each service that needs the token of its account. */
  readonly useful: readonly { readonly provider: FiveService; readonly url: string }[]
}

const CURL = "curl --noproxy '*' -sS"
/** Responses do not end with a line break. */
const SHOWN = "-w '\\n'"
/** Extracts the headers for the service from a token response, one on each line. */
const TO_HEADERS =
  `sed -n 's/.*"headers":{\\([^}]*\\)}.*/\\1/p' | sed 's/","/"\\n"/g' | ` +
  `sed 's/"\\([^"]*\\)":"\\([^"]*\\)"/\\1: \\2/'`
/** Makes the revocation form from a token response. */
const TO_FORM = `sed -n 's/.*"access_token":"\\([^"]*\\)".*/token=\\1/p'`

const notes: Readonly<Record<FiveService, string>> = {
  sftpgo: 'SFTPGo: tools share one token that is valid for 20 minutes',
  giantswarm: 'Giant Swarm: a separate login for each tool, because its tokens never expire',
  glowmarkt: 'Glowmarkt: a separate token, sent in two headers',
  koyeb: 'Koyeb: an access token that expires by itself and cannot be revoked',
  svix: 'Svix: a portal token for one application',
}

/**
 * What to paste into another terminal. Each line works by itself: a tool that asks again gets the same
 * token while that is valid for long enough, and no secret is ever an argument of a program.
 */
export function commands({ issuer, config, home, cli, forms, useful }: Places): string {
  const client = `${CURL} -K ${quote(config)}`
  const tokentray = `TOKENTRAY_HOME=${quote(home)} ${quote(process.execPath)} ${quote(cli)}`
  const sections = useful.map(({ provider, url }) => {
    const fetch = `${client} -d grant_type=client_credentials -d audience=${provider}/demo ${issuer}/oauth/token`
    return `${notes[provider]}:
$ ${fetch} ${SHOWN}
$ ${fetch} | ${TO_HEADERS} | ${CURL} -H @- ${url} ${SHOWN}
$ ${fetch} | ${TO_FORM} | ${client} -d @- ${issuer}/oauth/revoke ${SHOWN}
`
  })
  return `
Tokentray runs with simulated services, in ${home}.
Paste these into another terminal, without the "$ "; Ctrl-C here stops everything.
For each account, a local tool fetches a short-lived token, uses it at the service, and revokes it.

${sections.join('\n')}
To log in yourself (these passwords and keys work only at the simulated services):
${forms.map((form) => loginOf(form, tokentray)).join('\n')}

What you can look at and do:
$ ${tokentray} accounts
$ ${tokentray} tokens glowmarkt/demo
$ ${tokentray} rotate sftpgo/demo
$ ${tokentray} portal svix/demo --print
$ ${tokentray} active
$ ${tokentray} status
`
}

function loginOf({ provider, values, secrets }: FilledForm, tokentray: string): string {
  const settings = Object.entries(values).map(([name, value]) => ` --set ${name}=${value}`)
  return `$ ${tokentray} login ${provider} --name mine${settings.join('')}
  ${Object.entries(secrets)
    .map(([name, secret]) => `${name}: ${secret}`)
    .join(', ')}`
}

/** A path as a shell takes it, bare where that is possible. */
function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
