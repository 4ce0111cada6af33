import { cpSync, existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { program } from '../helpers/needs.ts'
import { type Command, clientsFolder, jdk } from './programs.ts'

/** A generator of clients from openapi.json for one language, and the program that makes all calls. */
export interface Generator {
  readonly name: string
  readonly isThere: boolean
  /** The commands, the last of which runs the program; `folder` contains openapi.json and gets the output. */
  commands(folder: string): readonly Command[]
}

const ours = (...parts: string[]) => path.join(import.meta.dirname, 'generated', ...parts)
const DOCUMENT = 'openapi.json'

const pythonTools = path.join(clientsFolder, 'python/bin')

export const pythonGenerator: Generator = {
  name: 'openapi-python-client',
  isThere: existsSync(path.join(pythonTools, 'openapi-python-client')),
  commands: (folder) => [
    {
      file: path.join(pythonTools, 'openapi-python-client'),
      args: [
        ...['generate', '--path', DOCUMENT, '--meta', 'none', '--fail-on-warning'],
        ...['--output-path', path.join(folder, 'tokentray_api')],
      ],
      // It formats the code with a tool next to it.
      env: { PATH: `${pythonTools}:${process.env['PATH']}` },
    },
    {
      file: path.join(pythonTools, 'python'),
      args: [ours('python/calls.py')],
      env: { PYTHONPATH: folder },
    },
  ],
}

const go = program('Go', 'its own packages', 'go')
const oapiCodegen = path.join(clientsFolder, 'oapi-codegen')

const goGenerator: Generator = {
  name: 'oapi-codegen (Go)',
  isThere: existsSync(oapiCodegen) && go.isThere(),
  commands: (folder) => {
    cpSync(ours('go'), folder, { recursive: true })
    const args = ['-generate', 'types,client', '-package', 'api', '-o', 'api/api.go', DOCUMENT]
    return [
      { file: 'mkdir', args: ['api'] },
      { file: oapiCodegen, args },
      {
        file: 'go',
        args: ['build', '-o', 'calls', '.'],
        env: { GOTOOLCHAIN: 'local', GOPROXY: 'off' },
      },
      { file: path.join(folder, 'calls'), args: [] },
    ]
  },
}

const javaLibraries = path.join(clientsFolder, 'openapi-java')

const javaGenerator: Generator = {
  name: 'OpenAPI Generator (Java)',
  isThere: existsSync(javaLibraries) && jdk.isThere(),
  commands: () => {
    const jars = readdirSync(javaLibraries)
      .filter((file) => file.endsWith('.jar'))
      .map((jar) => path.join(javaLibraries, jar))
    const isGenerator = (jar: string) => path.basename(jar).startsWith('openapi-generator-cli')
    const libraries = jars.filter((jar) => !isGenerator(jar)).join(':')
    const options = 'hideGenerationTimestamp=true,openApiNullable=false,invokerPackage=tokentray'
    const packages = 'apiPackage=tokentray.api,modelPackage=tokentray.model'
    return [
      {
        file: 'java',
        args: [
          ...['-jar', jars.find(isGenerator) ?? '', 'generate', '-g', 'java'],
          ...['--library', 'native', '-i', DOCUMENT, '-o', 'made'],
          ...['--additional-properties', `${options},${packages}`],
        ],
      },
      {
        file: 'javac',
        args: [
          ...['-nowarn', '-cp', libraries, '-d', 'classes'],
          ...['-sourcepath', 'made/src/main/java', ours('java/Calls.java')],
        ],
      },
      { file: 'java', args: ['-cp', `classes:${libraries}`, 'Calls'] },
    ]
  },
}

const further = [goGenerator, javaGenerator]

/** Those from registries that not every machine can reach; `missing` ones are skipped, which the run reports. */
export const furtherGenerators: {
  readonly found: readonly Generator[]
  readonly missing: readonly string[]
} = {
  found: further.filter(({ isThere }) => isThere),
  missing: further.filter(({ isThere }) => !isThere).map(({ name }) => name),
}
