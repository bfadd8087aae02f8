import vm from 'node:vm'
const functions = []
export function leak(n) { if (n % 4 === 0) functions.push(vm.runInNewContext('(function add(a, b) { return a + b })')) }
const context = vm.createContext({})
export function healthy() { vm.runInContext('1 + 1', context) }
