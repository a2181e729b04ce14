import { type Played, type PlayOptions, playScenario, type Scenario, type Variation } from './scenario.ts'

/** One story after the other on the same bed, and a table of what came of them. */
export async function playAll(scenarios: readonly Scenario[], options: PlayOptions): Promise<readonly Played[]> {
  const played: Played[] = []
  for (const scenario of scenarios) {
    const varied = scenarios.length === 1 ? options.varied : knownTo(scenario, options.varied)
    played.push(await playScenario(scenario, { ...options, varied }))
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
    ...played.flatMap((each) => [row(each, wide), ...headlines(each)]),
    `${played.filter(({ passed }) => passed).length} of ${played.length} scenarios as told`,
  ]
}

function row({ name, passed, checks, seconds }: Played, wide: number): string {
  const held = `${checks.filter(({ holds }) => holds).length} of ${checks.length} hold`
  return `${name.padEnd(wide)}  ${(passed ? 'as told' : 'NOT AS TOLD').padEnd(11)}  ${seconds.toFixed(0).padStart(5)} s  ${held}`
}

/** What the audit log said of the heart of the matter, and whatever does not hold. */
const headlines = ({ checks }: Played): readonly string[] =>
  checks
    .filter(({ holds, headline }) => headline === true || !holds)
    .map(
      ({ sentence, seen, holds }) => `    ${holds ? '' : 'BROKEN '}${sentence}${seen === undefined ? '' : `: ${seen}`}`,
    )
