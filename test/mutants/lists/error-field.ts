import type { Mutant } from '../mutant.ts'

const errors = 'test/errors.test.ts'
const explain = 'main/cli/login/field-errors.ts'
const inLoginAgain = (test: string) => ({ file: 'test/cli/login/login-again.test.ts', test })
const inForm = (test: string) => ({ file: 'test/providers/form.test.ts', test })

/** An error carries the form field it is about, so that no code searches its message for it. */
export const errorField: readonly Mutant[] = [
  {
    promise: 'an error of the form check carries its field',
    changes: [
      {
        file: 'main/base/forms/field-error.ts',
        find: 'const details = { field: name, ...',
        replace: 'const details = { ...',
      },
    ],
    noticedBy: inForm('names the field that'),
  },
  {
    promise: 'the error about plain http is about the address, not about the password it mentions',
    changes: [
      {
        file: 'main/providers/http/base-url.ts',
        find: "      field: addressField,\n      hint: 'Use https, or",
        replace: "      field: 'password',\n      hint: 'Use https, or",
      },
    ],
    noticedBy: inForm('is not refused for plain http before that question is answered'),
  },
  {
    promise: 'a connection failure is about the address field',
    changes: [
      {
        file: 'main/providers/http/failure.ts',
        find: "    ...(ours !== 'cancelled' && { field: addressField }),\n",
        replace: '',
      },
    ],
    noticedBy: { file: 'test/providers/http/client.test.ts', test: 'reports a refused connection' },
  },
  {
    promise: 'the refusal of a key is about the key field',
    changes: [
      {
        file: 'main/providers/svix/answers.ts',
        find: "        field: 'key',\n        hint: 'Check the key and the region.",
        replace: "        hint: 'Check the key and the region.",
      },
    ],
    noticedBy: {
      file: 'test/providers/svix/svix.test.ts',
      test: 'blames the key if it is wrong',
    },
  },
  {
    promise: 'a reworded error keeps its field',
    changes: [
      {
        file: 'main/base/errors.ts',
        find: '    ...(field !== undefined && { field }),\n',
        replace: '',
      },
    ],
    noticedBy: { file: errors, test: 'keeps the field when it is reworded' },
  },
  {
    promise: 'the field of an error is sent over HTTP',
    changes: [
      {
        file: 'main/loopback/http/answers.ts',
        find: '      ...(error.field !== undefined && { field: error.field }),\n',
        replace: '',
      },
    ],
    noticedBy: { file: errors, test: 'includes the field for' },
  },
  {
    promise: 'the command line takes the field of an error from the response',
    changes: [
      {
        file: 'main/cli/api/response.ts',
        find: "    ...(typeof field === 'string' && { field }),\n",
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/cli/api/api.test.ts',
      test: 'a refusal keeps the field that it is about',
    },
  },
  {
    promise: 'the page receives the field of an error',
    changes: [
      {
        file: 'main/desktop/ipc/failure.ts',
        find: '    ...(field !== undefined && { field }),\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/desktop/ipc/failure.test.ts',
      test: 'names the field of a form',
    },
  },
  {
    promise: 'the command line asks again for the refused field, whatever the message mentions',
    changes: [
      {
        file: explain,
        find: 'fields.find(({ name }) => name === field)',
        replace: 'fields.find(({ name }) => name !== field)',
      },
    ],
    noticedBy: inLoginAgain('a field that it names, and no secret'),
  },
  {
    promise: 'an address that the user did not enter is not asked for again',
    changes: [
      {
        file: explain,
        find: 'return url && url !== field?.default ? field : undefined',
        replace: 'return field',
      },
    ],
    noticedBy: inLoginAgain('is an error that another answer cannot fix'),
  },
  {
    promise: 'the command line asks again only if another answer could fix the problem',
    changes: [
      {
        file: 'main/cli/login/ask-value.ts',
        find: "refusal.code !== 'invalid_request' || isOfAnother",
        replace: "refusal.code !== 'invalid_request'",
      },
    ],
    noticedBy: {
      file: 'test/cli/login/login-terminal.test.ts',
      test: 'an answer that does not fit what was given before ends it',
    },
  },
  {
    promise: 'an answer that invalidates an earlier one is asked for again',
    changes: [
      {
        file: 'main/cli/login/ask-value.ts',
        find: 'fields.slice(0, fields.indexOf(field) + 1)',
        replace: '[field]',
      },
    ],
    noticedBy: {
      file: 'test/cli/login/login-terminal.test.ts',
      test: 'asks again for an answer that makes one further up wrong, and for no other',
    },
  },
]
