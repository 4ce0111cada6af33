import type { KeychainAnswer, KeychainQuestion, NumberedQuestion } from './keychain-process.ts'

const SERVICE = 'Tokentray'

/** What the keychain process needs. */
export interface KeychainServicePorts {
  readonly send: (answer: KeychainAnswer) => void
  /** State of the keychain, without prompting the user. */
  readonly look: () => Promise<string>
}

/**
 * The far side of the channel: makes each keytar call as it arrives and returns its result or error. Makes
 * no decisions.
 */
export function createKeychainService({ send, look }: KeychainServicePorts) {
  return async (question: NumberedQuestion): Promise<void> => {
    const { id } = question
    try {
      send({ id, value: question.op === 'look' ? await look() : await call(question) })
    } catch (error) {
      send({ id, error: error instanceof Error ? error.message : String(error) })
    }
  }
}

async function call(question: Exclude<KeychainQuestion, { op: 'look' }>): Promise<unknown> {
  const keytar = await loadKeytar()
  switch (question.op) {
    case 'get':
      return keytar.getPassword(SERVICE, question.key)
    case 'set':
      await keytar.setPassword(SERVICE, question.key, question.value)
      return null
    case 'delete':
      return keytar.deletePassword(SERVICE, question.key)
    default:
      return question satisfies never
  }
}

/** Imported lazily: without libsecret the import itself throws, and that error must be reported too. */
async function loadKeytar(): Promise<typeof import('keytar')> {
  const loaded = await import('keytar')
  // keytar is a CommonJS module: where the loader cannot detect its named exports, they are on the default
  // export.
  return 'default' in loaded ? (loaded.default as typeof import('keytar')) : loaded
}
