// Keeps a small object graph of every piece of work for ever.
const kept = []
setInterval(() => {
  const scratch = Array.from({ length: 2000 }, (_, i) => ({ i, text: `scratch ${i}` }))
  kept.push({ at: scratch.length, rows: Array.from({ length: 400 }, (_, i) => ({ i, name: `row ${i} of ${kept.length}` })) })
}, 20)
