/** Writes the parts of the documents that are made from the code: `npm run docs`. */
import { writeFileSync } from 'node:fs'

import { readDocument, sections, withSection } from './sections.ts'

for (const section of sections()) {
  const { document } = section
  writeFileSync(new URL(`../../${document}`, import.meta.url), withSection(readDocument(document), section))
}
