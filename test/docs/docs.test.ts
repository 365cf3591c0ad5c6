import assert from 'node:assert/strict'
import { existsSync, globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { buildCatalogue } from '@hindwire/entries/build-catalogue.ts'
import { understand } from '@hindwire/kfl/compile.ts'
import { protocols } from '@hindwire/protocols/registry.ts'
import { variableOf } from '@hindwire/service-kit/load-config.ts'

import { readDocument, sections, withSection } from './sections.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...globSync('docs/*.md', { cwd: root }).toSorted(),
]

test('what is made from the code is up to date', () => {
  for (const section of sections()) {
    const text = readDocument(section.document)
    assert.equal(withSection(text, section), text, `${section.document}: npm run docs writes it anew`)
  }
})

test('every filter in the documents compiles', () => {
  const catalogue = buildCatalogue(protocols)
  for (const document of documents) {
    const blocks = readDocument(document).matchAll(/^```cel\n([\s\S]*?)^```$/gm)
    for (const [, block = ''] of blocks) {
      for (const filter of block.split('\n').filter((line) => line.trim() !== '')) {
        const result = understand(filter, catalogue, { now: 0 })
        assert.ok(result.ok, `${document}: ${filter}: ${result.ok ? '' : result.errors[0]?.message}`)
      }
    }
  }
})

test('every example of the catalogue compiles', () => {
  const catalogue = buildCatalogue(protocols)
  for (const { variable, example } of catalogue.variables.values()) {
    const result = understand(example, catalogue, { now: 0 })
    assert.ok(result.ok, `${variable}: ${example}: ${result.ok ? '' : result.errors[0]?.message}`)
  }
})

test('links between the documents lead somewhere', () => {
  for (const document of documents) {
    for (const [, target = ''] of readDocument(document).matchAll(/\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)/g)) {
      assert.ok(existsSync(join(root, dirname(document), target)), `${document}: ${target}`)
    }
  }
})

test('docs/api.md has every call of the gateway, and no other', () => {
  const routes = globSync('services/gateway/src/routes/*.ts', { cwd: root }).flatMap((path) => {
    const [, method, route] = /method: '([A-Z]+)',\s+path: '([^']+)'/.exec(readDocument(path)) ?? []
    return route === undefined ? [] : [`${method} ${route}`]
  })
  const headings = [...readDocument('docs/api.md').matchAll(/^### `([A-Z]+ [^`]+)`$/gm)].map((match) => match[1] ?? '')
  assert.deepEqual(headings.toSorted(), routes.toSorted())
})

test('docs/configuration.md has every setting, and no other', () => {
  const settings = globSync('services/*/src/config.ts', { cwd: root }).flatMap((path) =>
    [...readDocument(path).matchAll(/^ {2}(\w+): (?:text|secret|list|integer|bytes|duration|flag|choice)\(/gm)].map(
      (match) => variableOf(match[1] ?? ''),
    ),
  )
  const listed = [...readDocument('docs/configuration.md').matchAll(/^\| `(HINDWIRE_\w+)`/gm)].map(
    (match) => match[1] ?? '',
  )
  assert.deepEqual(listed.toSorted(), [...new Set(settings)].toSorted())
})
