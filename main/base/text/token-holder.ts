/** The name of a token's holder: the tool, or `you` for the user, from the command line or the window. */
export function holderName(client: string): string {
  return client === 'cli' || client === 'tray' ? 'you' : client
}
