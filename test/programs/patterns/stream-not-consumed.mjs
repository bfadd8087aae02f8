import { PassThrough, Writable } from 'node:stream'
const stuck = new Writable({ highWaterMark: 1, write() {} })
export function leak(n) { stuck.write(`a line of text, number ${n}, that nobody takes\n`) }
const flowing = new Writable({ write(chunk, encoding, callback) { callback() } })
export async function healthy(n) { await new Promise((resolve) => flowing.write(`a line of text, number ${n}\n`, resolve)) }
void PassThrough
