import type { FilledForm, FiveService } from '../simulators/five-services.ts'

interface Places {
  readonly issuer: string
  /** The file that holds the demo client's id and secret, for `curl -K`. */
  readonly config: string
  readonly home: string
  readonly cli: string
  /** What the simulated services take, and nothing else does. */
  readonly forms: readonly FilledForm[]
  /** Where the token of each account is good for something. */
  readonly useful: readonly { readonly provider: FiveService; readonly url: string }[]
}

const CURL = "curl --noproxy '*' -sS"
/** The answers have no line end of their own. */
const SHOWN = "-w '\\n'"
/** From the answer: the headers that the service wants, one on each line. */
const TO_HEADERS =
  `sed -n 's/.*"headers":{\\([^}]*\\)}.*/\\1/p' | sed 's/","/"\\n"/g' | ` +
  `sed 's/"\\([^"]*\\)":"\\([^"]*\\)"/\\1: \\2/'`
/** From the answer: the form that ends the token. */
const TO_FORM = `sed -n 's/.*"access_token":"\\([^"]*\\)".*/token=\\1/p'`

const notes: Readonly<Record<FiveService, string>> = {
  sftpgo: 'SFTPGo: a share of one token of twenty minutes',
  giantswarm: 'Giant Swarm: a login of its own, because its tokens never expire',
  glowmarkt: "Glowmarkt: a token made from the session's, in two headers of its own",
  koyeb: 'Koyeb: an access token that ends by itself; nothing can end it sooner',
  svix: 'Svix: a portal token of one application, under the id of its lease',
}

/**
 * What to paste into another terminal. Each line stands for itself: asking again gives the same
 * token while it is fresh, and no secret is ever an argument of a program.
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
Paste these into another terminal, without the "$ "; Ctrl-C here ends everything.
A local tool fetches a short-lived token of each account, uses it at the service, then ends it.

${sections.join('\n')}
To try a login yourself; these passwords and keys are good for the simulated services alone:
${forms.map((form) => loginOf(form, tokentray)).join('\n')}

What the person sees and does:
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
