import { findProvider } from '../../main/providers/index.ts'
import type { FilledForm } from '../simulators/five-services.ts'

interface Places {
  /** In which form Tokentray runs. */
  readonly kind: 'tray' | 'preview' | 'agent'
  readonly platform: NodeJS.Platform
  readonly issuer: string
  /** The folder with the command `tokentray`. */
  readonly bin: string
  /** The file with the ID and the secret of the demo's tool, for `curl -K`. */
  readonly config: string
  /** Credentials that only the simulated services accept. */
  readonly forms: readonly FilledForm[]
  /** A page of SFTPGo that needs the token of its account. */
  readonly page: string
}

const WINDOWS: Readonly<Record<Places['kind'], string>> = {
  tray: 'Its window opens, and its tray icon has a menu.',
  preview: `Chromium shows its window, but this is only a preview of the app: it has no
tray icon, this terminal shows its notifications, and closing it ends the demo.`,
  agent: 'It has no window here; everything else works.',
}

/**
 * What the demo prints: lines of at most 80 columns, and commands to paste into another terminal, each of which
 * works by itself. No secret is ever an argument of a program.
 */
export function lines(places: Places): string {
  const { kind, platform, issuer, bin, config, forms, page } = places
  const [continued, curl, any] =
    platform === 'win32' ? ['`', 'curl.exe', '"*"'] : ['\\', 'curl', "'*'"]
  return `
Tokentray runs with simulated services and a demo account at each of them.
${WINDOWS[kind]}
Nothing is kept: Ctrl-C here ends all of it.

In another terminal, let "tokentray" be the one of this demo:
  ${platform === 'win32' ? `$env:PATH = "${bin};$env:PATH"` : `export PATH=${inQuotes(bin)}`}

Then try:
  tokentray accounts
  tokentray token sftpgo/demo
  tokentray active
  tokentray revoke --all
  tokentray tokens glowmarkt/demo
  tokentray portal svix/demo --print
  tokentray status
  tokentray --help

Use a token at the service:
  tokentray header sftpgo/demo | ${curl} --noproxy ${any} -sS -w '\\n' -H "@-" ${continued}
    ${page}

Get one as a local tool does, from the endpoint:
  ${curl} --noproxy ${any} -sS -K ${config} ${continued}
    -w '\\n' -d grant_type=client_credentials -d audience=svix/demo ${continued}
    ${issuer}/oauth/token

To add an account yourself, paste a line and enter what is below it${kind === 'agent' ? '' : '; in the\nwindow, also enter the address (after url=)'}:
${forms.map(toLogin).join('\n')}
`
}

/** What the demo prints at its end: how many tokens the services still accept. */
export function goodbye(revocable: number, unrevocable: number): string {
  const left =
    revocable === 0
      ? 'All tokens that can be revoked are revoked.'
      : `${tokens(revocable)} that can be revoked ${revocable === 1 ? 'is' : 'are'} still accepted.`
  const end = `The demo is over. ${left}`
  if (unrevocable === 0) return end
  const until = unrevocable === 1 ? 'until it expires' : 'until they expire'
  return `${end}\nKoyeb cannot revoke tokens: it accepts ${tokens(unrevocable)} ${until}.`
}

const tokens = (count: number) => (count === 1 ? '1 token' : `${count} tokens`)

/** A command that logs in, and below it the answers to what it asks. */
function toLogin({ provider, values, secrets }: FilledForm): string {
  const { url, ...others } = values
  const label = (name: string) =>
    findProvider(provider)?.fields.find((field) => field.name === name)?.label ?? name
  const answers = Object.entries({ ...others, ...secrets })
    .map(([name, value]) => `${label(name)}: ${value}`)
    .join(', ')
  return `  tokentray login ${provider} --name me --set url=${url}\n    ${answers}`
}

/** The folder before what is on the PATH, as sh, bash, zsh and fish take it. */
function inQuotes(folder: string): string {
  return `"${folder.replaceAll(/[\\"$`]/g, '\\$&')}:$PATH"`
}
