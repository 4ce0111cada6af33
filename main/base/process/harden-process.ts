/**
 * Closes what Node leaves open in a process that holds secrets: the mode of its files and its debugger.
 * Keeps the process alive when its output cannot be written, because it still has tokens to revoke.
 */
export function hardenProcess(
  node: Pick<NodeJS.Process, 'umask' | 'on' | 'stdout' | 'stderr'>,
): void {
  // Other users have no access to the files that this process creates.
  node.umask(0o077)
  // Security: Node would open its debugger to every user of the machine.
  node.on('SIGUSR1', () => undefined)
  // File size limit reached: the write fails and is reported, and tokens can still be revoked.
  if (process.platform !== 'win32') node.on('SIGXFSZ', () => undefined)
  // A closed pipe or a full disk must not end the process before it has revoked its tokens.
  for (const stream of [node.stdout, node.stderr]) stream.on('error', () => undefined)
}
