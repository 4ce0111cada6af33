/** Who holds a token: a tool by its name, and the person as that, whichever way they came. */
export function holderName(client: string): string {
  return client === 'cli' || client === 'tray' ? 'you' : client
}
