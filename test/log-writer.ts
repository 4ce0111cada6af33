import { createLog } from '../main/log.ts'

/** A program that logs a line of each level, as long as its environment lets it. */
const log = createLog(process.env)
log.error('an error', { error: new Error('broken') })
log.warn('a warning')
log.info('a piece of news')
