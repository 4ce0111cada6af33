import { Secret } from '../main/base/secret.ts'
import { createLog } from '../main/log.ts'

/** A program that logs a line at each level that its environment enables; its argument is a data folder. */
const [, , folder, secret = ''] = process.argv
const log = createLog(process.env, folder)
log.error('an error', { error: new Error('broken'), key: new Secret(secret) })
log.warn('a warning')
log.info('a message')
