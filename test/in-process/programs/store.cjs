// A CommonJS module with a Map at its top level: the commonest leak of all.
const store = new Map()
module.exports = { store }
