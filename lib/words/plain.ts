/**
 * Makes untrusted text safe to show: whatever could move the cursor, color, hide or reorder is written as its code point. Usernames and
 * reasons come from outside.
 */
export function plain(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${Number(character.codePointAt(0)).toString(16)}}`
  })
}
