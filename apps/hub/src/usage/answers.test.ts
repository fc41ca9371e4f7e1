import { expect, it } from 'vitest'
import { Answers } from './answers.ts'

function counted(text: string) {
  const make = () => {
    make.times++
    return Promise.resolve(Buffer.from(text))
  }
  make.times = 0
  return make
}

it('an answer is made once for its version, also for those who ask while it is made', async () => {
  const answers = new Answers(1000)
  const make = counted('x')
  await Promise.all([answers.get('q', '1', make), answers.get('q', '1', make)])
  await answers.get('q', '1', make)
  expect(make.times).toBe(1)
  await answers.get('q', '2', make)
  await answers.get('q', '1', make)
  expect(make.times).toBe(3)
})

it('what was asked for the longest ago goes first, and no more is kept than may be', async () => {
  const answers = new Answers(250)
  const makes = [counted('x'.repeat(100)), counted('y'.repeat(100)), counted('z'.repeat(100))] as const
  await answers.get('a', '1', makes[0])
  await answers.get('b', '1', makes[1])
  await answers.get('a', '1', makes[0])
  await answers.get('c', '1', makes[2])
  await answers.get('a', '1', makes[0])
  await answers.get('b', '1', makes[1])
  expect(makes.map(({ times }) => times)).toEqual([1, 2, 1])
  const large = counted('x'.repeat(1000))
  await answers.get('large', '1', large)
  await answers.get('large', '1', large)
  expect(large.times).toBe(2)
})

it('a failure is not kept', async () => {
  const answers = new Answers(1000)
  await expect(answers.get('q', '1', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect((await answers.get('q', '1', counted('yes'))).toString()).toBe('yes')
})
