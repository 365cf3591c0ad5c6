/** In parentheses, unless it is a name, one call or in parentheses already. */
export function wrapped(text: string): string {
  if (!text.includes(' ') || isOneGroup(text)) return text
  return `(${text})`
}

function isOneGroup(text: string): boolean {
  const open = text.indexOf('(')
  if (open === -1 || !/^[a-zA-Z0-9]*$/.test(text.slice(0, open)) || !text.endsWith(')')) return false
  let depth = 0
  for (let i = open; i < text.length; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')' && --depth === 0) return i === text.length - 1
  }
  return false
}
