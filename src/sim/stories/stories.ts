import type { StoryKind } from '../plan/story-kind.ts'
import {
  bootsFast,
  brokenForGood,
  deadlock,
  flapping,
  recoversAlone,
  recreated,
  relapsing,
  stormOfDeadlocks,
} from './deadlocks.ts'
import { diskFull, runtimeDead } from './in-place.ts'
import { overload } from './overload.ts'
import { breakerTripped, budgetBlocked, manualRun, paused } from './people.ts'
import { ioErrors, podsCrash } from './runtime.ts'
import { secondThoughts } from './second-thoughts.ts'
import { controlPlaneLost, hung, stubbornBmc, zoneCut } from './silence.ts'
import type { Story } from './story.ts'
import { zombies } from './zombies.ts'

export const stories: Readonly<Record<StoryKind, Story>> = {
  Deadlock: deadlock,
  Overload: overload,
  Hung: hung,
  Zombies: zombies,
  PodsCrash: podsCrash,
  DiskFull: diskFull,
  RuntimeDead: runtimeDead,
  IOErrors: ioErrors,
  StubbornBmc: stubbornBmc,
  Storm: stormOfDeadlocks,
  ZoneCut: zoneCut,
  Flapping: flapping,
  Recreated: recreated,
  RecoversAlone: recoversAlone,
  BrokenForGood: brokenForGood,
  Relapsing: relapsing,
  BootsFast: bootsFast,
  BudgetBlocked: budgetBlocked,
  Paused: paused,
  ManualRun: manualRun,
  SecondThoughts: secondThoughts,
  ControlPlaneLost: controlPlaneLost,
  BreakerTripped: breakerTripped,
}
