import { type PlayOptions, playScenario, type Scenario, type Variation } from './scenario.ts'

export interface Played {
  readonly name: string
  readonly passed: boolean
  readonly seconds: number
}

/** One story after the other on the same bed, and a table of what came of them. */
export async function playAll(scenarios: readonly Scenario[], options: PlayOptions): Promise<readonly Played[]> {
  const played: Played[] = []
  for (const scenario of scenarios) {
    const began = performance.now()
    const varied = scenarios.length === 1 ? options.varied : knownTo(scenario, options.varied)
    const passed = await playScenario(scenario, { ...options, varied })
    played.push({ name: scenario.name, passed, seconds: (performance.now() - began) / 1_000 })
  }
  if (scenarios.length > 1) for (const line of table(played)) options.say(line)
  return played
}

/** Where all are played, each is varied as far as it knows how to. */
const knownTo = ({ variations = [] }: Scenario, varied: PlayOptions['varied']): PlayOptions['varied'] => {
  const may = (variation: Variation): boolean => varied[variation] && variations.includes(variation)
  return { killOperator: may('killOperator'), short: may('short') }
}

export function table(played: readonly Played[]): readonly string[] {
  const wide = Math.max(...played.map(({ name }) => name.length))
  return [
    '',
    ...played.map(
      ({ name, passed, seconds }) =>
        `${name.padEnd(wide)}  ${(passed ? 'as told' : 'NOT AS TOLD').padEnd(11)}  ${seconds.toFixed(0).padStart(4)} s`,
    ),
    `${played.filter(({ passed }) => passed).length} of ${played.length} scenarios as told`,
  ]
}
