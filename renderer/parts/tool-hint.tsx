import { Terminal } from 'lucide-react'

/** How a local tool gets tokens, for whoever has not let one in yet. */
export function ToolHint({ account }: { account: string }) {
  return (
    <section className="hint" aria-label="Let a tool in">
      <h2>
        <Terminal aria-hidden="true" />
        Let a tool in
      </h2>
      <p>In a terminal, with a name of your choice:</p>
      <code className="line">
        tokentray clients add my-tool <span className="nowrap">--accounts</span> {account}
      </code>
      <p>It prints an id and a secret, with which the tool fetches tokens of this account.</p>
    </section>
  )
}
