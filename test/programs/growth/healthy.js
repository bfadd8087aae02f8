// Works as hard as its leaking twin; its cache has an end, and is full after a few seconds.
const kept = []
setInterval(() => {
  const scratch = Array.from({ length: 2000 }, (_, i) => ({ i, text: `scratch ${i}` }))
  kept.push({ at: scratch.length, rows: Array.from({ length: 400 }, (_, i) => ({ i, name: `row ${i} of ${kept.length}` })) })
  if (kept.length > 150) kept.shift()
}, 20)
