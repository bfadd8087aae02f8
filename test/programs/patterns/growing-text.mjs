let transcript = ''
export function leak(n) { transcript += `line ${n} of a transcript that is never written out\n` }
export function healthy(n) {
  transcript += `line ${n}\n`
  if (n % 5 === 0) transcript = ''
}
