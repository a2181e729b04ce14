import { actors } from '../actors/actors.ts'
import { drawPlan } from '../plan/draw-plan.ts'
import type { Plan } from '../plan/plan.ts'

/** The plan that a seed stands for, with all actors there are to draw from. */
export const planOfSeed = (seed: number): Plan =>
  drawPlan(
    seed,
    actors.map(({ name }) => name),
  )
