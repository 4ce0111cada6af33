const { createHook } = require('node:async_hooks')
const { renameSync, writeFileSync } = require('node:fs')

/*
 * For `node --require`: on SIGUSR2 the program writes the durations of its timers, Node's own included,
 * in milliseconds to the file TIMERS_FILE.
 */

const timers = new Map()
createHook({
  init: (id, type, _trigger, timer) => type === 'Timeout' && timers.set(id, timer),
  destroy: (id) => timers.delete(id),
}).enable()

process.on('SIGUSR2', () => {
  const file = process.env.TIMERS_FILE
  const armed = [...timers.values()].filter((timer) => !timer._destroyed && timer._onTimeout)
  writeFileSync(`${file}.new`, JSON.stringify(armed.map((timer) => timer._idleTimeout)))
  renameSync(`${file}.new`, file)
})
