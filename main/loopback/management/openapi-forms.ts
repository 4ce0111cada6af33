const credentials = {
  client_id: { type: 'string', description: 'Unless Basic authentication is used.' },
  client_secret: { type: 'string', description: 'Unless Basic authentication is used.' },
}

/** The forms of `/oauth/*` as JSON Schema, by the names that generated clients have for them. */
export const forms = {
  TokenForm: {
    type: 'object',
    required: ['grant_type'],
    properties: {
      ...credentials,
      grant_type: { type: 'string', enum: ['client_credentials'] },
      audience: {
        type: 'string',
        description: 'The account, as provider/name; needless where the client is granted one.',
      },
      // No list: what generators make of one in a form (`resource[0]`) is another parameter.
      resource: {
        type: 'string',
        description: 'In place of it: an address of the service. May be repeated (RFC 8707 2).',
      },
      min_validity: {
        ...{ type: 'integer', format: 'int64', minimum: 0, maximum: 31_536_000 },
        description: 'Seconds; 60 unless given.',
      },
      refused_lease: {
        ...{ type: 'string', maxLength: 64 },
        description: 'A lease whose token the service refused.',
      },
      reason: { type: 'string', maxLength: 200, description: 'One line for the record.' },
    },
  },
  HeldTokenForm: {
    type: 'object',
    required: ['token'],
    properties: { ...credentials, token: { type: 'string' } },
  },
} as const
