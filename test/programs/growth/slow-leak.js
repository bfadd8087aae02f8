// Keeps a few rows of every piece of work for ever: a small heap, and a leak of some 100 kB a second.
const kept = []
setInterval(() => {
  kept.push({ at: Date.now(), rows: Array.from({ length: 40 }, (_, i) => ({ i, name: `row ${i} of ${kept.length}` })) })
}, 20)
