import { expect, it } from 'vitest'
import { corpusTroubles } from '../../../knowledge-proxy/corpus/problems.ts'

it('S22: names no source in a room that is not for everybody, and no place where one lies', () => {
  const troubles = ['/home/ada/board/minutes cannot be watched']
  expect(
    corpusTroubles([
      { settings: { name: 'handbook', access: undefined }, failed: true, troubles },
      { settings: { name: 'docs', access: undefined }, failed: false, troubles },
      { settings: { name: 'minutes', access: ['board'] }, failed: true, troubles },
      { settings: { name: 'layoffs', access: ['board'] }, failed: true, troubles: [] },
      { settings: { name: 'pay', access: ['board'] }, failed: false, troubles: [] },
    ]),
  ).toEqual([
    'the corpus handbook cannot be read',
    'the corpus docs is not read as it should be',
    'a corpus cannot be read',
  ])
})
