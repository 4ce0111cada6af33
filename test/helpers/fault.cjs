/*
 * For `node --require`: on SIGUSR2 the program fails with an uncaught error of the kind FAULT_KIND, whose
 * message from Node quotes FAULT_TEXT.
 */

process.on('SIGUSR2', () => {
  const fail = () => JSON.parse(process.env.FAULT_TEXT)
  if (process.env.FAULT_KIND === 'rejection') void Promise.resolve().then(fail)
  else fail()
})
