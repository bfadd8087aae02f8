import { expect, test } from 'vitest'
import { topLevelDeclarations } from './top-level-declarations.ts'

function named(text: string): string[] | undefined {
  const found = topLevelDeclarations(text)
  return found === undefined ? undefined : [...found.keys()]
}

test('variables, functions and classes outside of everything are found, with those further on in a list', () => {
  expect(named('var a=new Map,b=1,c;let d=e=>e.id,f=2;function g(h){var i=h}class j{k=1}const l=[m,n];import o from"p"')).toEqual(['a', 'b', 'c', 'd', 'f', 'g', 'j', 'l', 'o'])
})

test('what strings, templates, comments and regular expressions hold is no code', () => {
  expect(named('var a="{var x",b=`{${((c)=>{var y;return `}`})()}{`,d=/[{/]"/.test(q),e=4/2;// var z\n/* let w { */var f')).toEqual(['a', 'b', 'd', 'e', 'f'])
  expect(named('#!/usr/bin/env node {\nvar a')).toEqual(['a'])
})

test('a text that cannot be followed to its end is answered with nothing', () => {
  expect(named('var a=1;}')).toBeUndefined()
  expect(named('var a={')).toBeUndefined()
})

test('the place is where the name stands', () => {
  expect(topLevelDeclarations('let a=1,bc=2')?.get('bc')).toBe(8)
})
