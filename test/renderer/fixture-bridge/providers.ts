import type { FieldView, ProviderView } from '../../../preload/snapshot.ts'

const transport: readonly FieldView[] = [
  {
    name: 'caFile',
    label: 'CA file',
    kind: 'file',
    required: false,
    help: 'PEM file of the authority that signed the certificate of the service.',
  },
  {
    name: 'allowPlainHttp',
    label: 'Allow plain http',
    kind: 'choice',
    required: false,
    default: 'no',
    help: 'Without https, anyone on the network can read your password.',
    choices: [
      { value: 'no', label: 'No' },
      { value: 'yes', label: 'Yes, without encryption' },
    ],
  },
]

const sftpgo: ProviderView = {
  id: 'sftpgo',
  title: 'SFTPGo',
  summary: 'File server. Tokens for its REST API, as a user or an administrator.',
  sharesCredential: false,
  fields: [
    {
      name: 'url',
      label: 'Address',
      kind: 'url',
      required: true,
      help: 'For example https://files.example.com',
    },
    {
      name: 'role',
      label: 'Log in as',
      kind: 'choice',
      required: false,
      default: 'user',
      choices: [
        { value: 'user', label: 'User' },
        { value: 'admin', label: 'Administrator' },
      ],
    },
    { name: 'username', label: 'User name', kind: 'text', required: true },
    { name: 'password', label: 'Password', kind: 'secret', required: true },
    {
      name: 'code',
      label: 'One-time code',
      kind: 'code',
      required: false,
      help: 'Six digits from your authenticator app. You will be asked again when the session ends.',
    },
    {
      name: 'leaseBy',
      label: 'Separate tokens',
      kind: 'choice',
      required: false,
      default: 'login',
      when: { field: 'role', is: 'admin' },
      help: 'An API key works from any address and without a second factor until its lease ends.',
      choices: [
        { value: 'login', label: 'A separate login' },
        { value: 'api_key', label: 'An API key that expires' },
      ],
    },
    {
      name: 'keyUser',
      label: 'API keys act as',
      kind: 'text',
      required: false,
      when: { field: 'leaseBy', is: 'api_key' },
    },
    ...transport,
  ],
}

const koyeb: ProviderView = {
  id: 'koyeb',
  title: 'Koyeb',
  summary: 'Application hosting. Access tokens from an API token or the old login.',
  sharesCredential: false,
  fields: [
    {
      name: 'way',
      label: 'Log in with',
      kind: 'choice',
      required: false,
      default: 'api_token',
      choices: [
        { value: 'api_token', label: 'API token' },
        { value: 'password', label: 'Email and password (old login)' },
      ],
    },
    {
      name: 'token',
      label: 'API token',
      kind: 'secret',
      required: true,
      when: { field: 'way', is: 'api_token' },
      help: "A personal API token from the settings of Koyeb's console. It has 64 characters.",
    },
    {
      name: 'email',
      label: 'Email',
      kind: 'text',
      required: true,
      when: { field: 'way', is: 'password' },
    },
    {
      name: 'password',
      label: 'Password',
      kind: 'secret',
      required: true,
      when: { field: 'way', is: 'password' },
    },
    {
      name: 'organization',
      label: 'Organization ID',
      kind: 'text',
      required: false,
      help: 'Optional. Defaults to the organization of the token or login.',
    },
    ...transport,
  ],
}

const svix: ProviderView = {
  id: 'svix',
  title: 'Svix',
  summary: 'Webhooks. Tokens for the portal of one application, hosted or on your own server.',
  sharesCredential: true,
  fields: [
    {
      name: 'key',
      label: 'API key',
      kind: 'secret',
      required: true,
      help: 'An environment key from the dashboard.',
    },
    {
      name: 'application',
      label: 'Application',
      kind: 'text',
      required: true,
      help: 'Its ID, such as app_1srOrx2ZWZBpBUvZwXKQmoEYga2, or the UID that you gave it.',
    },
    {
      name: 'region',
      label: 'Region',
      kind: 'choice',
      required: false,
      default: 'auto',
      choices: [
        { value: 'auto', label: 'As the key says' },
        { value: 'eu', label: 'European Union' },
      ],
    },
    ...transport,
  ],
}

const plain = (id: string, title: string, summary: string): ProviderView => ({
  id,
  title,
  summary,
  sharesCredential: false,
  fields: [
    { name: 'username', label: 'User name', kind: 'text', required: true },
    { name: 'password', label: 'Password', kind: 'secret', required: true },
    ...transport,
  ],
})

/** Five services; together their forms have every kind of field. */
export const providers: readonly ProviderView[] = [
  sftpgo,
  plain(
    'giantswarm',
    'Giant Swarm',
    'Managed Kubernetes. For installations that still have the retired REST API v4.',
  ),
  plain('glowmarkt', 'Glowmarkt', 'Smart meter energy data, as in the Bright app by Hildebrand.'),
  koyeb,
  svix,
]
