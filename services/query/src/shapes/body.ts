import { storedBytes } from '@hindwire/entries/stored-text.ts'

export interface BodyText {
  readonly text: string
  /** Of `text`, when the bytes are no text. */
  readonly encoding: 'base64' | undefined
}

/**
 * A body for JSON: as text where it is UTF-8, else in base64. A character that was cut in two at the end of a preview
 * does not make a text binary.
 */
export function bodyText(stored: string, wasCut: boolean): BodyText {
  if (stored.isWellFormed()) return { text: stored, encoding: undefined }
  const whole = wasCut ? stored.replace(/[\uDC80-\uDCFF]{1,3}$/, '') : stored
  if (whole.isWellFormed()) return { text: whole, encoding: undefined }
  return { text: Buffer.from(storedBytes(stored)).toString('base64'), encoding: 'base64' }
}
