import { createLogFile } from '../../../main/base/files/log-file.ts'

/** A process that writes numbered lines into the log of a folder: FOLDER NAME LINES BYTES. */
const [folder = '', name = '', lines = '', bytes = ''] = process.argv.slice(2)
const write = createLogFile(folder, Number(bytes))
for (let number = 1; number <= Number(lines); number += 1) {
  write(`${JSON.stringify({ name, number, text: 'x'.repeat(number % 97) })}\n`)
}
