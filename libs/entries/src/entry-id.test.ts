import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { formatEntryId, parseEntryId } from './entry-id.ts'

test('an id is read as it was written', () => {
  const node = fc.stringMatching(/^([A-Za-z0-9][A-Za-z0-9._-]{0,20})?$/)
  const parts = fc.tuple(node, fc.maxSafeInteger().map(Math.abs), fc.nat(0xffff_ffff))
  fc.assert(
    fc.property(parts, ([node, flow, index]) => {
      const id = { node, flow, index }
      assert.deepEqual(parseEntryId(formatEntryId(id)), id)
    }),
    { seed: 3 },
  )
})

test('what is no id is refused', () => {
  const refused = ['', '/', 'a/1', 'a/1/2/3', 'a/-1/2', 'a/1/x', 'a/1e3/2', 'a/01/2', 'a b/1/2', '.a/1/2', 'a/1/2 ']
  const large = ['a/9007199254740992/0', 'a/1/4294967296', `${'n'.repeat(129)}/1/2`, 'a/1/2\n']
  for (const text of [...refused, ...large]) assert.equal(parseEntryId(text), null, JSON.stringify(text))
})
