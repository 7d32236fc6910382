/**
 * Makes untrusted text, such as usernames and reasons, safe to show. Each character that could move the cursor, or color, hide or reorder
 * text, is written as its code point.
 */
export function plain(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${Number(character.codePointAt(0)).toString(16)}}`
  })
}
