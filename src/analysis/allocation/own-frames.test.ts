import { expect, test } from 'vitest'
import { profileOf } from '../../../test/support/profile-of.ts'
import { allocationPlaces } from './allocation-places.ts'

const placeIn = (stack: string): string | undefined => allocationPlaces(profileOf({ [stack]: 10 }, { runtime: 'native' }))[0]?.functionName

test('what the C library allocates for its caller counts for the caller', () => {
  expect(placeIn('a.c:9 main > a.c:3 remember > strdup.c:42 strdup')).toBe('remember')
  expect(placeIn('a.c:9 main > a.c:3 log_line > iofopen.c:65 __fopen_internal')).toBe('log_line')
  expect(placeIn('a.c:9 main > ./elf/dl-open.c:8 dl_open_worker > dl-map-segments.h:29 map_segment')).toBe('main')
})

test('templates of the standard library are no lines of the program, with or without their namespace', () => {
  expect(placeIn('a.cpp:9 main > a.cpp:3 put > void std::vector<int>::_M_realloc_insert<int>(int&&)')).toBe('put')
  expect(placeIn('a.cpp:9 main > a.cpp:3 put > std::_MakeUniq<app::Order>::__single_object std::make_unique<app::Order>()')).toBe('put')
  expect(placeIn('a.cpp:9 main > a.cpp:3 put > unique_ptr.h:1065 make_unique<app::Order>')).toBe('put')
  expect(placeIn('a.cpp:9 main > a.cpp:3 put > new_allocator.h:137 allocate')).toBe('put')
})

test("a program's own template that takes or returns the library's types is its own", () => {
  const own = 'std::vector<int> app::build<std::string>(std::map<int, std::string> const&)'
  expect(placeIn(`a.cpp:9 main > ${own}`)).toBe(own)
  expect(placeIn('a.cpp:9 main > allocator.h:20 Pool::grow')).toBe('Pool::grow')
  expect(placeIn('a.cpp:9 main > a.cpp:16 __static_initialization_and_destruction_0(int, int)')).toBe('__static_initialization_and_destruction_0(int, int)')
})
