import type { SftpgoAccount } from './sftpgo-simulator.ts'

/** The accounts of a server, which an administrator may change at any time. */
export class SftpgoAccounts {
  #all: readonly SftpgoAccount[]

  constructor(accounts: readonly SftpgoAccount[]) {
    this.#all = accounts
  }

  find(username: string, role: 'user' | 'admin'): SftpgoAccount | undefined {
    return this.#all.find((account) => roleOf(account) === role && account.username === username)
  }

  /** The account of that name, in any state. */
  named(username: string): SftpgoAccount {
    const account = this.#all.find((each) => each.username === username)
    if (!account) throw new Error(`There is no ${username}.`)
    return account
  }

  change(username: string, change: Partial<SftpgoAccount>): void {
    const account = this.named(username)
    this.#all = this.#all.map((each) => (each === account ? { ...account, ...change } : each))
  }

  remove(username: string): SftpgoAccount {
    const account = this.named(username)
    this.#all = this.#all.filter((each) => each !== account)
    return account
  }
}

/** Users and administrators are two lists; a name may be on both. */
export const roleOf = ({ role = 'user' }: SftpgoAccount) => role
