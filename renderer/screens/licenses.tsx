import { Button } from '../parts/button.tsx'
import { FailureBox } from '../parts/failure-box.tsx'
import { Screen } from '../parts/screen.tsx'
import { useLoaded } from '../state/loaded.ts'
import { useBridge } from '../state/page.tsx'

/** The libraries that are part of Tokentray, with their licenses. */
export function Licenses() {
  const bridge = useBridge()
  const { value, failure, isLoading, reload } = useLoaded(bridge.licenses)
  return (
    <Screen title="Licenses" hasBack>
      {failure && (
        <FailureBox failure={failure}>
          <Button act={reload}>Try again</Button>
        </FailureBox>
      )}
      <p className="help inset">
        Tokentray is free software under the MIT license. It contains these libraries. The licenses
        of Electron and Chromium are in the folder of the program.
      </p>
      <p className={isLoading ? 'lead' : 'hidden'} role="status">
        {isLoading ? 'Loading…' : ''}
      </p>
      <ul className="list licenses">
        {value?.licenses.map(({ name, version, license, text }) => (
          <li key={`${name} ${version}`}>
            <details>
              <summary>
                {name} {version}
                {license && `, ${license}`}
              </summary>
              <pre>{text || 'The library has no file with its license.'}</pre>
            </details>
          </li>
        ))}
      </ul>
    </Screen>
  )
}
