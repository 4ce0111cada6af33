import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { LicenseView } from '../../../preload/contract.ts'

const list = z.array(
  z.object({ name: z.string(), version: z.string(), license: z.string(), text: z.string() }),
)

/**
 * The libraries in the program, by name, from the lists that the build leaves beside its bundles; `folder` is that of
 * the compiled main process.
 */
export async function readLicenses(folder: string): Promise<readonly LicenseView[]> {
  const files = ['licenses.json', '../renderer/licenses.json']
  const lists = await Promise.all(
    files.map(async (file) =>
      list.parse(JSON.parse(await readFile(path.join(folder, file), 'utf8'))),
    ),
  )
  const known = new Map(lists.flat().map((each) => [`${each.name} ${each.version}`, each]))
  return [...known.values()].sort((one, other) => one.name.localeCompare(other.name, 'en'))
}
