interface Places {
  readonly issuer: string
  /** The file that holds the demo client's id and secret, for `curl -K`. */
  readonly config: string
  readonly home: string
  readonly cli: string
  readonly files: string
  readonly clusters: string
}

const CURL = "curl --noproxy '*' -sS"
/** From the answer: the header that the service wants, and the form that ends the token. */
const TO_HEADER = `sed -n 's/.*"Authorization":"\\([^"]*\\)".*/Authorization: \\1/p'`
const TO_FORM = `sed -n 's/.*"access_token":"\\([^"]*\\)".*/token=\\1/p'`

/**
 * What to paste into another terminal. Each line stands for itself: asking again gives the same
 * token while it is fresh, and no secret is ever an argument of a program.
 */
export function commands({ issuer, config, home, cli, files, clusters }: Places): string {
  const client = `${CURL} -K ${quote(config)}`
  const fetch = (account: string) =>
    `${client} -d grant_type=client_credentials -d audience=${account} ${issuer}/oauth/token`
  // The answers have no line end of their own.
  const shown = "-w '\\n'"
  return `
Tokentray runs with simulated services, in ${home}.
Paste these into another terminal, without the "$ "; Ctrl-C here ends everything.

A local tool fetches a short-lived token of sftpgo/demo:
$ ${fetch('sftpgo/demo')} ${shown}

It uses the token at the simulated SFTPGo, then ends it:
$ ${fetch('sftpgo/demo')} | ${TO_HEADER} | ${CURL} -H @- ${files}/api/v2/user/profile ${shown}
$ ${fetch('sftpgo/demo')} | ${TO_FORM} | ${client} -d @- ${issuer}/oauth/revoke ${shown}

The same at Giant Swarm, whose tokens never expire by themselves:
$ ${fetch('giantswarm/demo')} ${shown}
$ ${fetch('giantswarm/demo')} | ${TO_HEADER} | ${CURL} -H @- ${clusters}/v4/user/ ${shown}
$ ${fetch('giantswarm/demo')} | ${TO_FORM} | ${client} -d @- ${issuer}/oauth/revoke ${shown}

What the person sees:
$ TOKENTRAY_HOME=${quote(home)} ${quote(process.execPath)} ${quote(cli)} leases
$ TOKENTRAY_HOME=${quote(home)} ${quote(process.execPath)} ${quote(cli)} status
`
}

/** A path as a shell takes it, bare where that is possible. */
function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
