import type { KeychainAnswer, KeychainQuestion, NumberedQuestion } from './keychain-process.ts'

const SERVICE = 'Tokentray'

/** What the keychain's own process is made of. */
export interface KeychainServicePorts {
  readonly send: (answer: KeychainAnswer) => void
  /** How the keychain is, without asking the person. */
  readonly look: () => Promise<string>
}

/**
 * The other side of the channel: makes keytar's calls, each as it comes, and answers with what keytar
 * gave or threw. Decides nothing.
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

/** Imported late: without libsecret the import itself throws, and that is an answer too. */
async function loadKeytar(): Promise<typeof import('keytar')> {
  const loaded = await import('keytar')
  // A CommonJS module: its names are on the default export where the loader could not see them.
  return 'default' in loaded ? (loaded.default as typeof import('keytar')) : loaded
}
