/** Characters that would end a field or a line of the text form, with their escapes. */
const escapes: Readonly<Record<string, string>> = {
  '\t': String.raw`\t`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\\': String.raw`\\`,
}
const ESCAPED = /[\t\n\r\\]/u

/** One field as in COPY's and `mysql --batch`'s text form. NULL is `\N`, which no value is written as. */
export function fieldText(value: string | null): string {
  if (value === null) return String.raw`\N`
  return ESCAPED.test(value) ? value.replaceAll(/[\t\n\r\\]/gu, (found) => escapes[found]!) : value
}

/** A line of fields, with tabs between them and without its end. */
export function rowText(values: readonly (string | null)[]): string {
  let text = ''
  for (let i = 0; i < values.length; i++) text += i === 0 ? fieldText(values[i]!) : `\t${fieldText(values[i]!)}`
  return text
}
