// Works by itself and prints nothing; every turn leaves a listener on one emitter.
import { EventEmitter } from 'node:events'

const bus = new EventEmitter().setMaxListeners(0)
setInterval(() => {
  const message = { text: 'x'.repeat(10), parts: Array.from({ length: 50 }, (_, part) => ({ part })) }
  bus.on('shutdown', () => message.parts.length)
}, 2)
