/** Tokens: the lexer's output. Every token knows its range in the source. */
export type Token =
  | {
      readonly kind: 'name'
      readonly text: string
      readonly quoted: boolean
      readonly start: number
      readonly end: number
    }
  | { readonly kind: 'int'; readonly value: bigint; readonly start: number; readonly end: number }
  | { readonly kind: 'uint'; readonly value: bigint; readonly start: number; readonly end: number }
  | { readonly kind: 'double'; readonly value: number; readonly start: number; readonly end: number }
  | {
      readonly kind: 'string'
      readonly value: string
      readonly raw: boolean
      readonly start: number
      readonly end: number
    }
  | { readonly kind: 'bytes'; readonly value: Uint8Array; readonly start: number; readonly end: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'end'; readonly start: number; readonly end: number }

/** How a token is named in messages. */
export function describe(token: Token, source: string): string {
  if (token.kind === 'end') return 'the end of the filter'
  const text = source.slice(token.start, token.end)
  return `'${text.length > 40 ? `${text.slice(0, 40)}…` : text}'`
}
