/** The window until it has a view of the broker. */
export function App() {
  return (
    <main>
      <h1>Tokentray</h1>
      <p>
        Tokentray is running. Use the command line <code>tokentray</code>; closing this window ends
        it.
      </p>
    </main>
  )
}
