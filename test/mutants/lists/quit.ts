import type { Mutant } from '../mutant.ts'

const left = 'main/broker/left.ts'
const life = 'main/desktop/life.ts'
const agent = 'main/agent.ts'
const inLeft = (test: string) => ({ file: 'test/broker/left.test.ts', test })
const inLife = (test: string) => ({ file: 'test/desktop/life.test.ts', test })
const inMemory = (test: string) => ({ file: 'test/flows/memory.test.ts', test })

/** Whoever quits is told which tokens are left, until when they are valid, and what becomes of them. */
export const quitMutants: readonly Mutant[] = [
  {
    promise: 'whoever quits is told of tokens that wait to be revoked',
    changes: [{ file: left, find: '...(pending > 0 ? [waits] : []), ', replace: '' }],
    noticedBy: inLeft('is told until when what waits to be revoked is valid'),
  },
  {
    promise: 'whoever quits is told of tokens that nothing revokes',
    changes: [{ file: left, find: ', ...(untilExpiry > 0 ? [lives] : [])', replace: '' }],
    noticedBy: inLeft('is promised no next try where no list of tokens is kept'),
  },
  {
    promise: 'whoever quits is told that the next start tries again',
    changes: [{ file: left, find: ' The next start tries again.`', replace: '`' }],
    noticedBy: inLeft('is told until when what waits to be revoked is valid'),
  },
  {
    promise: 'whoever quits is promised no try for tokens that nothing revokes',
    changes: [
      {
        file: left,
        find: 'body: validity(untilExpiry, untilExpiryEndsAt, now),',
        replace: `body: \`\${validity(untilExpiry, untilExpiryEndsAt, now)} The next start tries again.\`,`,
      },
    ],
    noticedBy: inLeft('is promised no next try where no list of tokens is kept'),
  },
  {
    promise: 'the tray app says on quitting what is left',
    changes: [
      {
        file: life,
        find: `        ...leftOver(left, ports.clock.now()).map((note) => () => ports.say(note)),
`,
        replace: '',
      },
    ],
    noticedBy: inLife('says of each way in which tokens are left'),
  },
  {
    promise: 'the tray app says on quitting that it does not know what is left',
    changes: [
      {
        file: life,
        find: 'left === null ? [NOT_KNOWN] : describeLeft(left, now)',
        replace: 'left === null ? [] : describeLeft(left, now)',
      },
    ],
    noticedBy: inLife('happens within 15 s if the stop does not come to an end'),
  },
  {
    promise: 'a stop that hangs keeps nobody for more than 15 s',
    changes: [
      {
        file: life,
        find: `      log.error('the stop took too long')
      resolve(null)`,
        replace: "      log.error('the stop took too long')",
      },
    ],
    noticedBy: inLife('happens within 15 s if the stop does not come to an end'),
  },
  {
    promise: 'the agent says on quitting what is left',
    changes: [
      {
        file: agent,
        find: `    say(\`\${title}. \${body}\`)
`,
        replace: `    if (!title) say(body)
`,
      },
    ],
    noticedBy: inMemory(
      'says when it stops until when the tokens are valid that it could not revoke',
    ),
  },
  {
    promise: 'the agent says on quitting until when what is left is valid',
    changes: [
      {
        file: agent,
        find: `say(\`\${title}. \${body}\`)`,
        replace: `say(body ? \`\${title}.\` : title)`,
      },
    ],
    noticedBy: inMemory(
      'says when it stops until when the tokens are valid that it could not revoke',
    ),
  },
]
