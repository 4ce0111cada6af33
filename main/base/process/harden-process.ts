/**
 * Shuts what Node leaves open in a process that holds secrets, its files and its debugger, and keeps it
 * alive where nobody reads what it prints: there are tokens to end.
 */
export function hardenProcess(
  node: Pick<NodeJS.Process, 'umask' | 'on' | 'stdout' | 'stderr'>,
): void {
  // Nothing that this process makes is for other users.
  node.umask(0o077)
  // Security: Node would open its debugger, to every user of the machine.
  node.on('SIGUSR1', () => undefined)
  // A file that may not grow: the write fails then, which is told, and tokens can still be ended.
  if (process.platform !== 'win32') node.on('SIGXFSZ', () => undefined)
  // What nobody can read, or has room for, must not end the process that has tokens to end.
  for (const stream of [node.stdout, node.stderr]) stream.on('error', () => undefined)
}
