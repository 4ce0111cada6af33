import { changeIn } from '../mutant.ts'

const localSocket = changeIn(
  'main/loopback/found/local-socket.ts',
  'test/loopback/found/local-socket.test.ts',
)
const guard = changeIn('main/loopback/http/guard.ts', 'test/loopback/http/socket-guard.test.ts')
const server = changeIn(
  'main/loopback/http/guarded-server.ts',
  'test/loopback/http/socket-guard.test.ts',
)
const ownSocket = changeIn('main/cli/api/own-socket.ts', 'test/cli/api/own-socket.test.ts')

/** The Unix socket is open to this user alone, and the command line trusts no other one. */
export const unixSocket = [
  localSocket(
    'the Unix socket is never open to others, not even for a moment',
    'process.umask(0o177)',
    'process.umask()',
    'is there at once, for this user alone, with the umask',
  ),
  localSocket(
    'the umask of the process stays as it was',
    '    process.umask(umask)\n',
    '',
    'is there at once, for this user alone, with the umask',
  ),
  localSocket(
    'a path that the system would cut is not bound',
    'bytes > LONGEST_PATH',
    'bytes > LONGEST_PATH + 1',
    'is not bound with a byte more: says so once, and makes nothing',
  ),
  localSocket(
    'the length of the path is counted in bytes',
    'Buffer.byteLength(file)',
    'file.length',
    'is not bound with a byte more: says so once, and makes nothing',
  ),
  localSocket(
    'the socket of another instance is not removed',
    'if (bound && isSame(find(bound.file), bound)) rmSync',
    'if (bound) rmSync',
    'is left alone where it is of another instance by now',
  ),
  localSocket(
    'the socket is bound once more after its folder vanished',
    'return isSame(found, bound) && hasMode(found, 0o600) && hasMode(folder, 0o700)',
    'return true',
    'is bound once more when',
  ),
  localSocket(
    'what a killed process had begun to bind does not prevent the next start',
    '    rmSync(fresh, { force: true })\n',
    '',
    'replaces one that was left by a process that was killed, and what that had begun',
  ),
  guard(
    'only loopback names are served on the Unix socket',
    '(host) => SOCKET_HOST.test(host)',
    '() => true',
    'refuses the Host',
  ),
  guard(
    'the whole Host counts on the Unix socket',
    '(?::\\d{1,5})?$/',
    '(?::\\d{1,5})?/',
    'refuses the Host',
  ),
  server(
    'on the Unix socket the Host need not be that of the port',
    'isPort ? hostsOfPort(portOf(server)) : isHostOfSocket',
    'hostsOfPort(portOf(server))',
    'serves the Host',
  ),
  ownSocket(
    'the command line uses no socket that others can connect to',
    'isOwn(socket, 0o077)',
    'isOwn(socket, 0)',
    'but the port, if',
  ),
  ownSocket(
    'the command line uses no socket in a folder that others can enter',
    'isOwn(tools, 0o077)',
    'isOwn(tools, 0)',
    'but the port, if',
  ),
  ownSocket(
    'the command line uses no socket of another user',
    'found?.uid === uid && ',
    'found !== undefined && ',
    'if another user owns',
  ),
  ownSocket(
    'the socket is looked at before each connection',
    '  if (!isOwnSocket(file)) return null\n',
    '',
    'it, and then the port is still checked',
  ),
  ownSocket(
    'a stale socket does not keep the command line from the port',
    'signal.aborted ? reject(error) : resolve(null)',
    'reject(error)',
    'that was left by a killed process is passed over for the port',
  ),
]
