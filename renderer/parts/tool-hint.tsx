import { Terminal } from 'lucide-react'

/** How to connect a tool, shown until the first one is connected. */
export function ToolHint({ account }: { account: string }) {
  return (
    <section className="hint" aria-label="Connect a tool">
      <h2>
        <Terminal aria-hidden="true" />
        Connect a tool
      </h2>
      <p>Run this in a terminal, with a name you choose:</p>
      <code className="line">
        tokentray tools add my-tool <span className="nowrap">--accounts</span> {account}
      </code>
      <p>It prints an ID and a secret, which the tool uses to get tokens for this account.</p>
    </section>
  )
}
