import { describe, expect, it } from 'vitest'
import { redactCommandLine } from '../../../main/providers/wire/redact-command-line.ts'

const UUID = '123e4567-e89b-12d3-a456-426614174000'

describe('the redacted command line', () => {
  it.each([
    [['tokentray', 'token', 'giantswarm/work'], 'tokentray token giantswarm/work'],
    [['kubectl', 'get', 'pods', '--all-namespaces'], 'kubectl get pods --all-namespaces'],
    [['x', '--password', 'hunter2', 'go'], 'x --password *** go'],
    [['x', '--password=hunter2', 'go'], 'x --password=*** go'],
    [['x', '--password', '--hunter2'], 'x --password ***'],
    [['x', '--PassPhrase', 'hunter2'], 'x --PassPhrase ***'],
    [['x', '--auth-token', 'hunter2'], 'x --auth-token ***'],
    [['x', '--client-secret=a=b'], 'x --client-secret=***'],
    [['x', '--api-key', 'hunter2'], 'x --api-key ***'],
    [['x', '-p', 'hunter2'], 'x -p ***'],
    [['x', '-phunter2'], 'x -p***'],
    [['curl', '-u', 'bob:hunter2'], 'curl -u ***'],
    [['curl', '-ubob:hunter2'], 'curl -u***'],
    [['mysql', '-Phunter2'], 'mysql -P***'],
    [['curl', '--user', 'bob:hunter2'], 'curl --user ***'],
    [['curl', '--proxy-user=bob:hunter2'], 'curl --proxy-user=***'],
    [['curl', '-U', 'bob:hunter2'], 'curl -U ***'],
    [['curl', '-bsid=hunter2'], 'curl -b***'],
    [['redis-cli', '-a', 'hunter2'], 'redis-cli -a ***'],
    [['ldapsearch', '-w', 'hunter2'], 'ldapsearch -w ***'],
    [['curl', '-d', 'name=bob&password=hunter2'], 'curl -d ***'],
    [['curl', '-d', '{"name":"bob","password":"hunter2"}'], 'curl -d ***'],
    [['x', 'bob:hunter2@example.com'], 'x ***'],
    [['x', '--server=bob:hunter2@example.com'], 'x ***'],
    [['sqlplus', 'scott/tiger@db'], 'sqlplus ***'],
    [['git', 'clone', 'git@example.com:a/b.git'], 'git clone git@example.com:a/b.git'],
    [['x', '--username', 'bob', '--output=a.txt'], 'x --username bob --output=a.txt'],
    [['API_KEY=hunter2', 'x'], 'API_KEY=*** x'],
    [['curl', '-H', 'Authorization: Bearer hunter2'], 'curl -H Authorization:***'],
    [['curl', 'https://bob:hunter2@example.com/a'], 'curl https://***@example.com/a'],
    [['curl', '--url=https://bob:hunter2@example.com/a'], 'curl --url=https://***@example.com/a'],
    [['curl', 'https://example.com/a?t=hunter2#x'], 'curl https://example.com/a?***'],
    [['sh', '-c', 'login --password hunter2'], 'sh -c ***'],
    [['x', UUID], 'x ***'],
    [['x', 'eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.abc'], 'x ***'],
    [['x', 'a1'.repeat(20)], 'x ***'],
  ])('makes of %j: %s', (commandLine, shown) => {
    expect(redactCommandLine(commandLine)).toBe(shown)
  })

  it('contains no control characters and nothing beyond Latin-1', () => {
    expect(redactCommandLine(['a\r\nX-Evil: 1', 'b\u0000\u009fc', 'é', '€\u202e'])).toBe(
      'a X-Evil: 1 b c é ??',
    )
  })

  it('is at most 512 characters long, and masked before it is cut', () => {
    const long = redactCommandLine(['x '.repeat(250), '--password', 'hunter2'])
    expect(long.length).toBeLessThanOrEqual(512)
    expect(long).not.toContain('hunter')
  })
})
