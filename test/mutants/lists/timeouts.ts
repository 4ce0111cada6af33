import type { Mutant } from '../mutant.ts'

const httpClient = 'main/providers/http/client.ts'
const httpConnection = 'main/providers/http/connection.ts'
const httpProxy = 'main/providers/http/proxy.ts'
const httpFailure = 'main/providers/http/failure.ts'
const httpLookup = 'main/providers/http/lookup.ts'
const inHttpClientWaits = (test: string) => ({
  file: 'test/providers/http/client-waits.test.ts',
  test,
})
const inHttpClientProxy = (test: string) => ({
  file: 'test/providers/http/client-proxy.test.ts',
  test,
})

const inHangingDisk = {
  file: 'test/flows/bad-input.test.ts',
  test: 'names a CA file on a disk that does not respond, keeps handing out tokens, and can be stopped',
}

const inFullPipe = {
  file: 'test/flows/blocked-log.test.ts',
  test: 'keeps running, and later revokes what it could not revoke at once',
}

/** Every wait for a service or a proxy has a limit, and the error names the cause. */
export const timeouts: readonly Mutant[] = [
  {
    promise: 'a call ends at its deadline, in any phase',
    changes: [
      { file: httpClient, find: 'fail(tooSlow(url, deadlineMs, call))', replace: 'over.abort()' },
    ],
    noticedBy: inHttpClientWaits(
      'is connected to once, leaves nothing open, and works again at once',
    ),
  },
  {
    promise: 'a cancelled call releases its proxy connection',
    changes: [
      {
        file: httpConnection,
        find: "    const gone = () => connectRequest.destroy(withCode('UND_ERR_ABORTED'))",
        replace: '    const gone = () => undefined',
      },
    ],
    noticedBy: inHttpClientWaits('does not hold a caller that cancels, and leaves nothing open'),
  },
  {
    promise: 'closing the client does not wait for a proxy',
    changes: [
      {
        file: httpClient,
        find: 'for (const close of [...inProgress]) close()',
        replace: 'await Promise.resolve()',
      },
    ],
    noticedBy: inHttpClientWaits('does not keep the client from being closed'),
  },
  {
    promise: 'a proxy that requires a password is named',
    changes: [
      { file: httpConnection, find: '  if (status === 407) {', replace: '  if (status === 0) {' },
    ],
    noticedBy: inHttpClientWaits('is named in the error, with what to change'),
  },
  {
    promise: 'requests to this machine bypass the proxy',
    changes: [
      {
        file: httpProxy,
        find: `        !isLoopbackHost(target.hostname) &&
`,
        replace: '',
      },
    ],
    noticedBy: inHttpClientProxy('does not use it for a loopback host'),
  },
  {
    promise: 'unencrypted requests bypass the proxy',
    changes: [
      {
        file: httpProxy,
        find: `        target.protocol === 'https:' &&
        !isL`,
        replace: '        !isL',
      },
    ],
    noticedBy: inHttpClientProxy('bypasses it for a host in NO_PROXY, and for plain http'),
  },
  {
    promise: 'plain http to an https port is named',
    changes: [
      {
        file: httpClient,
        find: 'if (statusCode === 400 && requiresTls(url, body)) throw httpsRequired(url)',
        replace: '',
      },
    ],
    noticedBy: inHttpClientWaits('Client sent an HTTP request to an HTTPS server.'),
  },
  {
    promise: 'https to an http port is named',
    changes: [
      {
        file: httpFailure,
        find: '  if (NOT_TLS.test(detail)) {',
        replace: '  if (NOT_TLS.test(host)) {',
      },
    ],
    noticedBy: inHttpClientWaits('is reported for https to an http port, with what to change'),
  },
  {
    promise: 'a name server that does not respond blocks at most two threads',
    changes: [
      {
        file: httpLookup,
        find: 'if (running < MOST_AT_ONCE) start(key, hostname, options)',
        replace: 'if (running >= 0) start(key, hostname, options)',
      },
    ],
    noticedBy: inHttpClientWaits(
      'shares one lookup between callers of the same name, and runs two at a time',
    ),
  },
  {
    promise: 'concurrent lookups of a name are resolved once',
    changes: [
      {
        file: httpLookup,
        find: `    if (callers) {
`,
        replace: `    if (callers && running < 0) {
`,
      },
    ],
    noticedBy: inHttpClientWaits(
      'shares one lookup between callers of the same name, and runs two at a time',
    ),
  },
  {
    promise: 'a stop cancels at once what was not sent yet',
    changes: [
      {
        file: httpClient,
        find: 'if (!call.connection?.isConnected) fail(unsent())',
        replace: 'if (call.connection?.isConnected) fail(unsent())',
      },
    ],
    noticedBy: inHttpClientWaits(
      'is abandoned at once if a request is withdrawn before it was sent',
    ),
  },
  {
    promise: 'a proxy that hangs up is named',
    changes: [
      {
        file: httpConnection,
        find: '    if (isTokentrayError(error)) throw error\n',
        replace: '    throw error\n',
      },
    ],
    noticedBy: inHttpClientWaits('is named in the error, with what to change'),
  },
  {
    promise: 'a TLS handshake that gets no response times out soon',
    changes: [
      {
        file: httpConnection,
        find: "const forget = clock.after(connectMs, () => fail(withCode('ETIMEDOUT')))",
        replace:
          "const forget = event === 'connect' ? clock.after(connectMs, () => fail(withCode('ETIMEDOUT'))) : () => undefined",
      },
    ],
    noticedBy: {
      file: 'test/providers/http/client.test.ts',
      test: 'times out soon if a connection is accepted and no TLS handshake follows',
    },
  },
  {
    promise: 'the address of a proxy, which may contain a password, is not quoted',
    changes: [
      {
        file: httpProxy,
        find: "throw new TokentrayError('invalid_request', 'HTTPS_PROXY is not the URL of an HTTP proxy.', {",
        replace:
          "throw new TokentrayError('invalid_request', 'HTTPS_PROXY is not the URL of an HTTP proxy: ' + text, {",
      },
    ],
    noticedBy: inHttpClientProxy('without repeating it'),
  },
  {
    promise: 'a call connects only once for the same exchange',
    changes: [
      {
        file: 'main/providers/http/dispatchers.ts',
        find: 'const connecting = isUsed\n',
        replace: 'const connecting = false\n',
      },
    ],
    noticedBy: {
      file: 'test/providers/http/dispatchers.test.ts',
      test: 'connects once for each exchange, and never reconnects',
    },
  },
  {
    promise: 'idle connections up to the file limit do not block new ones',
    changes: [
      {
        file: 'main/loopback/http/places.ts',
        find: 'this.#most = Math.min(wanted, roomForConnections())',
        replace: 'this.#most = wanted',
      },
    ],
    noticedBy: {
      file: 'test/loopback/http/places.test.ts',
      test: 'leave file descriptors for everything else, on the port and the Unix socket together',
    },
  },
  {
    promise: 'hanging CA files leave threads for the audit log and the settings',
    changes: [
      {
        file: 'main/providers/http/ca-file.ts',
        find: 'const MOST_READINGS = 2',
        replace: 'const MOST_READINGS = 200',
      },
      {
        file: 'main/providers/http/ca-file.ts',
        find: 'const reading = readings.get(file) ?? read(file)',
        replace: 'const reading = read(file)',
      },
    ],
    noticedBy: inHangingDisk,
  },
  {
    promise: 'an agent exits despite a hanging call',
    changes: [
      {
        file: 'main/base/process/end-process.ts',
        find: 'waited >= GRACE_MS',
        replace: 'waited < 0',
      },
    ],
    noticedBy: inHangingDisk,
  },
  {
    promise: 'a log that is not read blocks nothing',
    changes: [
      {
        file: 'main/log.ts',
        find: '  const print = createPrinter()\n',
        replace:
          '  const waiting = pino.destination({ fd: STDERR, sync: true })\n  const print = (line: string) => void waiting.write(line)\n',
      },
    ],
    noticedBy: inFullPipe,
  },
  {
    promise: 'a stopping agent does not wait for a reader of its output',
    changes: [{ file: 'main/cli/index.ts', find: 'isAgent = true', replace: 'isAgent = false' }],
    noticedBy: inFullPipe,
  },
]
