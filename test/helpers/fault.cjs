/*
 * For `node --require`: on SIGUSR2 the program fails where nobody catches it, in the way that FAULT_KIND
 * names, over a text that FAULT_TEXT holds and Node's own message quotes.
 */

process.on('SIGUSR2', () => {
  const fail = () => JSON.parse(process.env.FAULT_TEXT)
  if (process.env.FAULT_KIND === 'rejection') void Promise.resolve().then(fail)
  else fail()
})
