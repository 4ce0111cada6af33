const credentials = {
  client_id: { type: 'string', description: 'Unless Basic authentication is used.' },
  client_secret: { type: 'string', description: 'Unless Basic authentication is used.' },
}

/** The forms of `/oauth/*` as JSON Schema, by their names in generated clients. */
export const forms = {
  TokenForm: {
    type: 'object',
    required: ['grant_type'],
    properties: {
      ...credentials,
      grant_type: { type: 'string', enum: ['client_credentials'] },
      audience: {
        type: 'string',
        description: 'The account, as provider/name; optional if the client is granted only one.',
      },
      // Not an array: generators send `resource[0]` in a form, which is another parameter.
      resource: {
        type: 'string',
        description: 'Instead of the audience: a URL of the service. May be repeated (RFC 8707 2).',
      },
      min_validity: {
        ...{ type: 'integer', format: 'int64', minimum: 0, maximum: 31_536_000 },
        description: 'Seconds; defaults to 60.',
      },
      refused_lease: {
        ...{ type: 'string', maxLength: 64 },
        description: 'The id of a lease whose token the service refused.',
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
