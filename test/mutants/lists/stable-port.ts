import type { Mutant } from '../mutant.ts'

/** The port that tools are configured for is kept, and an unreachable one is reported. */
export const stablePort: readonly Mutant[] = [
  {
    promise: 'one start with the port in use does not change the port permanently',
    changes: [
      {
        file: 'main/compose.ts',
        find: 'if (wanted === null) settings.update(',
        replace: 'if (loopback.port !== wanted) settings.update(',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/port.test.ts',
      test: 'is kept while another program has it: that run uses another port, and every status says so',
    },
  },
  {
    promise: 'the status says that tools cannot reach Tokentray',
    changes: [
      {
        file: 'main/loopback/schemas/views.ts',
        find: '    ...(trouble && { port_taken: trouble }),\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/port.test.ts',
      test: 'is kept while another program has it: that run uses another port, and every status says so',
    },
  },
  {
    promise: 'the endpoint file names the port of this run',
    changes: [
      {
        file: 'main/loopback/server.ts',
        find: '    issuer: toIssuer(),\n',
        replace: "    issuer: wanted === null ? toIssuer() : 'http://127.0.0.1:' + wanted,\n",
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/port.test.ts',
      test: 'is kept while another program has it: that run uses another port, and every status says so',
    },
  },
  {
    promise: 'status says which program uses the port',
    changes: [
      {
        file: 'main/cli/commands/control.ts',
        find: '...(port_taken ? [',
        replace: '...(port_taken === null ? [',
      },
    ],
    noticedBy: {
      file: 'test/cli/commands/commands.test.ts',
      test: 'status says who has the port that tools are configured for',
    },
  },
  {
    promise: 'adding a client warns that the current port is temporary',
    changes: [
      {
        file: 'main/cli/commands/tools.ts',
        find: 'if (port_taken) screen.note',
        replace: 'if (port_taken === null) screen.note',
      },
    ],
    noticedBy: {
      file: 'test/cli/commands/support/curl-config.test.ts',
      test: 'says that the port it prints is not the one that tools are set up for',
    },
  },
  {
    promise: 'the tray icon asks for attention while the port is in use',
    changes: [
      {
        file: 'main/desktop/tray/tray-state.ts',
        find: '    status.portTaken !== undefined ||\n',
        replace: '',
      },
    ],
    noticedBy: { file: 'test/desktop/tray/tray.test.ts', test: 'the state' },
  },
  {
    promise: 'the tray icon says that tools cannot reach Tokentray',
    changes: [
      {
        file: 'main/desktop/tray/tray-state.ts',
        find: '  if (status.portTaken) {',
        replace: '  if (status.portTaken === null) {',
      },
    ],
    noticedBy: { file: 'test/desktop/tray/tray.test.ts', test: 'is said: ' },
  },
  {
    promise: 'the tray menu says that tools cannot reach Tokentray',
    changes: [
      {
        file: 'main/desktop/tray/status-lines.ts',
        find: '...(portTaken ?',
        replace: '...(portTaken === null ?',
      },
    ],
    noticedBy: {
      file: 'test/desktop/tray/tray-menu.test.ts',
      test: 'shows that another program uses the port',
    },
  },
  {
    promise: 'the window receives which program uses the port',
    changes: [
      {
        file: 'main/desktop/ipc/snapshot.ts',
        find: '    ...(taken && {\n',
        replace: '    ...(taken === null && {\n',
      },
    ],
    noticedBy: {
      file: 'test/desktop/ipc/snapshot.test.ts',
      test: 'says that another program uses the port, as long as it does',
    },
  },
  {
    promise: 'the window says which program uses the port',
    changes: [
      {
        file: 'renderer/parts/notices.tsx',
        find: '<p>{status.portTaken.message}</p>',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/renderer/other-screens.test.ts',
      test: 'shows that another program uses the port, which cannot be dismissed',
    },
  },
]
