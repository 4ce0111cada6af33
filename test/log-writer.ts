import { Secret } from '../main/base/secret.ts'
import { createLog } from '../main/log.ts'

/** A program that logs a line of each level, as long as its environment lets it; its argument is a data folder. */
const [, , folder, secret = ''] = process.argv
const log = createLog(process.env, folder)
log.error('an error', { error: new Error('broken'), key: new Secret(secret) })
log.warn('a warning')
log.info('a piece of news')
