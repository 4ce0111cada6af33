import type { Mutant } from '../mutant.ts'

const errors = 'test/errors.test.ts'
const explain = 'main/cli/login/field-errors.ts'
const inLoginAgain = (test: string) => ({ file: 'test/cli/login/login-again.test.ts', test })
const inForm = (test: string) => ({ file: 'test/providers/form.test.ts', test })

/** A refusal says which field of a form it is about, and nobody looks for that in its sentence. */
export const errorField: readonly Mutant[] = [
  {
    promise: 'a refusal of the form check says which field it is about',
    changes: [
      {
        file: 'main/base/forms/refused-field.ts',
        find: 'const details = { field: name, ...',
        replace: 'const details = { ...',
      },
    ],
    noticedBy: inForm('says of which field it is that it'),
  },
  {
    promise:
      'a refusal of plain http is about the address, and not about the password that it names',
    changes: [
      {
        file: 'main/providers/http/base-url.ts',
        find: "      field: addressField,\n      hint: 'Use https, or",
        replace: "      field: 'password',\n      hint: 'Use https, or",
      },
    ],
    noticedBy: inForm('is not refused for plain http before it was said whether that is allowed'),
  },
  {
    promise: 'what could not be reached is the address of the form',
    changes: [
      {
        file: 'main/providers/http/failure.ts',
        find: "    ...(ours !== 'cancelled' && { field: addressField }),\n",
        replace: '',
      },
    ],
    noticedBy: { file: 'test/providers/http/client.test.ts', test: 'says that nobody listens' },
  },
  {
    promise: 'a service that refuses its key says that it is the key',
    changes: [
      {
        file: 'main/providers/svix/answers.ts',
        find: "        field: 'key',\n        hint: 'Check the key and the region;",
        replace: "        hint: 'Check the key and the region;",
      },
    ],
    noticedBy: {
      file: 'test/providers/svix/svix.test.ts',
      test: 'says that it is the key when it is',
    },
  },
  {
    promise: 'an error that is worded anew is still about its field',
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
    promise: 'the field of a refusal travels over HTTP',
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
    promise: 'the command line takes the field of a refusal from the answer',
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
    promise: 'the page is told the field of a refusal',
    changes: [
      {
        file: 'main/desktop/ipc/failure.ts',
        find: '    ...(field !== undefined && { field }),\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/desktop/ipc/failure.test.ts',
      test: 'says which field of a form it is about',
    },
  },
  {
    promise:
      'the command line asks again for the field that was refused, whatever the sentence names',
    changes: [
      {
        file: explain,
        find: 'fields.find(({ name }) => name === field)',
        replace: 'fields.find(({ name }) => name !== field)',
      },
    ],
    noticedBy: inLoginAgain('an open field that it names, and no secret'),
  },
  {
    promise: 'an address that nobody gave is not asked for again',
    changes: [
      {
        file: explain,
        find: 'return url && url !== field?.default ? field : undefined',
        replace: 'return field',
      },
    ],
    noticedBy: inLoginAgain('is nothing that another answer could mend'),
  },
  {
    promise: 'another answer is asked for only where it would mend what is wrong',
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
    promise: 'an answer that makes one further up wrong is asked for again',
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
