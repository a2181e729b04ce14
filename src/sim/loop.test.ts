import { describe, expect, test } from 'vitest'
import { Prng } from '../kernel/prng.ts'
import { later, seconds } from '../kernel/time.ts'
import { epoch, Loop, timersOf } from './loop.ts'

describe('Loop', () => {
  test('fires timers in the order of their time, and of their setting where that is the same', async () => {
    const loop = new Loop()
    const fired: string[] = []
    loop.after(20, () => fired.push('late'))
    loop.after(10, () => fired.push('early'))
    loop.after(20, () => fired.push('late, set second'))
    await loop.runFor(100)
    expect(fired).toEqual(['early', 'late', 'late, set second'])
  })

  test('draws which of several timers of one instant is first: each order comes up, and the same one for the same seed', async () => {
    const orderOf = async (seed: number): Promise<string> => {
      const loop = new Loop(new Prng(seed))
      const fired: string[] = []
      loop.after(9, () => fired.push('late'))
      for (const name of ['a', 'b', 'c']) loop.after(5, () => fired.push(name))
      loop.after(5, () => fired.push('called off'))()
      await loop.runFor(10)
      return fired.join(' ')
    }
    const orders = await Promise.all(Array.from({ length: 60 }, async (_, seed) => await orderOf(seed)))
    expect(new Set(orders)).toEqual(
      new Set(['a b c', 'a c b', 'b a c', 'b c a', 'c a b', 'c b a'].map((order) => `${order} late`)),
    )
    expect(await orderOf(7)).toBe(orders[7])
  })

  test('follows every promise to its end before time moves on', async () => {
    const loop = new Loop()
    const seen: number[] = []
    const program = async (): Promise<void> => {
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
      seen.push(loop.now() - epoch)
    }
    loop.after(1, () => void program())
    loop.after(2, () => seen.push(-1))
    await loop.runFor(10)
    expect(seen).toEqual([1, -1])
  })

  test('a timer set while another one of the same instant fires still fires at that instant', async () => {
    const loop = new Loop()
    const seen: number[] = []
    loop.after(5, () => loop.after(0, () => seen.push(loop.now() - epoch)))
    await loop.runFor(5)
    expect(seen).toEqual([5])
  })

  test('the clock stands at the end of the run, and stops early once it is over', async () => {
    const loop = new Loop()
    await loop.runFor(seconds(5))
    expect(loop.now()).toBe(later(epoch, seconds(5)))
    loop.after(seconds(1), () => {})
    loop.after(seconds(2), () => {})
    await loop.runFor(seconds(9), () => loop.fired === 1)
    expect(loop.mono()).toBe(seconds(6))
  })

  test('a timer that was called off does not fire', async () => {
    const loop = new Loop()
    let fired = false
    loop.after(1, () => {
      fired = true
    })()
    await loop.runFor(10)
    expect(fired).toBe(false)
    expect(loop.fired).toBe(0)
  })

  test('what a timer throws ends the run', async () => {
    const loop = new Loop()
    loop.after(1, () => {
      throw new Error('broken')
    })
    await expect(loop.runFor(10)).rejects.toThrow('broken')
  })

  test('a sleeper wakes when its time has come, or at once when its signal is aborted', async () => {
    const loop = new Loop()
    const woken: string[] = []
    const over = new AbortController()
    void loop.clock.sleep(seconds(3)).then(() => woken.push(`slept ${loop.mono()}`))
    void loop.clock.sleep(seconds(9), over.signal).then(() => woken.push(`aborted ${loop.mono()}`))
    loop.after(seconds(1), () => over.abort())
    await loop.runFor(seconds(10))
    expect(woken).toEqual(['aborted 1000', 'slept 3000'])
    expect(over.signal.aborted).toBe(true)
  })

  test('timers on a clock behave like those of the loop', async () => {
    const loop = new Loop()
    const over = new AbortController()
    const timers = timersOf(loop.clock, over.signal)
    const fired: string[] = []
    timers.after(10, () => fired.push('first'))
    timers.after(20, () => fired.push('called off'))()
    timers.after(40, () => fired.push('after the end'))
    await loop.runFor(30)
    over.abort()
    await loop.runFor(30)
    expect(fired).toEqual(['first'])
  })
})
